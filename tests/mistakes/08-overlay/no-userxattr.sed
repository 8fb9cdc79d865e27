# what:   the overlay is without userxattr
# check:  2 a box can write, change, delete, and replace a directory
# likely: userxattr is missing: no directory in place of a deleted one
s/"userxattr,/"/
