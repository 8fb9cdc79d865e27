/*
 * What the options mean, and what is made of them. A wrong value ends the
 * program with 125 and one line that says what was given and what is expected
 * (refuse() in error.h), before anything is created.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include "parse.h"

#include <argp.h>

/*
 * Reads the options of the command line with argp(3). The first word that is
 * no option begins the command; what follows is the command's own. Returns
 * that word's index in argv, argc if there is none. Options that do not exist
 * end the program with 125.
 */
int parse_arguments(const struct argp_option *options, argp_parser_t parser,
                    int argc, char **argv, void *input);

/* A namespace that --share may name, and its CLONE_NEW* flag, clone(2). */
struct namespace
{
    const char *name;
    unsigned long flag;
};

/* The flags of "uts,pid,…". known ends with a name of NULL. */
unsigned long share_option(const struct namespace *known, const char *list);

/*
 * Ends the program if an option was given whose namespace is shared; both:
 * the flags that were given and shared. known as above.
 */
void refuse_conflict(const struct namespace *known, unsigned long both);

/* The group of the option with this key, 0 if there is none; argp(3). */
unsigned long option_group(const struct argp_option *options, int key);

/* The kernel takes one page for a whole map; 100 lines always fit into it. */
#define MAX_RANGES 100

/* What --map made of uid_map and gid_map, user_namespaces(7). */
struct id_map {
    /* The lines, the same in both files. Without any, 0 inside is you. */
    struct id_range ranges[MAX_RANGES];
    size_t count;
    /* --map none: the files stay empty. */
    bool none;
};

/* Adds one line, or none. */
void map_option(struct id_map *map, const char *text);

/*
 * Refuses what the kernel would refuse with a bare EPERM when the box is
 * already under way.
 */
void check_map(const struct id_map *map);

/*
 * The text of the map file. own_id, the uid or gid of the launcher, is what
 * 0 stands for in a map without lines. Lives until the next call.
 */
const char *map_text(const struct id_map *map, uint32_t own_id);

/* The id that the command gets inside: 0 if it is mapped, else the first. */
uint32_t map_first_id(const struct id_map *map);

/*
 * The id outside that the command's stands for. own_id: the uid or gid of the
 * launcher, which is that id for a map without lines.
 */
uint32_t map_outside(const struct id_map *map, uint32_t own_id);

/* Whether this process has a capability in its effective set, libcap(3). */
bool has_capability(int capability);

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
        /* MOUNT_ATTR_* of the mount, see mounts.h. */
        uint64_t attributes;
        /* The detached mount, between take_binds() and attach_binds(). */
        int mount;
    } list[MAX_BINDS];
    size_t count;
};

/* Adds a bind whose path inside is the same as on the host. */
void add_bind(struct binds *binds, const char *path, uint64_t attributes);

/* Adds a volume, "SOURCE:TARGET[:ro]", as nosuid and nodev. */
void volume_option(struct binds *volumes, const char *text);

/*
 * Takes them along: a bind mount of each source that hangs nowhere yet,
 * clone_mount(). While the host's root is in sight.
 */
void take_binds(struct binds *binds);

/*
 * Mounts them on their targets, which are created if missing. Targets are
 * looked up as seen from the root of the caller.
 */
void attach_binds(const struct binds *binds);

/* Docker's fourteen: a bit for each capability(7) that a box keeps. */
#define CAPABILITY(name) (UINT64_C(1) << CAP_##name)
#define DEFAULT_CAPABILITIES                                                   \
    (CAPABILITY(CHOWN) | CAPABILITY(DAC_OVERRIDE) | CAPABILITY(FSETID) |       \
     CAPABILITY(FOWNER) | CAPABILITY(MKNOD) | CAPABILITY(NET_RAW) |            \
     CAPABILITY(SETGID) | CAPABILITY(SETUID) | CAPABILITY(SETFCAP) |           \
     CAPABILITY(SETPCAP) | CAPABILITY(NET_BIND_SERVICE) |                      \
     CAPABILITY(SYS_CHROOT) | CAPABILITY(KILL) | CAPABILITY(AUDIT_WRITE))

/* The bits of --cap-add or --cap-drop; option is that name. */
uint64_t capability_option(const char *option, const char *text);

/* The caller's hostname, gethostname(2). Lives until the next call. */
const char *current_hostname(void);

/*
 * The environment of the command: Docker's PATH, HOME=/root, the caller's
 * TERM, PS1 with the hostname; nothing else, environ(7).
 */
void set_environment(const char *hostname);

#endif
