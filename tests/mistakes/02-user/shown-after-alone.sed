# what:   the capabilities are shown after the map alone
# check:  4 -v shows all capabilities, as nobody and then as root
# likely: they are not shown before the map, as nobody
/"before the map"/d
