# what:   in /tmp only root may write
# check:  5 /tmp is nosuid and nodev
# likely: the mode is not 1777
/"\/tmp"/s/1777/755/
