#!/bin/sh
# 07-cgroup: only so much memory, CPU and processes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=common/tools/needs.sh
. "$lab/common/tools/needs.sh"

# Whether who starts the boxes may make cgroups here.
may_limit() {
    [ -n "$delegated" ] && return
    [ "$AS" = root ] && [ -w "$(mount_of pids)" ]
}

# The held box's cgroup for a controller: a directory.
cgroup_of() {
    if [ "$(version_of "$1")" = 1 ]; then
        path=$(sed -n "s/^[0-9]*:\([^:]*,\)*$1\(,[^:]*\)*://p" "/proc/$inside/cgroup" 2>/dev/null)
    else
        path=$(sed -n 's/^0:://p' "/proc/$inside/cgroup" 2>/dev/null)
    fi
    echo "$(mount_of "$1")$path"
}

# What is in a file of it: limit CONTROLLER V2-FILE V1-FILE. A box that is in no
# cgroup of its own has none.
limit() {
    directory=$(cgroup_of "$1")
    case $directory in
    */box/*) ;;
    *) echo "no cgroup of its own"; return ;;
    esac
    [ "$(version_of "$1")" = 2 ] || set -- "$1" "$3"
    cat "$directory/$2" 2>/dev/null
}

# One counter out of such a file: counter CONTROLLER V2-FILE V1-FILE NAME.
counter() {
    limit "$1" "$2" "$3" | awk -v name="$4" '$1 == name { print $2 }'
}

# Whether the kernel has killed in a cgroup for memory. With memory.oom.group the
# victim counts twice.
oom_kills() {
    cat "$1/memory.events" "$1/memory.oom_control" 2>/dev/null |
        awk '$1 == "oom_kill" && $2 > 0 { print "some" }'
}

verify_07() {
    hold
    task 1 clone_flags
    check "the command has a cgroup namespace of its own, and is at its root" "yes /" \
        "$(own_namespace cgroup) $(run cat /proc/self/cgroup | cut -d : -f 3 | sort -u)" \
        "the flag is not passed to start_box" "cgroup_namespaces(7)"
    let_go
    if may_limit; then
        hold --pids-limit 50
        check "cgroup.procs of a cgroup of its own holds its PID" "$inside" \
            "$(limit pids cgroup.procs cgroup.procs)" \
            "the process is moved too late, or not at all" "cgroups(7)"
        let_go
    fi

    if ! may_limit; then
        skip_task 2-5 "the limits" "this user has no cgroup of his own here"
        return
    fi
    for controller in memory cpu pids cpuset; do
        if [ -z "$(version_of $controller)" ]; then
            skip_task 2-5 "the limits" "this kernel has no controller $controller"
            return
        fi
    done

    # A whole number of pages.
    bytes=$(($(random) % 1000 * 65536 + 20971520))
    if [ "$(version_of memory)" = 2 ]; then
        task 2 enable_controllers 1
        hold --memory "$bytes" --cpus 0.5 --pids-limit 50 --cpuset-cpus 0
        check "the box's cgroup has the files of all four controllers" "memory.max cpu.max pids.max cpuset.cpus" \
            "$(cd "$(cgroup_of memory)" && ls -U -d memory.max cpu.max pids.max cpuset.cpus 2>/dev/null | tr '\n' ' ' | sed 's/ $//')" \
            "cgroup.subtree_control is not written on every level" "cgroups(7)"
        let_go
    else
        skip_task 2 enable_controllers "this host binds memory to cgroup v1"
    fi

    task 3 limit_memory 2
    hold --memory "$bytes"
    check "memory.max reads back" "$bytes" "$(limit memory memory.max memory.limit_in_bytes)" \
        "the value is not the option's" "cgroups(7)"
    if [ "$(version_of memory)" = 2 ]; then
        check "no swap, and the box is killed as a whole" "0 1" \
            "$(cat "$(cgroup_of memory)/memory.swap.max" 2>/dev/null || echo 0) $(limit memory memory.oom.group none)" \
            "a limit without swap" "cgroups(7), memory.swap.max"
    fi
    let_go
    check "100 MB are enough for 50 MB" "Finished allocation" \
        "$(run --memory 100m hog memory 50 | tail -n 1)" \
        "the unit is not looked at" "cgroups(7)"
    check "20 MB are not" "137 some" \
        "$(status --memory 20m hog memory 50) $(run --memory 20m hog memory 50 | grep -c Allocated | awk '$1 > 5 && $1 < 20 { print "some" }')" \
        "the limit is set after the process has its memory" "cgroups(7)"
    # The launcher would remove the cgroup and its counter: it has to wait.
    held_command='read -r go; exec hog memory 50'
    hold --memory 20m
    held_command='exec cat'
    directory=$(cgroup_of memory)
    kill -STOP "$launcher"
    # In a process of its own: if nobody reads, SIGPIPE ends it.
    (echo go >&8) 2>/dev/null
    check "the kernel has counted that it killed" some \
        "$(until_same some oom_kills "$directory")" \
        "somebody else has killed it" "cgroups(7), memory.events"
    kill -CONT "$launcher"
    let_go

    task 4 limit_cpu 2
    held_command='exec hog cpu 2'
    hold --cpus 0.2
    held_command='exec cat'
    check "cpu.max reads back" "20000" \
        "$(limit cpu cpu.max cpu.cfs_quota_us | cut -d ' ' -f 1)" \
        "the value is not the option's" "cgroups(7)"
    # 8 periods of 100 ms, as the kernel counts them.
    for _ in $(seq "$patience"); do
        periods=$(counter cpu cpu.stat cpu.stat nr_periods)
        [ "${periods:-0}" -lt 8 ] || break
        sleep 0.05
    done
    usage=$(awk '$1 == "usage_usec" { print $2 }' "$(cgroup_of none)/cpu.stat" 2>/dev/null)
    periods=$(counter cpu cpu.stat cpu.stat nr_periods)
    check "--cpus 0.2: about a fifth of a CPU, by the kernel's own count" "a fifth" \
        "$(awk -v used="$usage" -v all="${periods:-0}00000" 'BEGIN { if (all > 0 && used / all > 0.12 && used / all < 0.28) print "a fifth"; else print used, "of", all }')" \
        "quota and period are mixed up, or not in microseconds" "cgroups(7), cpu.max"
    check "the kernel has held it back" yes \
        "$([ "$(counter cpu cpu.stat cpu.stat nr_throttled)" -gt 0 ] 2>/dev/null && echo yes)" \
        "no quota" "cgroups(7), cpu.stat"
    # By hand, as root: 1 ms in a second.
    if [ "$AS" = root ]; then
        directory=$(cgroup_of cpu)
        before_hand=$(counter cpu cpu.stat cpu.stat nr_throttled)
        if [ "$(version_of cpu)" = 2 ]; then
            echo "1000 1000000" >"$directory/cpu.max"
        else
            { echo 1000000 >"$directory/cpu.cfs_period_us"; echo 1000 >"$directory/cpu.cfs_quota_us"; } 2>/dev/null
        fi
        for _ in $(seq "$patience"); do
            after_hand=$(counter cpu cpu.stat cpu.stat nr_throttled)
            [ "${after_hand:-0}" -le "${before_hand:-0}" ] || break
            sleep 0.05
        done
        check "1 ms in 1 s by hand slows it down as well" more \
            "$([ "${after_hand:-0}" -gt "${before_hand:-0}" ] && echo more)" \
            "the process is not in that cgroup" "cgroups(7), cpu.max"
        # With so little of a CPU it would take seconds to end.
        case $directory in
        */box/*)
            echo max >"$directory/cpu.max"
            echo -1 >"$directory/cpu.cfs_quota_us"
            ;;
        esac 2>/dev/null
    fi
    kill -KILL "$inside"
    let_go

    task 5 limit_pids 2
    count=$(($(random) % 30 + 10))
    hold --pids-limit "$count"
    check "pids.max reads back" "$count" "$(limit pids pids.max pids.max)" \
        "the value is not the option's" "cgroups(7)"
    let_go
    check "a fork past the limit fails with EAGAIN" \
        "$count processes, then fork: Resource temporarily unavailable" \
        "$(run --pids-limit "$count" hog fork 100)" \
        "the limit is set after the fork" "cgroups(7), pids.max"

    task given "CPUs, and the end of the cgroup" 2
    hold --cpuset-cpus 0
    check "--cpuset-cpus 0: that CPU alone" "0 0" \
        "$(limit cpuset cpuset.cpus cpuset.cpus) $(field "$inside" Cpus_allowed_list)" \
        "limit_cpuset was changed" "cpuset(7)"
    directory=$(cgroup_of cpuset)
    let_go
    check "the cgroup is gone with the box" "was gone" \
        "$(case $directory in */box/*) echo was ;; esac) $([ -e "$directory" ] || echo gone)" \
        "remove_cgroup is not called" "cgroups(7)"
}

verify_stage 07-cgroup
