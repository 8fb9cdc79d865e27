/*
 * What the options mean, and what is made of them. A wrong value ends the
 * program with 125 and one line that says what was given and what is expected
 * (refuse() in error.h), before anything is created.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the lab, what --version prints behind the stage. */
#define VERSION "1.0"

/*
 * Reads the options of the command line with argp(3). The first word that is
 * no option begins the command; what follows is the command's own. Returns
 * that word's index in argv, argc if there is none. Options that do not exist
 * end the program with 125.
 */
int parse_arguments(const struct argp_option *options, argp_parser_t parser,
                    int argc, char **argv, void *input);

/*
 * A decimal number from least to most: digits alone, no sign, no space. Returns
 * 0, or -1 with errno EINVAL (not of this form) or ERANGE, as all that parse;
 * the result stays untouched then.
 */
int parse_number(const char *text, uint64_t least, uint64_t most,
                 uint64_t *number);

/*
 * Bytes: a number, or one with k, m or g, in either case: powers of 1024.
 * Returns 0, or -1 with errno as parse_number().
 */
int parse_size(const char *text, uint64_t *bytes);

/* A namespace that --share may name, and its CLONE_NEW* flag, clone(2). */
struct namespace_flag {
    const char *name;
    unsigned long flag;
};

/* The flags of "uts,pid,…". known ends with a name of NULL. */
unsigned long share_option(const struct namespace_flag *known,
                           const char *list);

/*
 * Ends the program if an option was given whose namespace is shared; both:
 * the flags that were given and shared. known as above.
 */
void refuse_conflict(const struct namespace_flag *known, unsigned long both);

/* The group of the option with this key, 0 if there is none; argp(3). */
unsigned long option_group(const struct argp_option *options, int key);

/*
 * A line of uid_map, user_namespaces(7): the ids inside, inside+1, … of the
 * new user namespace are outside, outside+1, … in the launcher's.
 */
struct id_range {
    uint32_t inside, outside, count;
};

/* "INSIDE:OUTSIDE:COUNT"; neither side may reach 4294967295, which is -1. */
int parse_id_range(const char *text, struct id_range *range);

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

/* Refuses none beside lines. All else the kernel judges, see map_hint(). */
void check_map(const struct id_map *map);

/*
 * The text of the map file. own_id, the uid or gid of the launcher, is what
 * 0 stands for in a map without lines. Lives until the next call.
 */
const char *map_text(const struct id_map *map, uint32_t own_id);

/* The id that the command gets inside: 0 if it is mapped, else the first. */
uint32_t map_first_id(const struct id_map *map);

/* Whether this process has a capability in its effective set, libcap(3). */
bool has_capability(int capability);

#endif
