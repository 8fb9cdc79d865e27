#include "options.h"

#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

static void print_version(FILE *stream, struct argp_state *unused)
{
    (void)unused;
    fprintf(stream, "%s " VERSION "\n", program_invocation_name);
}

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
    argp_program_version_hook = print_version;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, input);
    return first;
}

static int fail_with(int error)
{
    errno = error;
    return -1;
}

int parse_number(const char *text, uint64_t least, uint64_t most,
                 uint64_t *number)
{
    unsigned long long value;

    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return fail_with(EINVAL);
    errno = 0;
    value = strtoull(text, NULL, 10);
    if (errno == ERANGE || value < least || value > most)
        return fail_with(ERANGE);
    *number = value;
    return 0;
}

int parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "kKmMgG";
    const size_t digits = strspn(text, "0123456789");
    const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
    const int shift = unit == NULL ? 0 : 10 * (int)((unit - units) / 2 + 1);
    char copy[32] = "";
    uint64_t number;

    if (text[digits + (unit != NULL)] != '\0')
        return fail_with(EINVAL);
    /* Too many digits are too large a number all the same. */
    snprintf(copy, sizeof copy, "%.*s", (int)digits, text);
    if (parse_number(copy, 0, INT64_MAX >> shift, &number) == -1)
        return -1;
    *bytes = number << shift;
    return 0;
}

/* ---- namespaces ---------------------------------------------------------- */

static unsigned long find_namespace(const struct namespace_flag *known,
                                    const char *name)
{
    while (known->name != NULL && strcmp(known->name, name) != 0)
        known++;
    return known->flag;
}

unsigned long share_option(const struct namespace_flag *known, const char *list)
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

void refuse_conflict(const struct namespace_flag *known, unsigned long both)
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

int parse_id_range(const char *text, struct id_range *range)
{
    char copy[64];
    char *rest = copy;
    uint64_t numbers[3];
    const uint64_t last_id = UINT32_MAX - 1;

    if (strlen(text) >= sizeof copy)
        return fail_with(EINVAL);
    strcpy(copy, text);
    for (int i = 0; i < 3; i++) {
        const char *field = strsep(&rest, ":");

        if (field == NULL)
            return fail_with(EINVAL);
        if (parse_number(field, i == 2, UINT32_MAX, &numbers[i]) == -1)
            return -1;
    }
    if (rest != NULL)
        return fail_with(EINVAL);
    if (numbers[0] + numbers[2] - 1 > last_id ||
        numbers[1] + numbers[2] - 1 > last_id)
        return fail_with(ERANGE);
    range->inside = (uint32_t)numbers[0];
    range->outside = (uint32_t)numbers[1];
    range->count = (uint32_t)numbers[2];
    return 0;
}

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

void check_map(const struct id_map *map)
{
    if (map->none && map->count > 0)
        refuse("--map none: given together with another --map; expected one "
               "of the two");
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
