# what:   there is no default route
# check:  4 ip route: the bridge's address is the way out
# likely: no route: not added, or before eth0 was up (ENETUNREACH)
/ip_route_add_default(/c\    (void)gateway;
