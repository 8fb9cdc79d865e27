# what:   quota and period are mixed up
# check:  4 cpu.max reads back
# likely: quota and period are mixed up: the quota comes first
# needs:  limits
s/"%lu %d", box->limits.cpu_quota, CPU_PERIOD/"%d %lu", CPU_PERIOD, box->limits.cpu_quota/
/limit_cpu_v1(/s/box->limits.cpu_quota/CPU_PERIOD/
