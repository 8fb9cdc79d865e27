# what:   waitpid(2) without WNOHANG: after the first SIGCHLD init hangs in it
# check:  2 --init: it does so after it has reaped orphans, too
# likely: waitpid without WNOHANG: init waits there, and forwards nothing
s/WNOHANG/0/
