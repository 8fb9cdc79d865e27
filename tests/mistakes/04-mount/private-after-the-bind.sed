# what:   the mounts are made private after the rootfs is bound
# check:  2 --share user: no mount of the box shows on the host
# likely: MS_PRIVATE comes after the first mount
/bind_root(box);/d
/make_mounts_private();/i\    bind_root(box);
