# what:   the overlay has no upper
# check:  2 box true ends with 0
# likely: an option that overlay does not know, or one is missing
/,upperdir=/,/;/c\    (void)scratch;
