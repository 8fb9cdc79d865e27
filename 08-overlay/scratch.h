/*
 * Where the changes of a box are kept: the directory that holds the upper and
 * the work directory of its overlay, and what belongs around it. What the box
 * itself does with it is the lesson of the stage.
 */
#ifndef OVERLAY_SCRATCH_H
#define OVERLAY_SCRATCH_H

#include "../common/options.h"

#include <limits.h>

/* With the rootfs 500, as many as the kernel takes. */
#define MAX_LAYERS 499

struct layers {
    /* --layer: directories, the first one lies directly on the rootfs. */
    const char *list[MAX_LAYERS];
    size_t count;
    /* --keep: the directory that holds what the box changes; or NULL. */
    const char *keep;
    /*
     * A directory on disk for the changes, "" where they can go to a tmpfs. On
     * a kernel before Linux 6.6 they cannot: an overlay in a user namespace
     * marks a directory that replaces a deleted one with an attribute (user.*,
     * xattr(7)), and a tmpfs has none there.
     */
    char directory[PATH_MAX];
    /* What was made for it in /var/tmp. */
    char made[64];
    /* What is locked, flock(2): that, or --keep's directory; 0 for nothing. */
    int lock;
};

/* --layer and --keep. A wrong value ends the program with 125. */
void layer_option(struct layers *layers, const char *text);
void keep_option(struct layers *layers, const char *text);

/*
 * The id outside that the command's stands for. own_id: the uid or gid of the
 * launcher, which is that id for a map without lines.
 */
uint32_t map_outside(const struct id_map *map, uint32_t own_id);

/*
 * Locks --keep's directory, or makes and locks one in /var/tmp if the
 * changes have to be on disk, with a directory in it for who is root inside by
 * this map. Ends the program with 125 if another box uses --keep's.
 */
void reserve_scratch(struct layers *layers, const struct id_map *map);

/*
 * Empties the work directory of --keep; removes a directory that was made,
 * and those that a killed launcher of the same user has left.
 */
void remove_scratch(struct layers *layers);

/* What helps where the kernel refuses, see common/hints.h. */

/* An overlay was refused. */
const char *overlay_hint(void);

#endif
