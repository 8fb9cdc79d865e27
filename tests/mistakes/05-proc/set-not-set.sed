# what:   the smaller sets are made, but never set
# check:  3 init itself holds no more
# likely: cap_set_proc is missing: only execve would cut it down
/cap_set_proc(keep)/d
