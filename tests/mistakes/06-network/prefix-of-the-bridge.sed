# what:   the bridge's address is a network of its own
# check:  2 box0 is a bridge, up, and has 10.240.0.1/24
# likely: the bridge has another address, or prefix
/ip_address_add(BRIDGE/s/24/32/
