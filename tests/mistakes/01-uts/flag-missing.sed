# what:   CLONE_NEWUTS is not among the flags
# check:  1 the command has a UTS namespace of its own
# likely: the flag is not passed to start_box
/|= CLONE_NEWUTS/d
