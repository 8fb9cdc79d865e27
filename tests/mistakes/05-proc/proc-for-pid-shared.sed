# what:   a new procfs is asked for with --share pid, too
# check:  1 --share pid shows the host's processes
# likely: a new procfs although the PID namespace is shared
/int proc = /,/;/c\    const int proc = new_mount("proc", attributes);
/if (proc == -1)/i\    (void)box;
