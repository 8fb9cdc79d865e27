# what:   the child writes its map itself, where its own id is unknown
# check:  3 box true ends with 0
# likely: the child writes its own map; it is written from outside
s|%d/\([gu]id_map"\), pid|self/\1|
/map_ids(&box)/d
/wait_for_release(&/a\    map_ids(box);
