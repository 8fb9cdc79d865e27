# what:   make_paths_read_only is not called
# check:  given /proc/sys is read-only
# likely: make_paths_read_only is not called: a host setting can be written
/make_paths_read_only(box);/d
