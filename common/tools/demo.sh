#!/bin/sh
# Plays a chapter before a room: a pane of tmux for each of its terminals.
#
#   demo.sh CHAPTER        (in the sandbox: make demo STAGE=06)
#   demo.sh --notes        a second client: the instructor's notes
#
# PageDown types the next command, PageDown again runs it, PageUp goes back
# without running. All other keys are the focused pane's; C-b o goes to the next
# pane, C-b d leaves. In the environment:
#
#   FROM=SECTION    plays all before that section unseen: its number or name
#   AUTO=1          needs no keys; SPEED=2 waits so many seconds at each step
#   RECORD=FILE     writes what the panes have shown to FILE at the end; it is descriptor
#                   5 here, for the sandbox may not see it
set -eu

tools=$(cd "$(dirname "$0")" && pwd)
# One demo at a time; a server and a configuration of its own. The path of a socket
# has at most 107 bytes: this one is short wherever the lab lies.
cd "$tools/../.."
socket=build/demo.socket
tmux() { command tmux -u -S "$socket" -f "$tools/demo.conf" "$@"; }
unset TMUX

fail() {
    echo "make demo: $*" >&2
    exit 1
}

if [ "$1" = --notes ]; then
    tmux has-session -t notes 2>/dev/null ||
        fail "no demo is running; expected make demo STAGE=NN in another terminal first"
    tmux attach-session -t notes
    exit
fi

! tmux has-session 2>/dev/null || fail "one is running already; make demo NOTES=1 shows its notes"
if [ ! -t 0 ] || [ ! -t 1 ]; then
    fail "expected a terminal"
fi
tput -T "${TERM:-dumb}" cup 0 0 >/dev/null 2>&1 ||
    fail "TERM='${TERM:-}': expected a terminal that can show panes, such as xterm"
work=$(mktemp -d)
# A serial line has no size.
LAB_DEMO_COLUMNS=$(stty size | awk '{ print $2 ? $2 : 80 }')
LAB_DEMO_LINES=$(stty size | awk '{ print $1 ? $1 : 24 }')
export LAB_DEMO="$work" LAB_DEMO_SOCKET="$socket" LAB_DEMO_COLUMNS LAB_DEMO_LINES
mkfifo "$work/keys" "$work/alive"
: >"$work/notes"

# Every shell of the demo holds the other end of this pipe, and so does the
# launcher of each box: at its end nothing of the demo runs any more.
cat "$work/alive" >/dev/null &
alive=$!
exec 9>"$work/alive"
player=
leave() {
    # A second one must not end what ends the demo.
    trap '' INT TERM HUP
    tmux kill-server 2>/dev/null || true
    exec 9>&-
    wait "$alive" || true
    [ -z "$player" ] || kill "$player" 2>/dev/null || true
    rm -rf "$work" "$socket"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP PIPE

# shellcheck disable=SC2016
tmux new-session -d -s notes -x 80 -y 24 \
    'while :; do clear; cat "$LAB_DEMO/notes"; tmux wait-for notes; done' 9>&-
"$tools/play.exp" demo "$1" 2>"$work/error" </dev/null 9>&- &
player=$!
tmux wait-for ready
if tmux has-session -t demo 2>/dev/null; then
    tmux attach-session -t demo
fi
# What it says is why it has ended before us.
[ ! -s "$work/error" ] || fail "$(cat "$work/error")"
