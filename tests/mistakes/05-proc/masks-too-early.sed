# what:   what is to be masked is looked for before /proc is mounted
# check:  2 something in /proc is covered
# likely: mask_paths is not called, or before /proc is there
/mask_paths();/d
/mount_proc(proc);/i\    mask_paths();
