#!/bin/sh
# 03-pid: the command is PID 1.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

verify_03() {
    hold
    task 1 clone_flags
    check "the command has a PID namespace of its own" yes "$(pid_namespace)" \
        "CLONE_NEWPID is not passed to start_box" "pid_namespaces(7)" \
        "*children*" "unshare(2) in place of the clone: only its children move"
    check "the command has an IPC namespace of its own" yes "$(own_namespace ipc)" \
        "CLONE_NEWIPC is not passed to start_box" "ipc_namespaces(7)"
    check "the kernel counts it as PID 1 inside" 1 "$(field "$inside" NSpid | sed 's/.* //')" \
        "another process was there before it" "pid_namespaces(7)"
    check "lsns lists both with the command's PID" "ipc $inside pid $inside " \
        "$(list_namespaces -n -t pid -t ipc -o TYPE,PID -p "$inside" 2>/dev/null | sort | tr -s ' \n' ' ')" \
        "a flag is missing" "lsns(8)"
    let_go

    task 2 run_init 1
    check "without --init the command is PID 1: echo \$\$ \$PPID" "1 0" "$(run sh -c 'echo $$ $PPID')" \
        "it is not the process that the launcher has cloned" "getppid(2)" \
        "2 1" "a fork before the command, although --init was not given"
    hold --init
    check "--init: PID 1 is init, PID 2 the command" "init 1, command 2" "$(who)" \
        "a process too many: one fork in run_init" "fork(2)" \
        "no box" "PID 1 has ended, and the kernel ends the command with it" \
        "command 1" "no fork in run_init" \
        "command 1, init 2" "the parent is the command: it must be the fork's child"
    # In the sandbox of an ordinary user an init that is not dumpable does not
    # show its descriptors even to us.
    if [ "$inside" = none ] || ls "/proc/$inside/fd" >/dev/null 2>&1; then
        # It closes them while the command starts already.
        soon sh -c '[ "$(ls "/proc/$0/fd" 2>/dev/null | wc -l)" -le 3 ]' "$inside"
        check "init keeps no descriptor above 2" "0 1 2 as init" \
            "$(ls "/proc/$inside/fd" 2>/dev/null | tr '\n' ' ')$(pgrep -P "$inside" >/dev/null 2>&1 && echo as init)" \
            "close_from is missing" "close_range(2)"
    fi
    end_command
    check "--init: init ends with the command" "both ended" "$ended" \
        "init goes on although its waitpid says that the command ended" "waitpid(2)" \
        "*zombie" "nobody waits for the command"
    check "--init passes the exit status and 128+15 on" "42 143" \
        "$(status --init sh -c 'exit 42') $(status --init sh -c 'kill -TERM $$')" \
        "it is not the command's status" "waitpid(2), WTERMSIG" \
        "0 0" "init's own exit status is 0, not the command's" \
        "0 15" "_exit takes no wait status: see exit_status()" \
        "42 0" "WEXITSTATUS alone: a signal's number is elsewhere, WTERMSIG" \
        "42 15" "the 128 is missing" \
        "125 125" "close_from before the fork: the command loses its channel, too"
    hold --init
    terminate
    check "--init: SIGTERM to the launcher ends the command" 143 "$ended" \
        "init does not forward signals" "kill(2), sigwaitinfo(2)"
    hold --init
    orphans_of_init
    check "--init reaps orphans: no zombie is left" "no zombie" "$zombies" \
        "wait for the command only" "waitpid(2)" \
        "3 zombies" "waitpid for the command alone: -1 takes any child" \
        "? zombies" "one waitpid for each SIGCHLD: several ends may arrive as one" \
        "init has ended" "init ends with any child, not with the command alone"
    check "/proc/1/exe does not lead to the launcher's program" hidden "$init_program" \
        "PR_SET_DUMPABLE is missing, or set in the command's process" "prctl(2)"
    terminate
    check "--init: it does so after it has reaped orphans, too" 143 "$ended" \
        "waitpid without WNOHANG: init waits there, and forwards nothing" "waitpid(2)"
    # Both end with the input, should the kernel not end them.
    held_command='cat <&0 & exec cat'
    hold --init
    held_command='exec cat'
    check "--init: SIGKILL to the launcher ends all" yes "$(ends_with_launcher)" \
        "die_with_launcher comes after run_init: init lives on" "prctl(2)"
    let_go
    check_share pid
    check_share ipc
}

# soon COMMAND...: waits until COMMAND succeeds, but not for ever.
soon() {
    timeout $((2 * ${SLOW:-1})) sh -c 'until "$@"; do :; done' soon "$@" 2>/dev/null
}

# Whether a process has ended, be it that nobody has waited for it yet.
has_ended='! grep -q "^State:.[^ZX]" "/proc/$0/status" 2>/dev/null'

# How many children of a process are zombies.
count_zombies='cat $(pgrep -P "$0" | sed "s|.*|/proc/&/status|") /dev/null 2>/dev/null | grep -c "^State:.Z"'

# As own_namespace pid; or unshare(2) was called, which moves the next children.
pid_namespace() {
    own=$(own_namespace pid)
    if [ "$own" = no ] && [ "$(namespace "$inside" pid_for_children)" != "$(namespace "$inside" pid)" ]; then
        own="no, only its children"
    fi
    echo "$own"
}

# The processes of the held box and their PIDs inside. What is still the launcher's
# program is init.
who() {
    [ "$inside" != none ] || { echo "no box" && return; }
    for process in $inside $(pgrep -P "$inside"); do
        role="command"
        [ "$(cat "/proc/$process/comm" 2>/dev/null)" != box ] || role=init
        echo "$role $(field "$process" NSpid | sed 's/.* //'), "
    done | tr -d '\n' | sed 's/, $//'
}

# Ends the held box's command: `ended` says what became of it and of PID 1.
end_command() {
    ended="no box"
    command=$(pgrep -P "$inside" 2>/dev/null)
    exec 8>&-
    if [ -n "$command" ]; then
        ended="both ended"
        soon sh -c "$has_ended" "$inside" || ended="init goes on, the command is $(
            if [ -d "/proc/$command" ]; then echo a zombie; else echo gone; fi)"
        kill -KILL "$inside" 2>/dev/null
    fi
    let_go
}

# Sends SIGTERM to the held box's launcher; `ended` is its status.
terminate() {
    kill -TERM "$launcher" 2>/dev/null
    if soon sh -c "$has_ended" "$inside"; then
        wait_for_launcher
        ended=$held_status
    else
        kill -KILL "$inside" 2>/dev/null
        wait_for_launcher
        ended="it goes on"
    fi
}

# Makes orphans in the held box and looks at PID 1 and its children.
orphans_of_init() {
    zombies="no box" init_program="no box"
    command=$(pgrep -P "$inside" 2>/dev/null) || return 0
    # To an init that is stopped their three ends arrive as one SIGCHLD.
    kill -STOP "$inside"
    # This shell ends at once: what it leaves belongs to PID 1 from then on.
    nsenter -p -t "$command" sh -c 'true & true & true &' 2>/dev/null
    soon sh -c "[ \"\$($count_zombies)\" = 3 ]" "$inside"
    kill -CONT "$inside"
    soon sh -c "[ \"\$($count_zombies)\" = 0 ]" "$inside"
    zombies="$(sh -c "$count_zombies" "$inside") zombies"
    [ "$zombies" != "0 zombies" ] || zombies="no zombie"
    [ -d "/proc/$command" ] || zombies="init has ended"
    # By the user who started the box: in its user namespace he may trace it.
    # shellcheck disable=SC2086
    init_program=$(${many_users:+$as} nsenter --preserve-credentials -U -p -t "$command" \
        readlink "/proc/$inside/exe" 2>/dev/null) || init_program=hidden
}

verify_stage 03-pid
