# what:   the map's lines say outside before inside
# check:  3 --map twice gives two lines, what is inside first
# likely: the numbers are in the wrong order: inside comes first
# needs:  root
/<sched.h>/a\#include <stdio.h>
/setgroups is denied inside/{n;a\
\
/* The lines of a map file. */\
static const char *lines_of(const struct id_map *map, unsigned int own_id)\
{\
    static char text[MAX_RANGES * 36];\
    size_t used = 0;\
\
    if (map->count == 0)\
        snprintf(text, sizeof text, "%u 0 1", own_id);\
    for (size_t i = 0; i < map->count; i++)\
        used += (size_t)sprintf(text + used, "%u %u %u\\n",\
                                map->ranges[i].outside, map->ranges[i].inside,\
                                map->ranges[i].count);\
    return text;\
}
}
s/write_file(map_text/write_file(lines_of/
