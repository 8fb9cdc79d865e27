# what:   the descriptors are closed before the fork, the command's as well
# check:  2 --init passes the exit status and 128+15 on
# likely: close_from before the fork: the command loses its channel, too
/close_from(3)/d
/fork()/i\    close_from(3);
