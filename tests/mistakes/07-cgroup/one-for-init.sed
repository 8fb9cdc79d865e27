# what:   one process more is allowed than asked for
# check:  5 pids.max reads back
# likely: limit_pids writes another value than the option's
# needs:  limits
s/box->limits.pids;/box->limits.pids + 1;/
s/(count == 0/(count == 1/
