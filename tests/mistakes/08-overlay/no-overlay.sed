# what:   no overlay is mounted
# check:  2 a box can write, change, delete, and replace a directory
# likely: there is no overlay, or without the layers of --layer
s/mount_overlay(box, scratch);/(void)scratch;/
