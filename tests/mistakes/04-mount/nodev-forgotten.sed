# what:   the rootfs is not made nodev
# check:  3 device nodes in the rootfs do not work
# likely: set_mount_attributes forgotten
/MOUNT_ATTR_NODEV/,/;/d
