# what:   limit_memory is not called
# check:  3 memory.max reads back
# likely: no limit: limit_memory is not called, or returns too early
# needs:  limits
/limit_memory(&box)/d
