# what:   init takes the signals and does not pass them on
# check:  2 --init: SIGTERM to the launcher ends the command
# likely: init does not forward signals
s/signal, status/status/
s/signal = next_signal/next_signal/
/signal != SIGCHLD/,/kill/d
