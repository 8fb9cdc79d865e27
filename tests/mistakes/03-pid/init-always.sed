# what:   run_init forks, be there --init or not
# check:  2 without --init the command is PID 1
# likely: a fork before the command, although --init was not given
/!box->init/,/return/c\    (void)box;
