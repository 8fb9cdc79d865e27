# what:   the new procfs gets no nosuid, nodev, noexec
# check:  1 /proc is a procfs, nosuid, nodev, noexec
# likely: attributes are not passed to new_mount
s/new_mount("proc", attributes/new_mount("proc", 0/
