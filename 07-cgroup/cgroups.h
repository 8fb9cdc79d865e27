/*
 * The cgroup of a box, cgroups(7): where it is, and the plumbing around it.
 *
 * On most hosts there is one hierarchy, cgroup v2. Some still bind controllers
 * to cgroup v1, each with a hierarchy of its own; so it is decided for each
 * controller. What v1 does in place of the v2 files that the stages write is in
 * cgroups_v1.h.
 *
 * As root a box's cgroup is box/PID below the root of the hierarchy. An
 * ordinary user's is box/PID below his own cgroup, if that was delegated to
 * him. A launcher holds a lock on its cgroup, flock(2): each launcher that ends
 * removes the cgroups that nobody holds.
 */
#ifndef CGROUP_CGROUPS_H
#define CGROUP_CGROUPS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* The directory of all boxes' cgroups. */
#define BOXES "box"

enum controller { MEMORY, CPU, PIDS, CPUSET, CONTROLLERS };

/* "memory", "cpu", "pids", "cpuset" */
extern const char *const controller_names[CONTROLLERS];

/* One period of the CPU controller, in microseconds. */
#define CPU_PERIOD 100000

struct limits {
    /* Bytes; 0 for no limit. */
    uint64_t memory;
    /* Microseconds of CPU time in each CPU_PERIOD; 0 for no limit. */
    uint64_t cpu_quota;
    /* Processes and threads; 0 for no limit. */
    uint64_t pids;
    /* The CPUs that may be used, "0-3,5"; NULL for all. */
    const char *cpuset_cpus;
};

/* The values of the options; a wrong one ends the program with 125. */
uint64_t memory_option(const char *text);
uint64_t cpus_option(const char *text);
uint64_t pids_limit_option(const char *text);
const char *cpuset_option(const char *text);

/* A cgroup in one hierarchy. */
struct cgroup_directory {
    /* The cgroup below which the lab works; "" if none may be changed. */
    char base[PATH_MAX];
    /* base/box/PID; "" until it is made. */
    char path[PATH_MAX + 32];
    /* Its directory, open and locked. */
    int directory;
    /* v1: its file tasks, open for the child. */
    int tasks;
};

struct cgroup {
    struct cgroup_directory v2;
    struct cgroup_directory v1[CONTROLLERS];
    /* The controllers that the limits need. */
    bool wanted[CONTROLLERS];
};

/*
 * Makes the box's cgroup: in v2, and in v1 for each wanted controller that v2
 * does not have. Ends the program with 125 and a hint if a limit is wanted that
 * cannot be set here; without any it goes on without a cgroup where none can be
 * made. Returns a descriptor of the v2 cgroup's directory, for clone3(2) with
 * CLONE_INTO_CGROUP, or 0.
 */
int create_cgroup(struct cgroup *cgroup, const struct limits *limits);

/*
 * Makes base/box/PID in one hierarchy, locked. Returns 0, or -1 with errno from
 * mkdir(2).
 */
int create_group(struct cgroup_directory *group);

/* Whether a controller is wanted, and is one of v2 or v1. */
bool wanted_in_v2(const struct cgroup *cgroup, enum controller controller);
bool wanted_in_v1(const struct cgroup *cgroup, enum controller controller);

/*
 * A cgroup whose controllers are handed down to others may have no processes
 * of its own (EBUSY), unless it is the root. This moves those of base to a leaf
 * beside the boxes, base/box-callers. Returns 0, or -1 with errno.
 */
int move_callers(const struct cgroup *cgroup);

/*
 * Writes the CPUs to cpuset.cpus, a name that v1 and v2 share. From inside,
 * sched_setaffinity(2) can choose among these. A list that the kernel refuses
 * ends the program with 125.
 */
void limit_cpuset(const struct cgroup *cgroup, const struct limits *limits);

/*
 * The kernel counts what a limit did (memory.events, cpu.stat): a command that
 * was killed for memory ends as any that was killed, with 137. Tells it as a
 * step; as an error if the box did not even get to its command (started).
 */
void report_limits(const struct cgroup *cgroup, const struct limits *limits,
                   bool started);

/*
 * Kills what is left in the box's cgroup and removes it, and those of boxes
 * whose launchers were killed. The last launcher puts everything back as it
 * was before the first.
 */
void remove_cgroup(struct cgroup *cgroup);

#endif
