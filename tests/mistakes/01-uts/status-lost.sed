# what:   the command's exit status is not returned
# check:  - the command's exit status is box's
# likely: WEXITSTATUS forgotten, or the status dropped
s/return \(finish_box.*\)/\1\n    return 0;/
