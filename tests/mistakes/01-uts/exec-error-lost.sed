# what:   a failed execve(2) ends like any other error
# check:  - no such command gives 127
# likely: the error of execve(2) is not looked at
s/exec_failed(/die("execve %s", /
