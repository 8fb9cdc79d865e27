# what:   the overlay has no work directory
# check:  2 box true ends with 0
# likely: an option that overlay does not know, or one is missing
/,upperdir=/,/;/c\    sprintf(end, ",upperdir=%d", scratch.upper);
