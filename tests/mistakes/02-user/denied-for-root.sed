# what:   setgroups is denied although the launcher may change groups
# check:  2 with CAP_SETGID /proc/PID/setgroups stays as it is
# likely: denied although the launcher may change groups
# needs:  root
/none ||$/{N;s/ ||\s*has_capability(CAP_SETGID)//}
