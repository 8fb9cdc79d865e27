#!/bin/sh
# 03-pid, harder: SIGKILL some time after SIGTERM, and an init without a PID namespace.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

now() {
    date +%s%3N
}

# The CPU time of our children that have ended, in ms; to be called without a subshell.
cpu_time() {
    times >"$work/times"
    # shellcheck disable=SC2034
    cpu=$(sed -n 2p "$work/times" | tr 'ms' '  ' | awk '{ printf "%d", ($1 * 60 + $2 + $3 * 60 + $4) * 1000 }')
}

# SIGTERM to the held box, which is to end after so many seconds: sets held_status, and
# when, in words.
stop_after() {
    begin=$(now)
    kill -TERM "$launcher" 2>/dev/null
    set_seconds
    if timeout "$seconds" cat <&9 >/dev/null 2>&1; then
        took=$(($(now) - begin)) when="in time"
        [ "$took" -ge $(($1 * 1000 - 50)) ] && [ "$took" -lt $((($1 + 1) * 1000 * ${SLOW:-1})) ] ||
            when="after $took ms"
    else
        when="not at all"
        kill -KILL "$launcher" 2>/dev/null
    fi
    wait_for_launcher
}

# What a box runs first: a command after it ignores SIGTERM, too.
# shellcheck disable=SC2016
ignoring='trap "" TERM; exec "$@"'
# It makes orphans that end, for longer than the box may take.
# shellcheck disable=SC2016
with_orphans='trap "" TERM; for i in 1 2 3 4 5 6 7 8; do (sleep 0.$i &); sleep 0.4; done & exec "$@"'
# It takes its time to end, and has a status of its own then.
slowly='trap "sleep 0.3; exit 5" TERM; echo ready; sleep 60 & wait; exit 9'

verify_03() {
    killed_in_time
    subreaper
}

killed_in_time() {
    task A "--stop-timeout SECONDS"
    hold --init --stop-timeout 1 sh -c "$ignoring" sh
    stop_after 1
    check "what ignores SIGTERM is killed, status 137" "137 in time" "$held_status $when" \
        "the time begins with the box, or is no number of seconds" \
        "sigtimedwait(2), alarm(2), signal(7)" \
        "125*" "the option is not there, or what init calls fails" \
        "*not at all" "no SIGALRM reaches a PID 1 that does not block or handle it"
    hold --init --stop-timeout 2 sh -c "$ignoring" sh
    cpu_time
    cpu_before=$cpu
    stop_after 2
    cpu_time
    check "as many SECONDS after the SIGTERM" "137 in time" "$held_status $when" \
        "the time is not that of the option" "alarm(2)"
    check "while it waits, init uses no CPU" "below 1 s of 2" \
        "$([ $((cpu - cpu_before)) -lt 1000 ] && echo "below 1 s of 2" || echo "$((cpu - cpu_before)) ms")" \
        "it asks again and again in place of waiting" "sigtimedwait(2)"
    hold --init --stop-timeout 1 sh -c "$with_orphans" sh
    stop_after 1
    check "orphans that end do not put it off" "137 in time" "$held_status $when" \
        "after each SIGCHLD the time begins anew" "sigtimedwait(2)"
    hold --init --stop-timeout 3 sh -c "$slowly"
    stop_after 0
    check "what ends by itself keeps its status" "5 in time" \
        "$held_status $when" "init sleeps, or kills without waiting" "signal(7)"
    hold --init sh -c "$slowly"
    stop_after 0
    check "without the option nothing is killed" "5 in time" "$held_status $when" \
        "0, for no time limit, is taken for no time" "alarm(2)"
    found=$(status --init --stop-timeout 1 true)
    for wrong in "" 0 x -1 1.5; do
        found="$found $(status --init --stop-timeout "$wrong" true)"
    done
    check "other values, and the option without --init, are refused" \
        "0 125 125 125 125 125 125" "$found $(status --stop-timeout 1 true)" \
        "parse_number's range, or the check after the options" "argp(3)"
}

# The children of the held box's first process: how many, and how many are zombies.
children() {
    ps -o stat= --ppid "$inside" 2>/dev/null |
        awk '/Z/ { zombies++ } END { print NR " children, " zombies + 0 " zombies" }'
}

# How many processes of the last box are there: they sleep that long.
sleepers() {
    pgrep -c -f -x "sleep $marker" || true
}

subreaper() {
    task B "--subreaper"
    # Where there is another user he starts these: what kills too much kills but his.
    mine=$as
    [ -z "$many_users" ] || as=$(user_with "$user_id")
    marker=$((1000000 + $(random) % 1000000))
    quiet_streams="</dev/null >/dev/null 2>&1"
    # Two orphans, one with a child, in a session of their own; and three that end.
    left="setsid sh -c 'trap \"\" TERM; sleep $marker & exec sleep $marker' $quiet_streams &"
    orphans="trap : TERM; for i in 1 2 3; do (true &); done; ($left); exec \"\$@\""

    hold --share pid --subreaper sh -c "$orphans" sh
    check "its children: the command, an orphan; no zombies" "2 children, 0 zombies" \
        "$(until_same "2 children, 0 zombies" children)" \
        "PR_SET_CHILD_SUBREAPER is not set, or in the command" "prctl(2)" \
        "*[1-9] zombies" "waitpid for the command alone"
    $as sleep 1000 8>&- 9<&- &
    bystander=$!
    check "two are left to be killed" 2 "$(until_same 2 sleepers)" \
        "the option is not there" "prctl(2)"
    let_go
    check "what the command left is killed with it, no more" "0, 0 left, alive" \
        "$held_status, $(sleepers) left, $(kill -0 $bystander 2>/dev/null && echo alive || echo "another one killed")" \
        "killed in one round: their children become yours then" \
        "proc(5), /proc/PID/task/TID/children" \
        "0, 2 left*" "nothing is killed when the command ends" \
        "*another*" "kill(-1) reaches all processes of the user, not the box's" \
        "137*" "kill(0) or kill(-1) has reached the launcher, too"
    kill "$bystander" 2>/dev/null
    wait "$bystander" 2>/dev/null
    check "the command's status is box's, not an orphan's" 42 \
        "$(status --share pid --subreaper sh -c '(sleep '$marker' &); exit 42')" \
        "the last waitpid overwrites it" "waitpid(2)"
    hold --share pid --subreaper
    signal_launcher TERM
    check "SIGTERM to the launcher ends the command" 143 "$held_status" \
        "run_init goes another way for it: signals are not forwarded" "kill(2)"
    hold --share pid --subreaper
    check "SIGKILL to the launcher kills the command, too" yes "$(ends_with_launcher)" \
        "fork(2) clears PDEATHSIG: init dies, and the command lives on" "prctl(2)"
    let_go
    check "it takes --share pid: with a PID namespace --init does it" "0 125" \
        "$(status --share pid --subreaper true) $(status --subreaper true)" \
        "the two options are not looked at together" "argp(3)"
    as=$mine
    # What a wrong one has left.
    for process in $(pgrep -f -x "sleep $marker"); do
        kill -KILL "$process"
    done
}

verify_stage 03-pid
