# what:   the map is always 0 and the caller, whatever --map says
# check:  3 --map twice gives two lines, what is inside first
# likely: --map is not looked at: map_text knows its lines
# needs:  root
/<sched.h>/a\#include <stdio.h>
/pid_t pid/a\    char text[32];
/if (write_file(map_text/,/die/c\
    snprintf(text, sizeof text, "0 %u 1", getegid());\
    if (write_file(text, "/proc/%d/gid_map", pid) == -1)\
        die_with_hint(map_hint(&box->map), "write gid_map of %d", pid);\
    snprintf(text, sizeof text, "0 %u 1", geteuid());\
    if (write_file(text, "/proc/%d/uid_map", pid) == -1)\
        die_with_hint(map_hint(&box->map), "write uid_map of %d", pid);
