# what:   the box does not enter its v1 cgroup
# check:  1 cgroup.procs of a cgroup v1 of its own holds its PID
# likely: nobody moves it into its v1 cgroup: join_v1
# needs:  v1
/join_v1(/d
