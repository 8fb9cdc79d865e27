# what:   init looks once whether the command has ended, and ends
# check:  2 --init: PID 1 is init, PID 2 the command
# likely: PID 1 has ended, and the kernel ends the command with it
s/command, ended/command/
/for (;;)/,/^    }/c\
    signal = waitpid(-1, &status, WNOHANG) > 0 ? exit_status(status) : 0;\
    _exit(signal);
