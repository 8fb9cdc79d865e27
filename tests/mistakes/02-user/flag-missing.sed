# what:   CLONE_NEWUSER is not among the flags
# check:  1 box true ends with 0
# likely: CLONE_NEWUSER is missing: without it the others need root
# as:     user
/|= CLONE_NEWUSER/d
