# what:   the device nodes are bound writable
# check:  given the host's device nodes cannot be changed
# likely: the binds lack MOUNT_ATTR_RDONLY
s/MOUNT_ATTR_RDONLY | //
