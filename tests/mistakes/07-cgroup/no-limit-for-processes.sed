# what:   limit_pids is not called
# check:  5 pids.max reads back
# likely: no limit: limit_pids is not called, or returns too early
# needs:  limits
/limit_pids(&box)/d
