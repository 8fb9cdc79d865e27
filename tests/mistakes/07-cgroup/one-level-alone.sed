# what:   the controllers come to box, but not to box/PID
# check:  2 the box's cgroup has the files of all four controllers
# likely: cgroup.subtree_control is not written on every level
# needs:  v2
/box\/cgroup.subtree_control/,/;/d
