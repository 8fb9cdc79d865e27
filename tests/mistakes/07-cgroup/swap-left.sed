# what:   the box may swap as much as it wants
# check:  3 no swap, and the box is killed as a whole
# likely: memory.swap.max is not 0: the box swaps in place of stopping
# needs:  v2
/memory.swap.max", path/,/;/d
