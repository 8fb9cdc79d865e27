# what:   the rootfs is not bound onto itself
# check:  3 box true ends with 0
# likely: the rootfs is no mount: bind it onto itself first
/bind_root(box);/d
