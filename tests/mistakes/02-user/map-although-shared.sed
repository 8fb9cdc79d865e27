# what:   a map is written although the host's namespace is shared
# check:  3 --share user: the caller's ids and groups stay
# likely: a map is written although user is shared: see shares()
/pid_t pid/,/return/s/shares(box, CLONE_NEWUSER) || //
