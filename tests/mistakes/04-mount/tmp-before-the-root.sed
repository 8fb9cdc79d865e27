# what:   /tmp is mounted before enter_root, on the host's
# check:  5 /tmp is a tmpfs of its own
# likely: mount_tmp is not called, or before enter_root
/mount_tmp();/d
/bind_root(box);/a\    mount_tmp();
