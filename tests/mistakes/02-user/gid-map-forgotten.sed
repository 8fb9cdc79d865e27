# what:   only uid_map is written
# check:  3 box true ends with 0
# likely: 0 is not mapped yet: gid_map forgotten, or the box did not wait
/gid_map"/{N;N;s/getegid.*geteuid/geteuid/}
