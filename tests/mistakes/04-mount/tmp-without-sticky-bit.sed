# what:   /tmp lacks the sticky bit
# check:  5 /tmp is nosuid and nodev
# likely: the sticky bit is missing: anybody may delete anything
/"\/tmp"/s/1777/777/
