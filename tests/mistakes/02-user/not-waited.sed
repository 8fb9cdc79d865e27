# what:   the child takes its ids before the launcher has written the map
# check:  3 box true ends with 0
# likely: 0 is not mapped yet: gid_map forgotten, or the box did not wait
/wait_for_release(&/{h;d}
/"after the map"/G
