# what:   init ends with the wait status
# check:  2 --init passes the exit status and 128+15 on
# likely: _exit takes no wait status: see exit_status()
s/exit_status(status)/status/
