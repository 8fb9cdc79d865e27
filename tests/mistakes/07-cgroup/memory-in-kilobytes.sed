# what:   the limit is written in kilobytes
# check:  3 memory.max reads back
# likely: the limit is in bytes: a unit of another size
# needs:  limits
s/limit_memory_v1(.*, bytes/& \/ 1024/
s/write_number(bytes/& \/ 1024/
