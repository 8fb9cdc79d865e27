# what:   the rules are added to those that are there
# check:  2 the next box takes the bridge that is there
# likely: no flush table: each box adds the rules once more
/"flush table/d
