# what:   eth0 is configured where there is none
# check:  4 --network none: lo alone, and it is up
# likely: configure_eth0 looks for eth0, which is not there
/"lo"/,/"eth0"/{/bridge/,/return/d}
