# what:   only the effective set is dropped
# check:  3 init itself holds no more
# likely: only the effective set is dropped: CAP_PERMITTED too
/CAP_PERMITTED/d
