# what:   at the limit the kernel kills one process of the box
# check:  3 no swap, and the box is killed as a whole
# likely: memory.oom.group is not 1: the kernel kills one process of it
# needs:  v2
/memory.oom.group", path/,/;/d
