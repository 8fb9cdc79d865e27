# what:   the caller's further groups are kept
# check:  3 the caller's further groups are dropped
# likely: no setgroups after the map
# needs:  root
/setgroups(0/,/die/d
