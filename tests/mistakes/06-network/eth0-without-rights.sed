# what:   eth0 is configured when the capabilities are gone
# check:  4 box true ends with 0
# likely: it comes after drop_capabilities: CAP_NET_ADMIN is gone
/configure_eth0(box);/{h;d}
/drop_capabilities(box);/G
