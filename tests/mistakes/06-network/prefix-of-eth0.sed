# what:   eth0 takes all of 10.240.0.0/16 for its neighbours
# check:  4 ip a: an address of 10.240.0.0/24
# likely: another prefix than 24: other neighbours than the bridge has
/ip_address_add("eth0"/s/24/16/
