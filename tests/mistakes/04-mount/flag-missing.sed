# what:   CLONE_NEWNS is not among the flags: the mounts are the host's
# check:  1 box true ends with 0
# likely: CLONE_NEWNS is missing: these are the host's mounts
/|= CLONE_NEWNS/d
