# what:   the capabilities are shown before the map alone
# check:  4 -v shows all capabilities, as nobody and then as root
# likely: they are not shown after the map
/"after the map"/d
