# what:   the cgroup is made and limited after the start
# check:  1 the box is born into a cgroup v2 of its own
# likely: launch.cgroup is not set when start_box is called
# needs:  limits
/launch.cgroup = /,/limit_cpuset(/{H;d}
/start_box(/{N;G;s/\n\n/\n/}
