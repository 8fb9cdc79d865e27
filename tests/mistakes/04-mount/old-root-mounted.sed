# what:   the old root is not unmounted
# check:  4 of the host's mounts none is left inside
# likely: the old root is still mounted: no umount2
/umount2(".", MNT_DETACH)/d
