# what:   the bridge is left down
# check:  2 box0 is a bridge, up, and has 10.240.0.1/24
# likely: the bridge is not set up: ip_link_set_up_without_ipv6
/ip_link_set_up_without_ipv6(BRIDGE)/d
