# what:   what is to be read-only is looked for before /proc is mounted
# check:  1 box true ends with 0
# likely: /proc is not there yet when protect_paths writes to it
/mount_proc(proc);/{h;d}
/protect_paths(box);/G
