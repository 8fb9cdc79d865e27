#include "parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

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

static bool overlap(uint64_t a, uint64_t b, uint64_t count_a, uint64_t count_b)
{
    return a < b + count_b && b < a + count_a;
}

bool id_ranges_overlap(const struct id_range *a, const struct id_range *b)
{
    return overlap(a->inside, b->inside, a->count, b->count) ||
           overlap(a->outside, b->outside, a->count, b->count);
}

bool id_range_is_mapped(const char *map_file, const struct id_range *range)
{
    FILE *map = fopen(map_file, "re");
    uint64_t first, parent, count;
    bool found = false;

    if (map == NULL)
        return false;
    while (!found && fscanf(map, "%lu %lu %lu", &first, &parent, &count) == 3)
        found = range->outside >= first &&
                (uint64_t)range->outside + range->count <= first + count;
    fclose(map);
    return found;
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
    return valid ? 0 : fail_with(EINVAL);
}

int parse_capability(const char *text, uint64_t *mask)
{
    char name[64] = "cap_";
    cap_value_t number;

    if (strcasecmp(text, "all") == 0) {
        *mask = UINT64_MAX;
        return 0;
    }
    if (strncasecmp(text, "cap_", 4) == 0)
        text += 4;
    /* cap_from_name(3) takes bare numbers and what begins with a name, too. */
    if (text[strspn(text, LETTERS)] != '\0' || strlen(text) > sizeof name - 5)
        return fail_with(EINVAL);
    strcat(name, text);
    if (cap_from_name(name, &number) == -1)
        return fail_with(EINVAL);
    *mask = UINT64_C(1) << number;
    return 0;
}

int parse_address(const char *text, struct in_addr *address)
{
    return inet_pton(AF_INET, text, address) == 1 ? 0 : fail_with(EINVAL);
}

int parse_publish(const char *text, struct publish *port)
{
    struct publish result = {.udp = false};
    uint64_t inside, outside;
    char copy[64], *rest = copy, *field, *protocol;

    if (strlen(text) >= sizeof copy)
        return fail_with(EINVAL);
    strcpy(copy, text);
    protocol = strchr(copy, '/');
    if (protocol != NULL) {
        *protocol++ = '\0';
        result.udp = strcmp(protocol, "udp") == 0;
        if (!result.udp && strcmp(protocol, "tcp") != 0)
            return fail_with(EINVAL);
    }
    field = strsep(&rest, ":");
    if (strchr(field, '.') != NULL) {
        if (rest == NULL || parse_address(field, &result.address) == -1)
            return fail_with(EINVAL);
        field = strsep(&rest, ":");
    }
    if (rest == NULL)
        return fail_with(EINVAL);
    if (parse_number(field, 1, UINT16_MAX, &outside) == -1 ||
        parse_number(rest, 1, UINT16_MAX, &inside) == -1)
        return -1;
    result.outside = (uint16_t)outside;
    result.inside = (uint16_t)inside;
    *port = result;
    return 0;
}

bool publishes_overlap(const struct publish *a, const struct publish *b)
{
    return a->udp == b->udp && a->outside == b->outside &&
           (a->address.s_addr == b->address.s_addr ||
            a->address.s_addr == INADDR_ANY || b->address.s_addr == INADDR_ANY);
}

int parse_size(const char *text, uint64_t *bytes)
{
    const size_t digits = strspn(text, "0123456789");
    uint64_t number, unit = 1;
    char copy[32];

    if (digits == 0 || digits >= sizeof copy)
        return fail_with(digits == 0 ? EINVAL : ERANGE);
    switch (text[digits]) {
    case 'g':
    case 'G':
        unit *= 1024; /* fall through */
    case 'm':
    case 'M':
        unit *= 1024; /* fall through */
    case 'k':
    case 'K':
        unit *= 1024;
    }
    if (text[digits + (unit > 1)] != '\0')
        return fail_with(EINVAL);
    memcpy(copy, text, digits);
    copy[digits] = '\0';
    if (parse_number(copy, 0, INT64_MAX / unit, &number) == -1)
        return -1;
    *bytes = number * unit;
    return 0;
}

int parse_thousandths(const char *text, uint64_t *thousandths)
{
    char copy[32], *rest = copy, *whole, padded[4] = "000";
    uint64_t units, parts;

    if (strlen(text) >= sizeof copy)
        return fail_with(EINVAL);
    strcpy(copy, text);
    whole = strsep(&rest, ".");
    if (rest != NULL) {
        if (*rest == '\0' || strlen(rest) > 3)
            return fail_with(EINVAL);
        memcpy(padded, rest, strlen(rest));
    }
    if (parse_number(whole, 0, 10000, &units) == -1 ||
        parse_number(padded, 0, 999, &parts) == -1)
        return -1;
    if (units == 10000 && parts > 0)
        return fail_with(ERANGE);
    *thousandths = units * 1000 + parts;
    return 0;
}

int parse_cpu_list(const char *text, cpu_set_t *cpus)
{
    char *copy = strdup(text), *rest = copy, *range;
    cpu_set_t result;
    int status = 0;

    CPU_ZERO(&result);
    while (status == 0 && (range = strsep(&rest, ",")) != NULL) {
        uint64_t first, last;
        const char *from = strsep(&range, "-");

        status = parse_number(from, 0, CPU_SETSIZE - 1, &first);
        last = first;
        if (status == 0 && range != NULL)
            status = parse_number(range, first, CPU_SETSIZE - 1, &last);
        for (; status == 0 && first <= last; first++)
            CPU_SET(first, &result);
    }
    free(copy);
    if (status == 0)
        *cpus = result;
    return status;
}
