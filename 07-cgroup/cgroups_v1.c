#include "cgroups_v1.h"

#include "../common/error.h"
#include "../common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A v1 cpuset is empty at first, and takes nobody as long as it is (ENOSPC). */
static int fill_cpuset(const char *from, const char *to)
{
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};
    char value[256];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (read_line(value, sizeof value, "%s/%s", from, files[i]) == -1 ||
            write_file(value, "%s/%s", to, files[i]) == -1)
            return -1;
    return 0;
}

int create_v1(struct cgroup *cgroup, enum controller controller)
{
    struct cgroup_directory *group = &cgroup->v1[controller];
    char path[PATH_MAX + 64];

    /* Two controllers may share a hierarchy; then they share the cgroup. */
    for (enum controller c = 0; c < controller; c++)
        if (strcmp(cgroup->v1[c].base, group->base) == 0)
            strcpy(group->path, cgroup->v1[c].path);
    if (group->path[0] == '\0' && create_group(group) == -1)
        return -1;
    snprintf(path, sizeof path, "%s/" BOXES, group->base);
    if (controller == CPUSET && (fill_cpuset(group->base, path) == -1 ||
                                 fill_cpuset(path, group->path) == -1))
        return -1;
    snprintf(path, sizeof path, "%s/tasks", group->path);
    group->tasks = open(path, O_WRONLY | O_CLOEXEC);
    return group->tasks == -1 ? -1 : 0;
}

void join_v1(const struct cgroup *cgroup, bool own_namespace)
{
    bool joined = false;

    for (enum controller c = 0; c < CONTROLLERS; c++) {
        if (!wanted_in_v1(cgroup, c))
            continue;
        if (write(cgroup->v1[c].tasks, "0", 1) == -1)
            die("enter %s", cgroup->v1[c].path);
        joined = true;
    }
    if (joined && own_namespace)
        must(unshare(CLONE_NEWCGROUP), "unshare the cgroup namespace");
}

int limit_memory_v1(const struct cgroup *cgroup, uint64_t bytes)
{
    const char *path = cgroup->v1[MEMORY].path;

    if (write_number(bytes, "%s/memory.limit_in_bytes", path) == -1)
        return -1;
    /* Memory and swap together; without swap accounting there is no file. */
    if (write_number(bytes, "%s/memory.memsw.limit_in_bytes", path) == -1 &&
        errno != ENOENT)
        return -1;
    return 0;
}

int limit_cpu_v1(const struct cgroup *cgroup, uint64_t microseconds)
{
    const char *path = cgroup->v1[CPU].path;

    if (write_number(CPU_PERIOD, "%s/cpu.cfs_period_us", path) == -1)
        return -1;
    return write_number(microseconds, "%s/cpu.cfs_quota_us", path);
}

int limit_pids_v1(const struct cgroup *cgroup, uint64_t count)
{
    return write_number(count, "%s/pids.max", cgroup->v1[PIDS].path);
}
