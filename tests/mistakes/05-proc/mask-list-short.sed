# what:   the list lacks one path
# check:  2 /proc/interrupts is covered by /dev/null
# likely: not in the list of mask_paths
s| *"/proc/interrupts",||
