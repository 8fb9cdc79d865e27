/*
 * Reading what the user typed. Nothing here prints. What parses returns 0, or
 * -1 with errno EINVAL (not of the expected form) or ERANGE (a number out of
 * range), and leaves its result untouched then.
 */
#ifndef COMMON_PARSE_H
#define COMMON_PARSE_H

#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A decimal number from least to most: digits alone, no sign, no space. */
int parse_number(const char *text, uint64_t least, uint64_t most,
                 uint64_t *number);

/*
 * A line of uid_map, user_namespaces(7): the ids inside, inside+1, … of the
 * new user namespace are outside, outside+1, … in the launcher's.
 */
struct id_range {
    uint32_t inside, outside, count;
};

/* "INSIDE:OUTSIDE:COUNT"; neither side may reach 4294967295, which is -1. */
int parse_id_range(const char *text, struct id_range *range);

/* Whether two lines share an id on either side: the kernel refuses them. */
bool id_ranges_overlap(const struct id_range *a, const struct id_range *b);

/*
 * Whether some line of a map file (/proc/self/uid_map) holds the whole of
 * outside … outside+count-1, as the kernel requires of each new line.
 */
bool id_range_is_mapped(const char *map_file, const struct id_range *range);

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

/*
 * A capability by its name in capabilities(7), in either case, with or
 * without CAP_, as a mask with its bit; "ALL" is every bit.
 */
int parse_capability(const char *text, uint64_t *mask);

/* An IPv4 address, four decimal numbers, inet_pton(3). */
int parse_address(const char *text, struct in_addr *address);

/* "[ADDRESS:]PORT:PORT[/tcp|/udp]", as Docker's --publish. */
struct publish {
    /* The host's address that it is for; INADDR_ANY for all. */
    struct in_addr address;
    /* The host's port and the box's. */
    uint16_t outside, inside;
    bool udp;
};
int parse_publish(const char *text, struct publish *port);

/* Bytes: a number, or one with k, m or g, in either case: powers of 1024. */
int parse_size(const char *text, uint64_t *bytes);

/*
 * A decimal number up to 10000, with at most three digits behind the point,
 * times 1000: "0.25" gives 250.
 */
int parse_thousandths(const char *text, uint64_t *thousandths);

/* "0-3,5", as cpuset(7) lists CPUs; CPU_SET(3). */
int parse_cpu_list(const char *text, cpu_set_t *cpus);

/* Whether both want the same port of the host, on one address or on all. */
bool publishes_overlap(const struct publish *a, const struct publish *b);

#endif
