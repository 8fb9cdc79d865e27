# what:   no setresgid after the map
# check:  3 --map takes a range: root inside is another id outside
# likely: no setresgid after the map: the old gid stays
# needs:  root
/setresgid(id/d
