# what:   the layers are named by their paths
# check:  2 a box can write, change, delete, and replace a directory
# likely: this path has ':' and ','; number the layers: /proc/self/fd
/layer = .*layers->list/d
s/"%d:", layer/"%s:", layers->list[i - 1]/
