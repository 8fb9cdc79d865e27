# what:   what is shown as before the map comes after it
# check:  4 -v shows all capabilities, as nobody and then as root
# likely: shown after wait_for_release twice: the map is there
/"before the map"/{h;d}
/wait_for_release(&/G
