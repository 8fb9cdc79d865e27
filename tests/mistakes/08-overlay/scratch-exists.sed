# what:   directories that are there already are an error
# check:  1 a link in place of upper is refused
# likely: EEXIST is no error: --keep's upper and work are there already
/mkdirat(place, "upper"/,/;/c\    must(mkdirat(place, "upper", 0755), "make %s/upper", path);
/mkdirat(place, "work"/,/;/c\    must(mkdirat(place, "work", 0700), "make %s/work", path);
