# what:   the cable is laid before there is a box
# check:  3 box true ends with 0
# likely: it is not called, or before the clone: launch.pid is not set
/connect_to_bridge(&/d
/start_box(/i\    connect_to_bridge(&box);
