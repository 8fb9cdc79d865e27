# what:   a box without the bridge gets a cable to it
# check:  4 --network none: lo alone, and it is up
# likely: connect_to_bridge does not look at box->network.bridge
/port_name()/,/veth/{/bridge/,/return/d}
