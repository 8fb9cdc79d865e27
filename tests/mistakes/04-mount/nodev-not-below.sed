# what:   nodev is not set on what is mounted below
# check:  3 what is mounted below the rootfs is there
# likely: the attribute is not set on all of it: it must be recursive
s/MOUNT_ATTR_NODEV, true/MOUNT_ATTR_NODEV, false/
