# what:   MS_BIND without MS_REC
# check:  3 what is mounted below the rootfs is there
# likely: MS_REC forgotten in the bind mount
s/MS_BIND | MS_REC/MS_BIND/
