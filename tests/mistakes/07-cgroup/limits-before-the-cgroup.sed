# what:   the limits are written before there is a cgroup
# check:  3 memory.max reads back
# likely: no look at v1 (wanted_in_v1), or it is before create_cgroup
# needs:  v1
/launch.cgroup = /{N;h;d}
/limit_pids(&box)/G
