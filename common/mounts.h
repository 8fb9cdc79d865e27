/*
 * The file-descriptor mount calls of Linux 5.2 and 5.12, which older C
 * libraries do not wrap: open_tree(2), move_mount(2), fsopen(2), fsmount(2),
 * mount_setattr(2).
 *
 * A mount made here hangs nowhere yet: it is a descriptor. That is how a box
 * takes parts of the host along when it leaves the host's root behind.
 */
#ifndef COMMON_MOUNTS_H
#define COMMON_MOUNTS_H

#include <stdbool.h>
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
 * Makes the mount at path, and all below it, read-only for the caller's mount
 * namespace alone: a bind mount onto itself, with attributes of its own.
 * Returns 0, or -1 with errno from mount(2) or mount_setattr(2).
 */
int make_read_only(const char *path);

/*
 * Makes sure that something can be mounted at path: creates the directories
 * on the way and at the end a directory, or an empty file. What is there
 * already is left as it is. Returns 0, or -1 with errno from stat(2),
 * mkdir(2) or mknod(2); ENOTDIR or EISDIR if what is there is of the other
 * kind.
 */
int make_mount_point(const char *path, bool directory);

/*
 * The names under which programs expect their own descriptors: /dev/fd,
 * /dev/stdin, /dev/stdout and /dev/stderr, links into /proc/self/fd. Returns
 * 0, or -1 with errno from symlink(2).
 */
int link_descriptors(void);

/* pivot_root(2), which the C library does not wrap. */
int pivot_root(const char *new_root, const char *put_old);

/*
 * The file or directory `name` in the nearest parent of the running program
 * that has it, /lab/build/rootfs for /lab/04-mount/box. Returns a string that
 * lives until the next call, or NULL with errno ENOENT.
 */
const char *find_upwards(const char *name);

#endif
