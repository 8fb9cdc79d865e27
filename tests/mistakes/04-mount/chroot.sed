# what:   chroot(2) in place of pivot_root(2)
# check:  4 the rootfs is the root of the mount namespace
# likely: chroot in place of pivot_root: root inside can leave it
/if (pivot_root(/,/umount2/c\    must(chroot("."), "chroot %s", box->rootfs);
