# what:   enter_root is not called
# check:  4 / is the rootfs
# likely: no pivot_root: / is still the host's
/enter_root(box);/d
