# what:   the host's /proc is bound, in place of a new procfs
# check:  1 ls /proc shows the box's processes alone
# likely: the host's /proc instead of a new one
/int proc = /,/;/c\    const int proc = clone_mount("/proc", attributes);
/if (proc == -1)/i\    (void)box;
