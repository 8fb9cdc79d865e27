# what:   controllers are handed down that v2 does not have
# check:  2 box true ends with 0
# likely: only what is wanted, and in v2, is handed down: wanted_in_v2()
# needs:  v1
/wanted_in_v2(/,/continue/d
