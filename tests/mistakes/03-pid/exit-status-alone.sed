# what:   a command that a signal ended counts as 0
# check:  2 --init passes the exit status and 128+15 on
# likely: WEXITSTATUS alone: a signal's number is elsewhere, WTERMSIG
s/exit_status(/WEXITSTATUS(/
