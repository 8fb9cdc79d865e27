# what:   a link in place of upper is followed
# check:  1 a link in place of upper is refused
# likely: the link is followed: no O_NOFOLLOW
s/"upper", O_NOFOLLOW/"upper", 0/
