/*
 * What cgroup v1 does otherwise, for hosts that bind a controller to it: there
 * each controller has a hierarchy of its own, and clone3(2) cannot put a child
 * into it. Whoever has cgroup v2 alone needs nothing of this.
 */
#ifndef CGROUP_CGROUPS_V1_H
#define CGROUP_CGROUPS_V1_H

#include "cgroups.h"

/*
 * Makes the box's cgroup in the hierarchy of one controller, or takes that of
 * another one in the same hierarchy. Returns 0, or -1 with errno.
 */
int create_v1(struct cgroup *cgroup, enum controller controller);

/*
 * Child: enters the v1 cgroups, and, if there are any and own_namespace is
 * set, a cgroup namespace whose root they are, cgroup_namespaces(7).
 */
void join_v1(const struct cgroup *cgroup, bool own_namespace);

/*
 * What the stages write to v2, in v1's files: memory.limit_in_bytes and
 * memory.memsw.limit_in_bytes, cpu.cfs_period_us and cpu.cfs_quota_us,
 * pids.max. Each returns 0, or -1 with errno.
 */
int limit_memory_v1(const struct cgroup *cgroup, uint64_t bytes);
int limit_cpu_v1(const struct cgroup *cgroup, uint64_t microseconds);
int limit_pids_v1(const struct cgroup *cgroup, uint64_t count);

#endif
