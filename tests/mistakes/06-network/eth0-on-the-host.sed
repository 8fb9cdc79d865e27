# what:   eth0 is made in the launcher's network namespace
# check:  3 box true ends with 0
# likely: eth0 is made in the launcher's namespace, which has one
s/box->launch.pid) == 0/getpid()) == 0/
