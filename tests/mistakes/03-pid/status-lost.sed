# what:   init ends with 0, whatever the command's status was
# check:  2 --init passes the exit status and 128+15 on
# likely: init's own exit status is 0, not the command's
s/exit_status(status)/0/
