# what:   CLONE_NEWNET is not among the flags
# check:  1 box true ends with 0
# likely: CLONE_NEWNET is missing: the host has an eth0 already
/|= CLONE_NEWNET/d
