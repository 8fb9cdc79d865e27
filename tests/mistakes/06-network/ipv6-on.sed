# what:   eth0 comes up with IPv6
# check:  4 nothing there speaks IPv6
# likely: eth0 is up with IPv6: ip_link_set_no_ipv6 comes before
/ip_link_set_no_ipv6(/d
