# what:   sizeof a pointer in place of the string's length
# check:  2 hostname inside prints the name given
# likely: sizeof of a pointer, in place of strlen
s/strlen(box->hostname)/sizeof box->hostname/
