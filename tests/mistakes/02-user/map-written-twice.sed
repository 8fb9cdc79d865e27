# what:   the maps are written twice
# check:  3 box true ends with 0
# likely: written twice, or CLONE_NEWUSER is missing
/map_ids(&box)/p
