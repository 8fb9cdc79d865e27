# what:   the same, and nobody looks at the error
# check:  4 ip route: the bridge's address is the way out
# likely: no route: not added, or before eth0 was up (ENETUNREACH)
/ip_route_add_default(/d
/ip_link_set_up("eth0")/i\    ip_route_add_default(gateway);
