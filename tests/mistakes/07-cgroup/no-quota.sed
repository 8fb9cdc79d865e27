# what:   limit_cpu is not called
# check:  4 cpu.max reads back
# likely: no limit: limit_cpu is not called, or returns too early
# needs:  limits
/limit_cpu(&box)/d
