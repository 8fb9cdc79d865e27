#include "mounts.h"

#include "../common/error.h"
#include "../common/hints.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers are the same on every architecture. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef RESOLVE_NO_MAGICLINKS
#define RESOLVE_NO_MAGICLINKS 0x02
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 0x00000001
#define FSMOUNT_CLOEXEC 0x00000001
#endif

/* FSCONFIG_SET_STRING and FSCONFIG_CMD_CREATE, which are no macros. */
static const unsigned int config_string = 1, config_create = 6;

/* The kernel's struct mount_attr. */
struct attributes {
    uint64_t set, clear, propagation, user_namespace;
};

static int close_keeping_errno(int fd)
{
    const int saved_errno = errno;

    close(fd);
    errno = saved_errno;
    return -1;
}

int clone_mount(const char *path, uint64_t attributes)
{
    const struct attributes set = {.set = attributes};
    const int mount =
        (int)syscall(SYS_open_tree, AT_FDCWD, path,
                     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

    if (mount == -1)
        return -1;
    if (syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE,
                &set, sizeof set) == -1)
        return close_keeping_errno(mount);
    return mount;
}

int new_mount(const char *type, uint64_t attributes)
{
    const int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    int mount;

    if (context == -1)
        return -1;
    /* The source is what /proc/mounts and df show in the first column. */
    if (syscall(SYS_fsconfig, context, config_string, "source", type, 0) ==
            -1 ||
        syscall(SYS_fsconfig, context, config_create, NULL, NULL, 0) == -1)
        return close_keeping_errno(context);
    mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    close_keeping_errno(context);
    return mount;
}

/*
 * Opens a path, but follows no link of the kernel's: in a rootfs that somebody
 * else made, etc -> /proc/self/fd/6/.. would lead to the host.
 */
static int open_path(const char *path)
{
    const struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

int attach_mount(int mount, const char *target)
{
    const int directory = open_path(target);
    const int result =
        (int)syscall(SYS_move_mount, mount, "", directory, "",
                     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

    close_keeping_errno(directory);
    close_keeping_errno(mount);
    return result;
}

int set_mount_attributes(const char *path, uint64_t attributes, bool recursive)
{
    const struct attributes set = {.set = attributes};

    return (int)syscall(SYS_mount_setattr, AT_FDCWD, path,
                        recursive ? AT_RECURSIVE : 0, &set, sizeof set);
}

/* Opens a directory, and makes what is missing on the way there. */
static int open_made(char *path)
{
    int directory = open_path(*path ? path : "/"), parent;
    char *name = strrchr(path, '/');

    if (directory != -1 || errno != ENOENT || name == NULL)
        return directory;
    *name = '\0';
    parent = open_made(path);
    *name = '/';
    if (parent == -1)
        return -1;
    if (mkdirat(parent, name + 1, 0755) == 0)
        directory = open_path(path);
    close_keeping_errno(parent);
    return directory;
}

int make_mount_point(const char *path, bool directory)
{
    const int there = open_path(path);
    char above[PATH_MAX], *name;
    struct stat status;
    int parent, result;

    if (there != -1) {
        result = fstat(there, &status);
        close(there);
        if (result == -1 || directory == (bool)S_ISDIR(status.st_mode))
            return result;
        errno = directory ? ENOTDIR : EISDIR;
        return -1;
    }
    if (errno != ENOENT)
        return -1;
    if (snprintf(above, sizeof above, "%s", path) >= (int)sizeof above) {
        errno = ENAMETOOLONG;
        return -1;
    }
    name = strrchr(above, '/');
    *name++ = '\0';
    parent = open_made(above);
    if (parent == -1)
        return -1;
    result = directory ? mkdirat(parent, name, 0755)
                       : mknodat(parent, name, S_IFREG | 0644, 0);
    close_keeping_errno(parent);
    return result;
}

int pivot_root(const char *new_root, const char *put_old)
{
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

/* ---- the rootfs --------------------------------------------------------- */

static const char *find_upwards(const char *name)
{
    static char path[PATH_MAX];
    char program[PATH_MAX];
    const ssize_t length =
        readlink("/proc/self/exe", program, sizeof program - 1);

    program[length > 0 ? length : 0] = '\0';
    for (char *slash = strrchr(program, '/'); slash != NULL;
         slash = strrchr(program, '/')) {
        *slash = '\0';
        if (snprintf(path, sizeof path, "%s/%s", program, name) <
                (int)sizeof path &&
            access(path, F_OK) == 0)
            return path;
    }
    errno = ENOENT;
    return NULL;
}

const char *rootfs_option(const char *given)
{
    static char path[PATH_MAX];
    const char *name = given != NULL ? given : find_upwards("build/rootfs");
    struct stat status;

    if (name == NULL)
        refuse("there is no build/rootfs above this program; expected `make "
               "rootfs` to have made it, or --rootfs DIR");
    /* A path with . or .. would not see the mount that is put on its end. */
    if (realpath(name, path) == NULL || stat(path, &status) == -1)
        refuse("--rootfs '%s': %s; expected a directory with a Linux root "
               "file system, as `make rootfs` makes",
               name, strerror(errno));
    if (!S_ISDIR(status.st_mode) || strcmp(path, "/") == 0)
        refuse("--rootfs '%s': is %s; expected a directory with a Linux root "
               "file system",
               name,
               S_ISDIR(status.st_mode) ? "the root of the host"
                                       : "not a directory");
    return path;
}

/* ---- binds -------------------------------------------------------------- */

void add_bind(struct binds *binds, const char *path, uint64_t attributes)
{
    binds->list[binds->count++] =
        (struct bind){.source = path, .target = path, .attributes = attributes};
}

int parse_volume(const char *text, struct volume *volume)
{
    char *copy = strdup(text);
    char *rest = copy;
    const char *source = strsep(&rest, ":");
    const char *target = strsep(&rest, ":");
    const char *option = strsep(&rest, ":");
    bool valid = rest == NULL && target != NULL && *source != '\0' &&
                 target[0] == '/' && target[strspn(target, "/.")] != '\0' &&
                 (option == NULL || strcmp(option, "ro") == 0);

    if (valid)
        *volume = (struct volume){.source = strdup(source),
                                  .target = strdup(target),
                                  .read_only = option != NULL};
    free(copy);
    errno = EINVAL;
    return valid ? 0 : -1;
}

void volume_option(struct binds *volumes, const char *text)
{
    struct volume volume;

    if (parse_volume(text, &volume) == -1)
        refuse("--volume '%s': expected SOURCE:TARGET or SOURCE:TARGET:ro, "
               "TARGET an absolute path below /",
               text);
    if (access(volume.source, F_OK) == -1)
        refuse("--volume '%s': SOURCE '%s': %s; expected what exists here",
               text, volume.source, strerror(errno));
    if (volumes->count == MAX_BINDS)
        refuse("--volume '%s': one too many; expected at most %d", text,
               MAX_BINDS);
    volumes->list[volumes->count++] =
        (struct bind){.source = volume.source,
                      .target = volume.target,
                      .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                                    (volume.read_only ? MOUNT_ATTR_RDONLY : 0)};
}

void clone_binds(struct binds *binds)
{
    struct bind *bind = binds->list;

    for (size_t i = 0; i < binds->count; i++, bind++) {
        bind->mount = clone_mount(bind->source, bind->attributes);
        if (bind->mount == -1)
            die_with_hint(errno == ENOENT &&
                                  strncmp(bind->source, "/dev/", 5) == 0
                              ? "mknod(1) makes what is missing in /dev"
                              : NULL,
                          "take %s along", bind->source);
    }
}

void attach_binds(const struct binds *binds)
{
    const struct bind *bind = binds->list;
    struct stat status;

    for (size_t i = 0; i < binds->count; i++, bind++) {
        if (fstat(bind->mount, &status) == -1)
            die("look at %s", bind->source);
        if (make_mount_point(bind->target, S_ISDIR(status.st_mode)) == -1)
            die_with_hint(path_hint(), "make %s for a mount of %s",
                          bind->target, bind->source);
        if (attach_mount(bind->mount, bind->target) == -1)
            die("mount %s on %s", bind->source, bind->target);
    }
}

/* ---- what helps ----------------------------------------------------------
 */

const char *mount_hint(void)
{
    if (errno == EACCES || (errno == EPERM && !is_filtered()))
        return "a security module forbids mounts: see its log";
    return NULL;
}

const char *path_hint(void)
{
    if (errno == EACCES)
        return "root inside has no more rights to files than you, and none to "
               "those of users who are not mapped: namei -l shows the way";
    return NULL;
}

const char *pivot_hint(void)
{
    if (errno == EINVAL || errno == EBUSY)
        return "the new root must be a mount of its own, and the old one not "
               "shared; before Linux 7.0 the old one may be no initramfs";
    return NULL;
}
