# what:   the old root is made read-only
# check:  given --read-only: / takes no writes, /tmp does
# likely: the attribute is not set, or on the old root: before enter_root
/Mount points had/,/;/d
/bind_root(box);/a\
    if (box->read_only)\
        must(set_mount_attributes("/", MOUNT_ATTR_RDONLY, false),\
             "make / read-only");
