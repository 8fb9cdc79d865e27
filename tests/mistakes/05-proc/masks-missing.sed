# what:   mask_paths is not called
# check:  2 something in /proc is covered
# likely: mask_paths is not called, or before /proc is there
/mask_paths();/d
