# what:   setgroups must succeed, though it was denied
# check:  3 box true ends with 0
# likely: setgroups is denied to an ordinary user: EPERM is no error here
# as:     user
/setgroups(0/,/die/c\    must(setgroups(0, NULL), "setgroups");
