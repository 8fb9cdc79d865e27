# what:   the hostname is set although the host's namespace is shared
# check:  2 --share uts leaves the host's name
# likely: the hostname is set although uts is shared: the host is renamed
/(box, CLONE_NEWUTS)/,/return/d
