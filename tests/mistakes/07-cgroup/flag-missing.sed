# what:   CLONE_NEWCGROUP is not among the flags
# check:  1 the command has a cgroup namespace of its own
# likely: the flag is not passed to start_box
/|= CLONE_NEWCGROUP/d
