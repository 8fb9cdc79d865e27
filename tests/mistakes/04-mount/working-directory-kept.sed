# what:   pivot_root(2) with paths, and no chdir(2) to the new root
# check:  4 the working directory is /
# likely: no chdir: the working directory is still one of the host's
/<signal.h>/a\#include <stdio.h>
/chdir(box->rootfs)/c\
    char old[4096];\
\
    snprintf(old, sizeof old, "%s/tmp", box->rootfs);
s/if (pivot_root(".", "."/if (pivot_root(box->rootfs, old/
s/umount2("."/umount2("\/tmp"/
