# what:   a link in place of work is followed
# check:  1 nor is one in place of work
# likely: the link is followed: no O_NOFOLLOW
s/"work", O_NOFOLLOW/"work", 0/
