# what:   an ordinary user does not give up setgroups before gid_map
# check:  2 box true ends with 0
# likely: setgroups is not denied before gid_map is written
# needs:  root
# as:     user
/deny_setgroups(&/d
