# what:   upper and work are made in the rootfs
# check:  2 the rootfs is what it was, byte for byte
# likely: upper lies in the rootfs, which is a layer
s/"\/sys"/box->rootfs/
/if (!on_disk)/,/;/d
s/layers->keep ? .* : ",volatile"/""/
