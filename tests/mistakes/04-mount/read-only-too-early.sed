# what:   / is made read-only before the mount points of volumes are there
# check:  given --read-only comes after the mount points
# likely: attributes are set before the last mount point is made
/Mount points had/,/;/d
/mount_dev(&/i\
    if (box->read_only)\
        must(set_mount_attributes("/", MOUNT_ATTR_RDONLY, false),\
             "make / read-only");
