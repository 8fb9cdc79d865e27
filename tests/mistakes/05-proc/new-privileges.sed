# what:   no_new_privs is not set
# check:  3 no_new_privs is set, nothing ambient or inheritable
# likely: prctl PR_SET_NO_NEW_PRIVS forgotten
/prctl(PR_SET_NO_NEW_PRIVS/d
