# what:   CLONE_NEWIPC is not among the flags
# check:  1 the command has an IPC namespace of its own
# likely: CLONE_NEWIPC is not passed to start_box
/|= CLONE_NEWIPC/d
