# what:   /tmp lacks MS_NODEV
# check:  5 /tmp is nosuid and nodev
# likely: MS_NODEV is not passed to mount
s/"\/tmp", MS_NODEV/"\/tmp", 0/
