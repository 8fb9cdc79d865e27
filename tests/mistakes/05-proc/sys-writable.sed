# what:   protect_paths is not called
# check:  given /proc/sys is read-only
# likely: protect_paths is not called: a host's setting can be written
/protect_paths(box);/d
