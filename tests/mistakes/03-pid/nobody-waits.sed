# what:   init forwards signals, and waits for nobody
# check:  2 --init: init ends with the command
# likely: nobody waits for the command
# hangs:  yes
s/command, ended/command/
s/signal, status/signal/
/waitpid(-1/,/_exit/d
