# what:   MS_SLAVE in place of MS_PRIVATE
# check:  2 no mount of the box is a peer or slave
# likely: MS_SLAVE: the host's later mounts still come in
s/| MS_PRIVATE/| MS_SLAVE/
