# what:   the layers are named from the lowest to the topmost
# check:  2 --layer: the later one lies on top
# likely: lowerdir= names the topmost layer first
s/i = layers->count; i > 0; i--/i = 0; i < layers->count; i++/
s/list\[i - 1]/list[i]/
