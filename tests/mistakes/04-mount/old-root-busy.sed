# what:   umount2(2) without MNT_DETACH
# check:  4 box true ends with 0
# likely: other mounts lie below the old root: MNT_DETACH is missing
s/umount2(".", MNT_DETACH)/umount2(".", 0)/
