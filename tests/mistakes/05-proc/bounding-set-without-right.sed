# what:   nobody asks whether the bounding set may be changed
# check:  3 a box without any namespace starts, too
# likely: without CAP_SETPCAP the bounding set stays: has_capability()
# as:     user
/may_shrink/d
s/    must(cap_drop_bound/must(cap_drop_bound/
