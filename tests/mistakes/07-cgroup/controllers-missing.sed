# what:   no controller is handed down to the box's cgroup
# check:  2 the box's cgroup has the files of all four controllers
# likely: cgroup.subtree_control is not written on every level
# needs:  v2
/enable_controllers(&/d
