# what:   the last box does not take the bridge away
# check:  - the host is as before
# likely: a link made in the launcher, or the bridge of the last box
s/leave_bridge(box);/(void)box;/
