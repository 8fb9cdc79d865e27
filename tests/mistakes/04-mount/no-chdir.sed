# what:   pivot_root(2) of ".", without chdir(2) to the rootfs
# check:  4 box true ends with 0
# likely: no chdir to the rootfs before pivot_root of "."
/chdir(box->rootfs)/d
