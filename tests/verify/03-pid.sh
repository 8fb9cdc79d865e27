#!/bin/sh
# 03-pid: the command is PID 1.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

verify_03() {
    hold
    task 1 clone_flags
    check "the command has a PID namespace of its own" yes "$(own_namespace pid)" \
        "CLONE_NEWPID is not passed to start_box" "pid_namespaces(7)"
    check "the command has an IPC namespace of its own" yes "$(own_namespace ipc)" \
        "CLONE_NEWIPC is not passed to start_box" "ipc_namespaces(7)"
    check "the kernel counts it as PID 1 inside" 1 "$(field "$inside" NSpid | sed 's/.* //')" \
        "unshare(2) instead of clone: only children move" "pid_namespaces(7)"
    check "lsns lists both with the command's PID" "ipc $inside pid $inside " \
        "$(list_namespaces -n -t pid -t ipc -o TYPE,PID -p "$inside" 2>/dev/null | sort | tr -s ' \n' ' ')" \
        "a flag is missing" "lsns(8)"
    let_go
    check "echo \$\$ prints 1, and \$PPID is 0" "1 0" "$(run sh -c 'echo $$ $PPID')" \
        "a process too many between the clone and the command" "getppid(2)"

    task 2 run_init 1
    check "--init: the command is PID 2, its parent 1" "2 1" "$(run --init sh -c 'echo $$ $PPID')" \
        "no fork in run_init" "pid_namespaces(7)"
    check "--init passes the exit status on" 42 "$(status --init sh -c 'exit 42')" \
        "the status of the last child instead of the command's" "waitpid(2)"
    check "--init passes 128+15 on" 143 "$(status --init sh -c 'kill -TERM $$')" \
        "WTERMSIG forgotten" "waitpid(2)"
    hold --init
    # In the sandbox of an ordinary user an init that is not dumpable does not
    # show its descriptors even to us.
    if [ "$inside" = none ] || ls "/proc/$inside/fd" >/dev/null 2>&1; then
        # It closes them while the command starts already.
        timeout 1 sh -c 'while [ "$(ls "/proc/$0/fd" 2>/dev/null | wc -l)" -gt 3 ]; do :; done' "$inside"
        check "init keeps no descriptor above 2" "0 1 2 as init" \
            "$(ls "/proc/$inside/fd" 2>/dev/null | tr '\n' ' ')$(pgrep -P "$inside" >/dev/null 2>&1 && echo as init)" \
            "close_from is missing" "close_range(2)"
    fi
    orphan_of_init
    check "--init reaps orphans: no zombie is left" "no zombie" "$zombies" \
        "wait for the command only" "waitpid(2)"
    check "/proc/1/exe does not lead to the launcher's program" hidden "$init_program" \
        "PR_SET_DUMPABLE is missing" "prctl(2)"
    signal_launcher TERM
    check "--init: SIGTERM to the launcher ends the command" 143 "$held_status" \
        "init does not forward signals" "kill(2), sigwaitinfo(2)"
    hold --init
    check "--init: SIGKILL to the launcher ends all" yes "$(ends_with_launcher)" \
        "die_with_launcher comes after run_init: init lives on" "prctl(2)"
    let_go
    for name in pid ipc; do
        hold --share "$name"
        check "--share $name: the namespace is the host's" no "$(own_namespace "$name")" \
            "clone_flags does not leave out what is shared" "clone(2)"
        let_go
    done
}

# Makes orphans in the held box and looks at PID 1 and its children.
orphan_of_init() {
    zombies="no box" init_program="no box"
    command=$(pgrep -P "$inside" 2>/dev/null) || return 0
    enter="nsenter --preserve-credentials -U -p -t $command"
    # This shell ends at once: what it leaves belongs to PID 1 from then on.
    $enter sh -c 'true & true & true &' 2>/dev/null
    zombies="still there"
    timeout 1 sh -c 'while [ "$(pgrep -P "$0")" != "$1" ]; do :; done' \
        "$inside" "$command" && zombies="no zombie"
    init_program=$($enter readlink "/proc/$inside/exe" 2>/dev/null) || init_program=hidden
}

verify_stage 03-pid
