# what:   the limit is written to v2, whatever the host has
# check:  5 pids.max reads back
# likely: no look at v1 (wanted_in_v1), or it is before create_cgroup
# needs:  v1
/wanted_in_v1(.*PIDS)/,/else/d
/pids.max", /,/;/s/    //
