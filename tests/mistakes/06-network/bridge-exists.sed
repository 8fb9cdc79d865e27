# what:   a bridge that is there already is an error
# check:  2 the next box takes the bridge that is there
# likely: EEXIST is no error: the bridge is there already
/ip_link_add_bridge(BRIDGE/,/;/c\
    must(ip_link_add_bridge(BRIDGE, ethernet_address(gateway)),\
         "ip link add " BRIDGE " type bridge");
