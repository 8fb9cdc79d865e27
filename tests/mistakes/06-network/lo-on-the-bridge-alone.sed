# what:   lo is left down where there is no bridge
# check:  4 --network none: lo alone, and it is up
# likely: configure_eth0 returns before lo is up
/ip_link_set_up("lo")/{h;d}
/ip_address_add("eth0"/{x;G}
