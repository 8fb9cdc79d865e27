# what:   an address that is there already is an error
# check:  2 the next box takes the bridge that is there
# likely: EEXIST is no error: the bridge has its address already
/ip_address_add(BRIDGE/,/;/c\
    must(ip_address_add(BRIDGE, gateway, 24),\
         "ip address add " GATEWAY "/24 dev " BRIDGE);
