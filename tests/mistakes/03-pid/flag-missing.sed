# what:   CLONE_NEWPID is not among the flags
# check:  1 the command has a PID namespace of its own
# likely: CLONE_NEWPID is not passed to start_box
# hangs:  yes
/|= CLONE_NEWPID/d
