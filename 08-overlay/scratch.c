#include "scratch.h"

#include "../common/error.h"
#include "../common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A directory that is ours by its name, and by an attribute, xattr(7). */
#define ON_DISK "/var/tmp/box-scratch-"
static const char mark[] = "user.box.scratch";

/* ---- options ------------------------------------------------------------- */

static void expect_directory(const char *option, const char *path)
{
    struct stat status;

    if (stat(path, &status) == -1)
        refuse("%s '%s': %s; expected a directory", option, path,
               strerror(errno));
    if (!S_ISDIR(status.st_mode))
        refuse("%s '%s': is not a directory; expected one", option, path);
}

void layer_option(struct layers *layers, const char *text)
{
    expect_directory("--layer", text);
    if (layers->count == MAX_LAYERS)
        refuse("--layer '%s': one too many; expected at most %d", text,
               MAX_LAYERS);
    layers->list[layers->count++] = text;
}

void keep_option(struct layers *layers, const char *text)
{
    expect_directory("--keep", text);
    layers->keep = text;
}

/* ---- reserve ------------------------------------------------------------- */

/* A memfd is a file of the kernel's own tmpfs. */
static bool tmpfs_has_attributes(void)
{
    const int file = memfd_create("box", MFD_CLOEXEC);
    const bool has = fsetxattr(file, "user.box", "", 0, 0) == 0;

    close(file);
    return has;
}

/*
 * Makes, locks and marks a directory. Between mkdtemp(3) and flock(2) another
 * launcher may take it for one that a dead one has left, and remove it.
 */
static bool make_directory(struct layers *layers, char *path)
{
    struct stat status;
    int lock;

    strcpy(path, ON_DISK "XXXXXX");
    if (mkdtemp(path) == NULL)
        die("make a directory in /var/tmp");
    lock = open_directory(AT_FDCWD, path, O_NOFOLLOW);
    if (lock == -1 && errno == ENOENT)
        return false;
    must(lock, "open %s", path);
    if (flock(lock, LOCK_EX | LOCK_NB) == -1 || fstat(lock, &status) == -1 ||
        status.st_nlink == 0) {
        close(lock);
        return false;
    }
    layers->lock = lock;
    snprintf(layers->made, sizeof layers->made, "%s", path);
    must(setxattr(path, mark, "", 0, 0), "mark %s", path);
    return true;
}

uint32_t map_outside(const struct id_map *map, uint32_t own_id)
{
    const uint32_t id = map_first_id(map);
    const struct id_range *range = map->ranges;

    for (size_t i = 0; i < map->count; i++, range++)
        if (id >= range->inside && id - range->inside < range->count)
            return range->outside + (id - range->inside);
    return own_id;
}

static void make_on_disk(struct layers *layers, const struct id_map *map)
{
    const uid_t owner = map_outside(map, geteuid());
    const gid_t group = map_outside(map, getegid());
    char path[] = ON_DISK "XXXXXX";

    while (!make_directory(layers, path))
        ;
    /* Others may pass, to what is theirs. */
    must(fchmod(layers->lock, 0711), "chmod %s", path);
    must(mkdirat(layers->lock, "scratch", 0700), "make %s/scratch", path);
    /* EPERM, EINVAL: the map holds an id of somebody else or of nobody, and the
     * kernel will refuse it. */
    if (fchownat(layers->lock, "scratch", owner, group, AT_SYMLINK_NOFOLLOW) ==
            -1 &&
        errno != EPERM && errno != EINVAL)
        die("chown %s/scratch", path);
    sprintf(layers->directory, "%s/scratch", path);
    step("scratch on disk: tmpfs has no user.* attributes before Linux 6.6");
}

void reserve_scratch(struct layers *layers, const struct id_map *map)
{
    int lock;

    if (layers->keep == NULL) {
        if (!tmpfs_has_attributes())
            make_on_disk(layers, map);
        return;
    }
    if (realpath(layers->keep, layers->directory) == NULL)
        die("--keep '%s'", layers->keep);
    lock = open_directory(AT_FDCWD, layers->directory, O_NOFOLLOW);
    must(lock, "open %s", layers->directory);
    if (flock(lock, LOCK_EX | LOCK_NB) == -1)
        refuse("--keep '%s': another box uses it; expected a directory of its "
               "own for each",
               layers->keep);
    /* From here on it is ours to clean up. */
    layers->lock = lock;
}

/* ---- remove -------------------------------------------------------------- */

/* With the longest names, 255 bytes, that is a path which fts(3) can hold. */
enum { DEPTH = 100 };

/*
 * Removes what is in a directory, without following a link. The kernel makes
 * work/work with mode 0, and a box may have done so as well: root minds no
 * mode. What lies too deep is moved up, and its turn comes next.
 */
static void empty_directory(int directory)
{
    static unsigned int number;
    char here[] = ".", up[64];
    char *const paths[] = {here, NULL};
    bool again = true;
    FTS *tree;
    FTSENT *entry;

    /* fts(3) goes with the working directory, so that no path grows too long.
     */
    if (fchdir(directory) == -1)
        return;
    while (again && (tree = fts_open(paths, FTS_PHYSICAL, NULL)) != NULL) {
        again = false;
        while ((entry = fts_read(tree)) != NULL) {
            const char *name = entry->fts_accpath;

            if (entry->fts_level == FTS_ROOTLEVEL)
                continue;
            if (entry->fts_info != FTS_D) {
                remove(name);
                continue;
            }
            if (geteuid() != 0)
                chmod(name, 0700);
            if (entry->fts_level < DEPTH)
                continue;
            snprintf(up, sizeof up, ".deep-%d-%u", getpid(), number++);
            fts_set(tree, entry, FTS_SKIP);
            again = renameat(AT_FDCWD, name, directory, up) == 0 || again;
        }
        fts_close(tree);
    }
}

static void remove_directory(int directory, const char *path)
{
    empty_directory(directory);
    if (rmdir(path) == -1 && errno != ENOENT)
        warn_user("%s cannot be removed: %s", path, strerror(errno));
}

/*
 * What this user's launchers have left that were killed: nobody locks it. One
 * that died before it could set its mark has left an empty directory.
 */
static void sweep(void)
{
    glob_t found;
    struct stat status;

    if (glob(ON_DISK "??????", GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *path = found.gl_pathv[i];
            const int lock = open_directory(AT_FDCWD, path, O_NOFOLLOW);

            if (lock == -1)
                continue;
            if (fstat(lock, &status) == 0 && status.st_uid == geteuid() &&
                flock(lock, LOCK_EX | LOCK_NB) == 0) {
                if (fgetxattr(lock, mark, NULL, 0) == 0)
                    remove_directory(lock, path);
                else
                    rmdir(path);
            }
            close(lock);
        }
    globfree(&found);
}

void remove_scratch(struct layers *layers)
{
    int work;

    if (layers->lock == 0)
        return;
    if (layers->keep == NULL) {
        remove_directory(layers->lock, layers->made);
        sweep();
    } else {
        work = open_directory(layers->lock, "work", O_NOFOLLOW);
        if (work != -1) {
            empty_directory(work);
            close(work);
        }
    }
    close(layers->lock);
    layers->lock = 0;
}

/* ---- what helps ----------------------------------------------------------
 */

const char *overlay_hint(void)
{
    if (errno == EINVAL)
        return "changes cannot be kept on an overlay (as inside Docker), NFS "
               "or 9p: --keep a directory on ext4, xfs or btrfs; nor may there "
               "be mounts below the rootfs or a layer; dmesg says which it is";
    if (errno == ELOOP)
        return "one layer lies in another, or is named twice: each must be a "
               "directory of its own";
    if (errno == ENODEV)
        return "this kernel has no CONFIG_OVERLAY_FS: sudo modprobe overlay";
    if (errno == EPERM)
        return "an overlay in a user namespace takes Linux 5.11 or later";
    return NULL;
}
