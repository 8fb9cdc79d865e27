# what:   PR_SET_DUMPABLE is missing
# check:  2 /proc/1/exe does not lead to the launcher's program
# likely: PR_SET_DUMPABLE is missing, or set in the command's process
/prctl(PR_SET_DUMPABLE/d
