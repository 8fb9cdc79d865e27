# what:   the rootfs is upper, too
# check:  1 box true ends with 0
# likely: upper is the rootfs itself, and that is a layer
s/place, "upper", O_NOFOLLOW/AT_FDCWD, box->rootfs, O_NOFOLLOW/
