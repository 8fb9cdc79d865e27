# what:   the cable is to be plugged in before there is a bridge
# check:  3 box true ends with 0
# likely: it comes before create_bridge: there is no bridge yet
/create_bridge(&/{h;d}
/connect_to_bridge(&/G
