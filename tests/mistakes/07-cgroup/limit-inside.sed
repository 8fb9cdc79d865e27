# what:   the box is to limit itself, with the host's files out of sight
# check:  3 memory.max reads back
# likely: limit_memory writes to no cgroup: inside, or before create_cgroup
# needs:  v1
/limit_memory(&box)/d
/drop_capabilities(box);/i\    limit_memory(box);
