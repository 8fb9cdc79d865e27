# what:   the host's end of the cable is left down
# check:  3 ping 10.240.0.1 goes through that port
# likely: the port is not up: ip_link_set_up_without_ipv6
# hangs:  yes
/launch.pid) == 0 &&$/{N;s/ &&\s*ip_link_set_up_without_ipv6(port) == 0//}
