# what:   setgroups is denied after the map is written
# check:  2 box true ends with 0
# likely: setgroups is not denied before gid_map is written
# needs:  root
# as:     user
/deny_setgroups(&/{h;d}
/map_ids(&/G
