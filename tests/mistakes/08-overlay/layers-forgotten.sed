# what:   the rootfs is the only layer
# check:  2 a box can write, change, delete, and replace a directory
# likely: there is no overlay, or without the layers of --layer
/for (.*layers->count/,/}/d
