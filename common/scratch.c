#include "scratch.h"

#include "error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ON_DISK "/var/tmp/box-"

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

static int open_directory(int parent, const char *name)
{
    return openat(parent, name,
                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A memfd is a file of the kernel's own tmpfs. */
static bool tmpfs_has_attributes(void)
{
    const int file = memfd_create("box", MFD_CLOEXEC);
    const bool has = fsetxattr(file, "user.box", "", 0, 0) == 0;

    close(file);
    return has;
}

/*
 * Between mkdtemp(3) and flock(2) another launcher may take the directory for
 * one that a dead one has left, and remove it: then a new one is made.
 */
static void make_on_disk(struct layers *layers, const struct id_map *map)
{
    const uid_t owner = map_outside(map, geteuid());
    const gid_t group = map_outside(map, getegid());
    struct stat status;

    do {
        if (layers->lock > 0)
            close(layers->lock);
        strcpy(layers->directory, ON_DISK "XXXXXX");
        if (mkdtemp(layers->directory) == NULL)
            die("make a directory in /var/tmp");
        layers->lock = open_directory(AT_FDCWD, layers->directory);
    } while (layers->lock == -1 ||
             flock(layers->lock, LOCK_EX | LOCK_NB) == -1 ||
             fstat(layers->lock, &status) == -1 || status.st_nlink == 0);
    /* Others may pass, to what is theirs. */
    must(fchmod(layers->lock, 0711), "chmod %s", layers->directory);
    must(mkdirat(layers->lock, "scratch", 0700), "make a directory in %s",
         layers->directory);
    must(fchownat(layers->lock, "scratch", owner, group, AT_SYMLINK_NOFOLLOW),
         "chown %s/scratch", layers->directory);
    strcat(layers->directory, "/scratch");
}

void reserve_scratch(struct layers *layers, const struct id_map *map)
{
    if (layers->keep == NULL) {
        if (!tmpfs_has_attributes())
            make_on_disk(layers, map);
        return;
    }
    if (realpath(layers->keep, layers->directory) == NULL)
        die("--keep '%s'", layers->keep);
    layers->lock = open_directory(AT_FDCWD, layers->directory);
    must(layers->lock, "open %s", layers->directory);
    if (flock(layers->lock, LOCK_EX | LOCK_NB) == -1)
        refuse("--keep '%s': another box uses it; expected a directory of its "
               "own for each",
               layers->keep);
}

/* ---- remove -------------------------------------------------------------- */

/*
 * Removes what is in a directory, without following a link. The kernel makes
 * work/work with mode 0, and a box may have done so as well.
 */
static void empty_directory(int directory)
{
    DIR *entries = fdopendir(dup(directory));
    const struct dirent *entry;

    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        const char *name = entry->d_name;
        int below;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            unlinkat(directory, name, 0) == 0)
            continue;
        below = open_directory(directory, name);
        if (below == -1 && errno == EACCES) {
            fchmodat(directory, name, 0700, 0);
            below = open_directory(directory, name);
        }
        if (below != -1) {
            fchmod(below, 0700);
            empty_directory(below);
            close(below);
        }
        unlinkat(directory, name, AT_REMOVEDIR);
    }
    if (entries != NULL)
        closedir(entries);
}

static void remove_directory(int directory, const char *path)
{
    empty_directory(directory);
    if (rmdir(path) == -1 && errno != ENOENT)
        warn_user("%s cannot be removed: %s", path, strerror(errno));
}

/* What this user's launchers have left that were killed: nobody locks it. */
static void sweep(void)
{
    glob_t found;
    struct stat status;

    if (glob(ON_DISK "??????", GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const int lock = open_directory(AT_FDCWD, found.gl_pathv[i]);

            if (lock != -1 && fstat(lock, &status) == 0 &&
                status.st_uid == geteuid() &&
                flock(lock, LOCK_EX | LOCK_NB) == 0)
                remove_directory(lock, found.gl_pathv[i]);
            if (lock != -1)
                close(lock);
        }
    globfree(&found);
}

void remove_scratch(struct layers *layers)
{
    int work;

    if (layers->lock <= 0)
        return;
    if (layers->keep == NULL) {
        *strrchr(layers->directory, '/') = '\0';
        remove_directory(layers->lock, layers->directory);
        sweep();
    } else {
        work = open_directory(layers->lock, "work");
        if (work != -1) {
            empty_directory(work);
            close(work);
        }
    }
    close(layers->lock);
    layers->lock = 0;
}
