# what:   the uid is written into gid_map
# check:  3 uid_map takes the user, gid_map the group
# likely: the uid is written into gid_map
# needs:  root
/gid_map"/s/getegid/geteuid/
