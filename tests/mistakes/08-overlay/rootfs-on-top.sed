# what:   the rootfs is named before the layers
# check:  2 --layer: the later one lies on top
# likely: the rootfs is the lowest layer: lowerdir= names it last
/for (.*layers->count/,/}/{s/%d:/:%d/;H;d}
/"%d", layer/{G;s/\n\n/\n/}
