# what:   each line of a map is a write of its own
# check:  3 --map twice gives two lines, what is inside first
# likely: a write for each line: the kernel takes a single one
# needs:  root
/<sched.h>/a\#include <stdio.h>
/pid_t pid/a\
    const struct id_range *range = box->map.ranges;\
    char line[64];
/if (write_file(map_text/i\
    for (size_t i = 0; i < box->map.count; i++, range++) {\
        snprintf(line, sizeof line, "%u %u %u\\n", range->inside,\
                 range->outside, range->count);\
        if (write_file(line, "/proc/%d/gid_map", pid) == -1 ||\
            write_file(line, "/proc/%d/uid_map", pid) == -1)\
            die_with_hint(map_hint(&box->map), "write the maps of %d", pid);\
    }\
    if (box->map.count > 0)\
        return;
