# Sourced by the tests of what is seen in a terminal: one that is a tmux of its own.
# shellcheck shell=sh disable=SC2154

room() { (unset TMUX; command tmux -u -S "$work/room" -f /dev/null "$@"); }
screen() { room capture-pane -p -t "$1" 2>/dev/null; }
# shows SESSION PATTERN: as soon as it does; ten seconds at most.
shows() {
    tries=0
    until screen "$1" | grep -qE -- "$2"; do
        tries=$((tries + 1))
        if [ "$tries" = 200 ]; then
            screen "$1"
            return 1
        fi
        sleep 0.05
    done
}
# Ends it, and waits for the ends of the server and of what ran in its panes.
close_room() {
    processes=$(room list-panes -a -F '#{pid} #{pane_pid}')
    room kill-server
    for process in $processes; do
        until_true [ ! -e "/proc/$process" ]
    done
}
