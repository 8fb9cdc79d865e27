# what:   start_box does not hear of the cgroup
# check:  1 the box is born into a cgroup v2 of its own
# likely: launch.cgroup is not set when start_box is called
# needs:  limits
s/box.launch.cgroup = //
