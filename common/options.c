#include "options.h"

#include "error.h"
#include "hints.h"
#include "mounts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <unistd.h>

int parse_arguments(const struct argp_option *options, argp_parser_t parser,
                    int argc, char **argv, void *input)
{
    const struct argp argp = {
        .options = options,
        .parser = parser,
        .args_doc = "[COMMAND [ARG...]]",
        .doc = "Runs COMMAND (/bin/sh) in a box.",
    };
    int first = argc;

    argp_err_exit_status = BOX_FAILED;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, input);
    return first;
}

/* ---- namespaces ---------------------------------------------------------- */

static unsigned long find_namespace(const struct namespace *known,
                                    const char *name)
{
    while (known->name != NULL && strcmp(known->name, name) != 0)
        known++;
    return known->flag;
}

unsigned long share_option(const struct namespace *known, const char *list)
{
    char *copy = strdup(list), *rest = copy, *name;
    unsigned long flags = 0;

    while ((name = strsep(&rest, ",")) != NULL) {
        const unsigned long flag = find_namespace(known, name);
        char names[64] = "";

        flags |= flag;
        if (flag != 0)
            continue;
        for (; known->name != NULL; known++)
            strcat(strcat(names, " "), known->name);
        refuse("--share '%s': '%s' is not a namespace of this stage; expected "
               "some of:%s",
               list, name, names);
    }
    free(copy);
    return flags;
}

void refuse_conflict(const struct namespace *known, unsigned long both)
{
    for (; known->name != NULL; known++)
        if (both & known->flag)
            refuse("--share %s: given together with an option that needs a "
                   "new %s namespace; expected one of the two",
                   known->name, known->name);
}

unsigned long option_group(const struct argp_option *options, int key)
{
    while (options->name != NULL && options->key != key)
        options++;
    return (unsigned long)options->group;
}

/* ---- users --------------------------------------------------------------- */

void map_option(struct id_map *map, const char *text)
{
    struct id_range range;

    if (strcmp(text, "none") == 0) {
        map->none = true;
        return;
    }
    if (parse_id_range(text, &range) == -1)
        refuse("--map '%s': expected INSIDE:OUTSIDE:COUNT, ids from 0 to "
               "4294967294 and a COUNT of 1 or more, or none",
               text);
    for (size_t i = 0; i < map->count; i++)
        if (id_ranges_overlap(&map->ranges[i], &range))
            refuse("--map '%s': overlaps an earlier --map; expected each id "
                   "once on either side",
                   text);
    if (map->count == MAX_RANGES)
        refuse("--map '%s': one too many; expected at most %d", text,
               MAX_RANGES);
    map->ranges[map->count++] = range;
}

bool has_capability(int capability)
{
    cap_t mine = cap_get_proc();
    cap_flag_value_t value = CAP_CLEAR;

    cap_get_flag(mine, capability, CAP_EFFECTIVE, &value);
    cap_free(mine);
    return value == CAP_SET;
}

static void check_own_id(const struct id_map *map, int capability,
                         const char *id_name, uint32_t own_id)
{
    const struct id_range *range = map->ranges;

    if (has_capability(capability))
        return;
    if (map->count > 1 || range->count != 1 || range->outside != own_id)
        refuse("--map %u:%u:%u: without root you may map one id, which must "
               "be both your uid and your gid; expected OUTSIDE to be your "
               "%s, %u, and COUNT 1",
               range->inside, range->outside, range->count, id_name, own_id);
}

void check_map(const struct id_map *map)
{
    const struct id_range *range = map->ranges;

    if (map->count == 0)
        return;
    if (map->none)
        refuse("--map none: given together with another --map; expected one "
               "of the two");
    for (size_t i = 0; i < map->count; i++, range++)
        if (!id_range_is_mapped("/proc/self/uid_map", range) ||
            !id_range_is_mapped("/proc/self/gid_map", range))
            refuse("--map %u:%u:%u: expected OUTSIDE ids that exist in your "
                   "own user namespace, see /proc/self/uid_map and gid_map",
                   range->inside, range->outside, range->count);
    check_own_id(map, CAP_SETUID, "uid", geteuid());
    check_own_id(map, CAP_SETGID, "gid", getegid());
}

const char *map_text(const struct id_map *map, uint32_t own_id)
{
    static char text[MAX_RANGES * sizeof "4294967295 4294967295 4294967295"];
    const struct id_range you_are_root = {0, own_id, 1};
    const struct id_range *ranges =
        map->count > 0 ? map->ranges : &you_are_root;
    const size_t count = map->count > 0 ? map->count : 1;
    char *end = text;

    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s%u %u %u", i > 0 ? "\n" : "", ranges[i].inside,
                       ranges[i].outside, ranges[i].count);
    return text;
}

uint32_t map_first_id(const struct id_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->ranges[i].inside == 0)
            return 0;
    return map->count > 0 ? map->ranges[0].inside : 0;
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

/* ---- mounts -------------------------------------------------------------- */

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

void add_bind(struct binds *binds, const char *path, uint64_t attributes)
{
    binds->list[binds->count++] =
        (struct bind){.source = path, .target = path, .attributes = attributes};
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

void take_binds(struct binds *binds)
{
    struct bind *bind = binds->list;

    for (size_t i = 0; i < binds->count; i++, bind++) {
        bind->mount = clone_mount(bind->source, bind->attributes);
        if (bind->mount == -1)
            die_with_hint(errno == ENOENT
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

/* ---- capabilities -------------------------------------------------------- */

uint64_t capability_option(const char *option, const char *text)
{
    uint64_t mask;

    if (parse_capability(text, &mask) == -1)
        refuse("--%s '%s': expected a name of capabilities(7), with or "
               "without CAP_, or ALL",
               option, text);
    return mask;
}

const char *current_hostname(void)
{
    static char name[65];

    must(gethostname(name, sizeof name), "gethostname");
    return name;
}

/* ---- environment --------------------------------------------------------- */

void set_environment(const char *hostname)
{
    const char *terminal = getenv("TERM");
    char *saved_terminal = terminal != NULL ? strdup(terminal) : NULL;
    char prompt[80];

    snprintf(prompt, sizeof prompt, "%s# ", hostname);
    clearenv();
    setenv("PATH",
           "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    setenv("PS1", prompt, 1);
    if (saved_terminal != NULL)
        setenv("TERM", saved_terminal, 1);
    free(saved_terminal);
}
