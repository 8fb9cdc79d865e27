# what:   what is to be read-only is looked for before /proc is mounted
# check:  1 box true ends with 0
# likely: /proc is not there yet when make_paths_read_only writes to it
/mount_proc(proc);/{h;d}
/make_paths_read_only(box);/G
