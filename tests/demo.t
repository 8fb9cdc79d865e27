#!/bin/sh
# The player, watched through a terminal that is a tmux of its own.
# seconds: 15
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_lab
cd "$copy" || exit 1
. tests/room.sh

# press SESSION PATTERN: PageDown, and what it brings.
press() {
    room send-keys -t "$1" NPage
    shows "$1" "$2"
}
# play SESSION WORDS...: make demo with them, in a terminal of 80x24.
play() {
    session=$1
    shift
    room new-session -d -x 80 -y 24 -s "$session" "make -s demo $*; echo \"status \$?\"; read -r stay"
}

# In /tmp, where the sandbox has another one.
play auto STAGE=06 AUTO=1 SPEED=0 "RECORD=/tmp/record"
tries=0
until screen auto | grep -q '^status' || [ "$tries" = 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
shows auto "status 0"
verdict "make demo STAGE=06 AUTO=1 runs through" $?
# Every command that this machine can play was typed, and each ping answered as
# the chapter says.
awk '/^```console/ { inside = $0 !~ / (v1|v2|limits|root)( |$)/; next } /^```/ { inside = 0 }
    inside && /^[a-z][a-z0-9-]*[#$] / { print }' 06-network/README.md >"$work/commands"
# The panes are narrow: a shell breaks what is typed into lines of its own.
tr -d ' \n' <"/tmp/record" >"$work/shown"
missing=0
while read -r command; do
    grep -qF -- "$(echo "$command" | tr -d ' ')" "$work/shown" || { echo "not shown: $command"; missing=1; }
done <"$work/commands"
[ "$missing" = 0 ] && [ -s "$work/commands" ]
verdict "its panes showed all $(wc -l <"$work/commands") commands" $?
grep -q '==== host2' "/tmp/record" && grep -q '1 packets transmitted, 1 .*received' "/tmp/record" &&
    grep -q ' 0 .*received, 100% packet loss' "/tmp/record"
verdict "they showed pings that fail and pings that arrive" $?
# It stays until the end, and so does the server.

play keys STAGE=01
shows keys "PageDown: type the next"
verdict "make demo shows the chapter's panes and its first sentence" $?
press keys "PageDown: run it" && shows keys 'host# sh -c' && shows keys 'echo still' && ! screen keys | grep -q 'I am [0-9]'
verdict "PageDown types a command and does not run it" $?
room send-keys -t keys PPage
# shellcheck disable=SC2317 # until_true calls it
untyped() { ! screen keys | grep -q 'echo still\|host# sh -c'; }
shows keys "PageDown: type the next" && until_true untyped
verdict "PageUp takes it back" $?
press keys "PageDown: run it" && press keys "I am [0-9]"
verdict "PageDown again runs it" $?
room send-keys -t keys 'echo my own' Enter
shows keys "my own"
verdict "every other key is the pane's" $?
press keys "--share uts echo" && press keys "hello world"
verdict "and the chapter goes on" $?
# The next command is for host2#: not with another prompt there.
room send-keys -t keys C-b o
room send-keys -t keys "PS1='lost# '" Enter
shows keys "lost#" && press keys "no terminal shows host2#"
verdict "where no pane shows the prompt that is needed it says so" $?
room send-keys -t keys "PS1='host2# '" Enter
shows keys '(^|│) *host2# *(│|$)' && press keys "PageDown: run it"
verdict "and goes on when the pane is put right" $?
room new-session -d -x 80 -y 24 -s notes "make -s demo NOTES=1; echo \"status \$?\"; read -r stay"
shows notes "next:"
verdict "NOTES=1 shows the instructor's notes" $?
room send-keys -t keys C-b d
shows keys "status 0"
verdict "C-b d leaves the demo" $?
room kill-session -t keys
room kill-session -t notes

play from STAGE=01 FROM=predict
shows from "Predict, then try" && ! screen from | grep -q 'hello world'
verdict "FROM begins at a section" $?
press from "PageDown: run it" && press from "leopard#"
verdict "and runs what comes next" $?
# The terminal goes away: as when a window is closed.
room kill-session -t from
# shellcheck disable=SC2317 # until_true calls it
gone() { ! tmux -S build/demo.socket has-session 2>/dev/null && ! pgrep -f 'common/tools/demo[.]sh 01-uts' >/dev/null; }
until_true gone
verdict "when the terminal goes away the demo does too" $?
play refused STAGE=01 FROM=none
shows refused "expected one of: The gap, " && shows refused "^status 2"
verdict "FROM='none' is refused" $?
close_room

done_testing
