# what:   the default route is added before eth0 is up
# check:  4 box true ends with 0
# likely: the route is added before eth0 is up, with its address
/ip_link_set_up("eth0")/{h;d}
/ip_route_add_default(/G
