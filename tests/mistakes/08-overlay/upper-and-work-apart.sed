# what:   upper and work are on two file systems
# check:  1 box true ends with 0
# likely: upper and work are not on one mount
/scratch.upper = /d
/mkdirat(place, "work"/i\
    scratch.upper = open_layer(place, "upper", O_NOFOLLOW);\
    if (!on_disk) {\
        mount_tmpfs("/mnt", MS_NODEV, "mode=755");\
        place = open_layer(AT_FDCWD, "/mnt", 0);\
    }
