# what:   the mounts are not made private
# check:  2 no mount of the box is a peer or slave
# likely: no mount(2) of / with MS_PRIVATE
/make_mounts_private();/d
