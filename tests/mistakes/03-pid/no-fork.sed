# what:   PID 1 becomes the command: run_init does not fork
# check:  2 --init: PID 1 is init, PID 2 the command
# likely: no fork in run_init
s/fork();/getpid();/
/must(command, "fork")/d
s/command == 0/command == 1/
