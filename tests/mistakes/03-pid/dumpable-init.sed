# what:   PR_SET_DUMPABLE is set after the fork, in the command's process
# check:  2 /proc/1/exe does not lead to the launcher's program
# likely: PR_SET_DUMPABLE is missing, or set in the command's process
/prctl(PR_SET_DUMPABLE/d
/command == 0/,/return/c\
    if (command == 0) {\
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);\
        return;\
    }
