# what:   the child calls unshare(2), which moves its children alone
# check:  1 the command has a PID namespace of its own
# likely: unshare(2) in place of the clone: only its children move
# hangs:  yes
/|= CLONE_NEWPID/d
/die_with_launcher(&/i\    must(unshare(CLONE_NEWPID), "unshare");
