# what:   the bridge gets no address
# check:  2 box0 is a bridge, up, and has 10.240.0.1/24
# likely: the bridge has no address: ip_address_add
/ip_address_add(BRIDGE/,/;/d
