# what:   volumes are taken when the host's root is gone
# check:  given --volume shows a directory
# likely: volumes are taken after enter_root: their sources are gone
/clone_binds(&volumes)/{h;d}
/mount_dev(&/{x;G}
