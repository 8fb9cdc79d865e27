# what:   uid_map and gid_map are mixed up
# check:  3 uid_map takes the user, gid_map the group
# likely: uid and gid are mixed up: each file got the other's
# needs:  root
s/gid_map"/uid_map"/;t
s/uid_map"/gid_map"/
