# what:   /dev/stdin and its like are not made
# check:  1 /dev has fd and the standard descriptors
# likely: link_descriptors is not called
/link_descriptors(/d
