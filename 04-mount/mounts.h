/*
 * The file-descriptor mount calls of Linux 5.2 and 5.12, which older C
 * libraries do not wrap: open_tree(2), move_mount(2), fsopen(2), fsmount(2),
 * mount_setattr(2).
 *
 * A mount made here hangs nowhere yet: it is a descriptor. That is how a box
 * takes parts of the host along when it leaves the host's root behind. Then
 * what is built on them: the rootfs, volumes, mount points.
 */
#ifndef MOUNT_MOUNTS_H
#define MOUNT_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>

#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x00000001
#define MOUNT_ATTR_NOSUID 0x00000002
#define MOUNT_ATTR_NODEV 0x00000004
#define MOUNT_ATTR_NOEXEC 0x00000008
#endif

/*
 * A bind mount of path with all that is mounted below it, attached nowhere.
 * attributes: MOUNT_ATTR_*, set on every mount of the copy, beside those that
 * it has. Returns a close-on-exec descriptor, or -1 with errno from
 * open_tree(2) or mount_setattr(2).
 */
int clone_mount(const char *path, uint64_t attributes);

/*
 * A new file system of the given type, attached nowhere; attributes as above.
 * Returns a close-on-exec descriptor, or -1 with errno from fsopen(2),
 * fsconfig(2) or fsmount(2).
 */
int new_mount(const char *type, uint64_t attributes);

/*
 * Attaches such a mount at target, a path, whose symbolic links are followed
 * as those of mount(2) are, and closes the descriptor.
 * Returns 0, or -1 with errno from move_mount(2).
 */
int attach_mount(int mount, const char *target);

/*
 * Sets MOUNT_ATTR_* on the mount at path, and on those below it if recursive.
 * Returns 0, or -1 with errno from mount_setattr(2).
 */
int set_mount_attributes(const char *path, uint64_t attributes, bool recursive);

/*
 * Makes sure that something can be mounted at path: creates the directories
 * on the way and at the end a directory, or an empty file. What is there
 * already is left as it is. Returns 0, or -1 with errno from stat(2),
 * mkdir(2) or mknod(2); ENOTDIR or EISDIR if what is there is of the other
 * kind.
 */
int make_mount_point(const char *path, bool directory);

/* pivot_root(2), which the C library does not wrap. */
int pivot_root(const char *new_root, const char *put_old);

/* The directory that becomes /: given, or build/rootfs if that is NULL. */
const char *rootfs_option(const char *given);

#define MAX_BINDS 64

/* Parts of the host that are to be seen inside, in this order. */
struct binds {
    struct bind {
        /* A path on the host. */
        const char *source;
        /* The path inside. */
        const char *target;
        /* MOUNT_ATTR_* of the mount. */
        uint64_t attributes;
        /* The detached mount, between clone_binds() and attach_binds(). */
        int mount;
    } list[MAX_BINDS];
    size_t count;
};

/* Adds a bind whose path inside is the same as on the host. */
void add_bind(struct binds *binds, const char *path, uint64_t attributes);

/*
 * "SOURCE:TARGET[:ro]", as Docker's --volume. TARGET is an absolute path
 * below /. The strings are new, malloc(3).
 */
struct volume {
    /* What the launcher's own file system offers. */
    char *source;
    /* Where it appears inside. */
    char *target;
    bool read_only;
};
int parse_volume(const char *text, struct volume *volume);

/* Adds a volume, "SOURCE:TARGET[:ro]", as nosuid and nodev. */
void volume_option(struct binds *volumes, const char *text);

/*
 * Clones them: a bind mount of each source that hangs nowhere yet,
 * clone_mount(). While the host's root is in sight.
 */
void clone_binds(struct binds *binds);

/*
 * Mounts them on their targets, which are created if missing. Targets are
 * looked up as seen from the root of the caller.
 */
void attach_binds(const struct binds *binds);

/* What helps where the kernel refuses, see common/hints.h. */

/* The first mount(2) in a new mount namespace was refused. */
const char *mount_hint(void);

/* A bind mount of a path of the host was refused. */
const char *path_hint(void);

/* pivot_root(2) was refused. */
const char *pivot_hint(void);

#endif
