# what:   the effective set keeps what the permitted one has no more
# check:  3 box true ends with 0
# likely: CAP_EFFECTIVE keeps what CAP_PERMITTED has no more
/CAP_EFFECTIVE/d
