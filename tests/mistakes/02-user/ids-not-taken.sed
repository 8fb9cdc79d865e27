# what:   no setresgid and setresuid after the map
# check:  3 --map takes a range: root inside is another id outside
# likely: no setresgid and setresuid after the map: the old ids stay
# needs:  root
/set_ids(box);/d
