# what:   the new procfs is asked for when the host's root is gone
# check:  1 box true ends with 0
# likely: new_proc after enter_root: the host's /proc is out of sight
/^    proc = /{h;d}
/(proc);/{x;G}
