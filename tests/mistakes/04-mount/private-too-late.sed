# what:   the mounts are made private after the devices are taken and / is bound
# check:  2 no mount of the box is a peer or slave
# likely: MS_PRIVATE comes after the first mount, or open_tree(2)
/make_mounts_private();/{h;d}
/bind_root(box);/G
