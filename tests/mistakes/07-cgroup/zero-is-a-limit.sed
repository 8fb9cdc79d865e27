# what:   without the option 0 is written
# check:  5 box true ends with 0
# likely: without the option nothing is to be written: the limit is 0
# needs:  limits
/(count == 0/,/return/d
