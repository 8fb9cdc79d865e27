# what:   the command is started as system(3) would: forked and waited for
# check:  2 without --init the command is PID 1
# likely: a fork before the command, although --init was not given
/\*command = box->command/a\
    const pid_t child = fork();\
    int status;\
\
    must(child, "fork");\
    if (child > 0) {\
        waitpid(child, &status, 0);\
        _exit(exit_status(status));\
    }
