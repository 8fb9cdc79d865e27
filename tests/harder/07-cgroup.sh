#!/bin/sh
# 07-cgroup, harder: a box that starts frozen, and a share of the CPUs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=common/tools/needs.sh
. "$lab/common/tools/needs.sh"

# The cgroup of a process for a controller, or in v2: a directory.
cgroup_of() {
    path=none
    if [ "$(version_of "$2")" = 1 ]; then
        path=$(sed -n "s/^[0-9]*:\([^:]*,\)*$2\(,[^:]*\)*://p" "/proc/$1/cgroup" 2>/dev/null)
    else
        path=$(sed -n 's/^0:://p' "/proc/$1/cgroup" 2>/dev/null)
    fi
    case $path in */box/*) echo "$(mount_of "$2")$path" ;; *) echo "no cgroup of its own" ;; esac
}

# Whether who starts the boxes may make cgroups, for a controller or in v2.
may_make() {
    if [ "$starter" = user ]; then [ -n "$delegated" ]; else [ -w "$(mount_of "$1")" ]; fi
}

# As hold, but the box need not say anything.
start() {
    rm -f "$work/in" "$work/out"
    mkfifo "$work/in" "$work/out"
    # shellcheck disable=SC2086
    (exec $as "$BOX" "$@" sh -c 'echo ready; exec cat' \
        <"$work/in" >"$work/out" 2>"$work/error" 7</dev/null) &
    launcher=$!
    exec 8>"$work/in" 9<"$work/out"
    until_same settled settled >/dev/null
    inside=$(first_inside)
    group=$(cgroup_of "$inside" v2)
}

first_inside() { pgrep -o -P "$launcher" || echo none; }

# The box is frozen; or it has ended.
settled() {
    grep -qx 'frozen 1' "$(cgroup_of "$(first_inside)" v2)/cgroup.events" 2>/dev/null ||
        case $(field "$launcher" State) in Z* | "") ;; *) return ;; esac
    echo settled
}

# What the held box has used, in microseconds of CPU time.
used() {
    awk '$1 == "usage_usec" { print $2 }' "$1/cpu.stat" 2>/dev/null || echo 0
}

fourteen=00000000a80425fb

verify_07() {
    if ! may_make v2; then
        skip_task A "--frozen" "this user has no cgroup of his own here"
    elif ! mkdir "$(mount_of v2)/probe" || ! [ -e "$(mount_of v2)/probe/cgroup.freeze" ]; then
        skip_task A "--frozen" "this kernel has no cgroup.freeze: it takes Linux 5.2"
    else
        task A "--frozen"
        start --frozen
        check "the box is frozen, and the command has not begun" "frozen 1 box" \
            "$(grep frozen "$group/cgroup.events" 2>/dev/null) $(cat "/proc/$inside/comm" 2>/dev/null)" \
            "there is no box: the option is missing, or ends it" "cgroups(7), cgroup.freeze" \
            "frozen 0 *" "nobody writes 1 to the cgroup.freeze of the box's cgroup" \
            "*sh" "it is frozen too late: the command runs already" \
            "*cat" "it is frozen too late: the command has run already"
        check "all else is done: no capability but the fourteen, /dev is there" "$fourteen 1 there" \
            "$(field "$inside" CapBnd) $(field "$inside" NoNewPrivs) $([ -h "/proc/$inside/root/dev/ptmx" ] && echo there)" \
            "frozen before the box was ready: who knows when it is?" "cgroups(7), cgroup.freeze"
        echo 0 2>/dev/null >"$group/cgroup.freeze"
        ready=$(until_end head -n 1)
        let_go
        check "0 in cgroup.freeze lets it go; the cgroup ends with it" "ready 0 gone" \
            "$ready $held_status $([ -e "$group" ] || echo gone)" \
            "launcher and child wait for each other" "cgroups(7), cgroup.freeze"
        start --frozen
        signal_launcher HUP
        hung_up=$held_status group_then=$group
        start --frozen
        kill -KILL "$inside" 2>/dev/null
        wait_for_launcher
        check "SIGKILL reaches it all the same: its status, and no cgroup left" "137 137 gone gone" \
            "$hung_up $held_status $([ -e "$group_then" ] || echo gone) $([ -e "$group" ] || echo gone)" \
            "frozen before prepare_exec: the status is not the command's yet" "signal(7), cgroups(7)"
        start --frozen
        check "and so it ends with the launcher" yes "$(ends_with_launcher)" \
            "frozen before die_with_launcher" "prctl(2)"
        let_go
        start --frozen --init
        check "--init: init is frozen, too" "frozen 1 box box" \
            "$(grep frozen "$group/cgroup.events" 2>/dev/null) $(sed 's|.*|/proc/&/comm|' "$group/cgroup.procs" 2>/dev/null | xargs -r cat | tr '\n' ' ' | sed 's/ $//')" \
            "only one process is stopped, not the cgroup" "cgroups(7), cgroup.freeze"
        echo 0 2>/dev/null >"$group/cgroup.freeze"
        let_go
    fi
    rmdir "$(mount_of v2)/probe" 2>/dev/null

    for controller in cpu cpuset; do
        if [ -z "$(version_of $controller)" ] || ! may_make $controller; then
            skip_task B "--cpu-shares N" "who runs this may make no cgroup for $controller here"
            return
        fi
    done
    task B "--cpu-shares N"
    count=$(($(random) % 200000 + 1025))
    # The value for each version: of_shares N.
    of_shares() {
        if [ "$(version_of cpu)" = 1 ]; then echo "$1"; else echo $((1 + ($1 - 2) * 9999 / 262142)); fi
    }
    file=$([ "$(version_of cpu)" = 1 ] && echo cpu.shares || echo cpu.weight)
    hold --cpu-shares "$count"
    group=$(cgroup_of "$inside" cpu)
    check "$file reads back" "$(of_shares "$count")" "$(cat "$group/$file" 2>/dev/null)" \
        "the value is not the option's" "cgroups(7), the kernel's cgroup-v2" \
        "" "there is no such file: create_cgroup and enable_controllers see no limit that needs cpu" \
        "$count" "v2 has its own scale: 1 + (N - 2) * 9999 / 262142" \
        "1024" "cpu.shares is not written" \
        "100" "cpu.weight is not written"
    check "it is no limit: the quota is as always" "max" \
        "$(cat "$group/cpu.max" "$group/cpu.cfs_quota_us" 2>/dev/null | sed 's/^-1$/max/; s/ .*//')" \
        "limit_cpu writes what is only there for create_cgroup" "cgroups(7), cpu.max"
    let_go
    check "the cgroup is gone with the box" "was gone" \
        "$(case $group in */box/*) echo was ;; esac) $([ -e "$group" ] || echo gone)" \
        "remove_cgroup is not called" "cgroups(7)"

    # A user's second box would not get into his cgroup, which holds no processes while
    # it hands down controllers.
    if [ "$starter" = root ]; then
        held_command="exec hog cpu 1"
        hold --cpu-shares 4096 --cpuset-cpus 0
        first=$inside first_launcher=$launcher first_group=$(cgroup_of "$inside" v2)
        exec 4>&8 5<&9
        hold --cpu-shares 1024 --cpuset-cpus 0
        second_group=$(cgroup_of "$inside" v2)
        held_command='exec cat'
        # Half a second of that CPU, as the kernel counts it, between the two.
        first_before=$(used "$first_group") second_before=$(used "$second_group")
        first_used=0 second_used=0
        for _ in $(seq "$patience"); do
            first_used=$(($(used "$first_group") - first_before))
            second_used=$(($(used "$second_group") - second_before))
            [ "$((first_used + second_used))" -lt 500000 ] || break
            [ "$inside" != none ] || break
            sleep 0.05
        done
        check "on one CPU 4096 get about four times what 1024 get" "four times" \
            "$(awk -v a="$first_used" -v b="$second_used" 'BEGIN { if (b > 0 && a / b > 2 && a / b < 8) print "four times"; else print a, "to", b, "us" }')" \
            "the weight is in another cgroup than the command" "cgroups(7), sched(7)"
        kill -KILL "$inside" "$first" 2>/dev/null
        let_go
        timeout 5 cat <&5 >/dev/null || kill -KILL "$first_launcher"
        wait "$first_launcher" 2>/dev/null
        exec 4>&- 5<&-
    fi

    check "from 2 to 262144, nothing else" "0 0 125 125 125 125" \
        "$(for given in 2 262144 1 262145 '' 1k; do status --cpu-shares "$given" true; done | tr '\n' ' ' | sed 's/ $//')" \
        "the value is not looked at before the cgroup is made" "parse_number in common/options.h"
    hold --cpu-shares "$count" --cpus 0.5
    group=$(cgroup_of "$inside" cpu)
    check "together with --cpus both hold" "$(of_shares "$count") 50000" \
        "$(cat "$group/$file" 2>/dev/null) $(cat "$group/cpu.max" "$group/cpu.cfs_quota_us" 2>/dev/null | sed 's/ .*//')" \
        "--cpus is lost where --cpu-shares is given" "cgroups(7)"
    let_go
}

verify_stage 07-cgroup
