#!/bin/sh
# Many boxes at once, and one after the other.
# seconds: 15
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

box=$lab/08-overlay/box
first_box=$lab/06-network/box

start_held
for i in $(seq 20); do
    "$box" sh -c 'ip -4 -o address show eth0 | cut -d " " -f 7; ping -q -c 1 -W 5 203.0.113.1 >/dev/null && echo out; exec cat' \
        <"$work/stay" >"$work/box.$i" 2>&1 7>&- &
done
# shellcheck disable=SC2317 # until_true calls it
all_out() { [ "$(cat "$work"/box.* | grep -c out)" = 20 ]; }
until_true all_out
verdict "twenty boxes started at once all reach the internet" $?
[ "$(ip -o link show type bridge | wc -l)" = 1 ] &&
    [ "$(cat "$work"/box.* | grep '^10\.240\.0\.' | sort -u | wc -l)" = 20 ]
verdict "they have one bridge and twenty addresses" $?
end_held
wait
until_true no_links && no_tables
verdict "twenty boxes leave no link and no rule" $?

for i in $(seq 8); do
    (for j in $(seq 10); do
        "$first_box" ping -q -c 1 -W 5 203.0.113.1 >/dev/null 2>&1 || echo "$i.$j failed"
    done) &
done >"$work/loops"
wait
[ ! -s "$work/loops" ]
verdict "eight loops of ten boxes: each reaches the internet, the bridge comes and goes" $?
until_true no_links && no_tables
verdict "and nothing of them is left" $?

# In another PID namespace a launcher can have the same PID, and does not see
# the processes of others. The link of the one before may still be there.
for i in $(seq 12); do
    unshare --pid --fork --mount-proc "$box" ping -q -c 1 -W 5 203.0.113.1 >/dev/null || echo failed
done >"$work/pids"
(unshare --pid --fork --mount-proc "$box" sh -c 'echo one; sleep 0.3' &
    unshare --pid --fork --mount-proc "$box" sh -c 'echo two; sleep 0.3' &
    wait) >>"$work/pids" 2>&1
[ "$(sort "$work/pids" | tr '\n' ' ')" = "one two " ]
verdict "two launchers with the same PID do not disturb each other" $?

done_testing
