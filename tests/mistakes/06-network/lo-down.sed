# what:   lo is left down
# check:  4 lo is up
# likely: lo is not set up: ip_link_set_up
/ip_link_set_up("lo")/d
