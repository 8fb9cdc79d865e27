# what:   the kernel is not asked to kill the command with its launcher
# check:  - after SIGKILL to the launcher the command is gone
# likely: no PR_SET_PDEATHSIG, or set before the uid changed
/die_with_launcher(&/d
