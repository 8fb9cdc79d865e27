# what:   the overlay is to be mounted when the host's paths are gone
# check:  2 box true ends with 0
# likely: it comes after enter_root: the paths of the host are gone
/^    scratch = /{N;h;d}
/mount_dev(&/{x;G}
