# what:   the directories stay open in the command
# check:  2 descriptors of the layers stay outside
# likely: a layer, or the scratch, stays open in the command: O_CLOEXEC
s|open_directory(parent, path, O_PATH|openat(parent, path, O_PATH \| O_DIRECTORY|
