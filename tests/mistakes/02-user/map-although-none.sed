# what:   a map is written although --map none was given
# check:  3 --map none: id -u prints 65534
# likely: a map is written although none was asked for
/pid_t pid/,/return/s/ || box->map.none//
