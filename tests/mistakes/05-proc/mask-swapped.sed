# what:   source and target of the bind mount are the wrong way round
# check:  2 something in /proc is covered
# likely: mount(2): source and target are the wrong way round
s|mount("/dev/null", paths\[i\]|mount(paths[i], "/dev/null"|
