# what:   the flags do not leave out what is shared
# check:  2 --share uts: the namespace is the host's
# likely: clone_flags does not leave out what is shared
s/return flags & ~box->shared/(void)box;\n    return flags/
