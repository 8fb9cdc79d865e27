#!/bin/sh
# 07-cgroup: only so much memory, CPU and processes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=common/tools/needs.sh
. "$lab/common/tools/needs.sh"

# Whether who starts the boxes may make cgroups here.
may_limit() {
    [ -n "$delegated" ] && return
    [ "$starter" = root ] && [ -w "$(mount_of pids)" ]
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
# cgroup of its own has none; of one that did not start, what it said. One that has
# ended at once, as with too little memory, has taken its cgroup with it.
limit() {
    if [ "$inside" = none ]; then
        sed -n '1s/.*box: //p' "$work/error" | grep . || echo "it has ended"
        return
    fi
    directory=$(cgroup_of "$1")
    [ "$(version_of "$1")" = 2 ] || set -- "$1" "$3"
    case $directory in
    */box/*) value=$(cat "$directory/$2" 2>/dev/null) ;;
    *) value="no cgroup of its own" ;;
    esac
    # Only then: it may end meanwhile.
    case $(field "$inside" State) in
    Z* | "") echo "it has ended" ;;
    *) echo "$value" ;;
    esac
}

# Who is in the held box's cgroup v2, if it has one of its own.
v2_processes() {
    path=$(sed -n 's/^0:://p' "/proc/$inside/cgroup" 2>/dev/null)
    case $path in */box/*) cat "$(mount_of v2)$path/cgroup.procs" ;; esac
}

# Those of four files that are in it; or why there is no box.
v2_files() {
    if [ "$inside" = none ]; then
        limit memory none none
        return
    fi
    path=$(cgroup_of memory)
    case $path in
    */box/*) (cd "$path" && ls -U -d memory.max cpu.max pids.max cpuset.cpus 2>/dev/null) | tr '\n' ' ' | sed 's/ $//' ;;
    esac
}

# One counter out of such a file: counter CONTROLLER V2-FILE V1-FILE NAME.
counter() {
    limit "$1" "$2" "$3" | awk -v name="$4" '$1 == name { print $2 }'
}

# What the kernel has counted in the held box's cgroup: periods in which it had a quota,
# and microseconds of CPU.
periods() { counter cpu cpu.stat cpu.stat nr_periods | grep . || echo 0; }
used() {
    sed -n 's/^usage_usec //p' "$(cgroup_of none)/cpu.stat" 2>/dev/null | grep . || echo 0
}
was_held_back() {
    [ "$(counter cpu cpu.stat cpu.stat nr_throttled)" -gt 0 ] 2>/dev/null && echo yes
}

# check_limit CONTROLLER CLAIM EXPECTED FOUND [PATTERN MISTAKE]...: that a limit is
# the option's; what else is there tells why it is not.
check_limit() {
    function=limit_$1 claim=$2 expected=$3 found=$4
    absent="$function writes to no cgroup: inside, or before create_cgroup"
    [ "$(version_of "$1")" = 2 ] || [ "${found#write }" = "$found" ] ||
        absent="no look at v1 (wanted_in_v1), or it is before create_cgroup"
    shift 4
    check "$claim" "$expected" "$found" \
        "$function writes another value than the option's" "cgroups(7)" "$@" \
        "max" "no limit: $function is not called, or returns too early" \
        "-1" "no limit: $function is not called, or returns too early" \
        "9223372036854771712" "no limit: $function is not called, or returns too early" \
        "no cgroup*" "the box is in no cgroup of its own" \
        "*No such file*" "$absent"
}

# Whether the kernel has killed in a cgroup for memory. With memory.oom.group the
# victim counts twice.
oom_kills() {
    cat "$1/memory.events" "$1/memory.oom_control" 2>/dev/null |
        awk '$1 == "oom_kill" && $2 > 0 { print "some" }'
}

why_not_true() {
    because "*hand *down from*" 2 enable_controllers \
        "only what is wanted, and in v2, is handed down: wanted_in_v2()" "cgroups(7)"
    for name in memory cpu pids; do
        because "*$name.max*: No such file*" "$(echo "memory3 cpu4 pids5" | tr ' ' '\n' | sed -n "s/^$name//p")" "limit_$name" \
            "without the option nothing is to be written: the limit is 0" "cgroups(7)"
    done
}

verify_07() {
    hold
    task 1 clone_flags
    check "the command has a cgroup namespace of its own, and is at its root" "yes /" \
        "$(own_namespace cgroup) $(run cat /proc/self/cgroup | cut -d : -f 3 | sort -u)" \
        "the flag is not passed to start_box" "cgroup_namespaces(7)" \
        "yes */box/*" "it enters its cgroup after the clone: not the namespace's root"
    if may_limit && [ -n "$(mount_of v2)" ]; then
        check "the box is born into a cgroup v2 of its own" "$inside" "$(v2_processes)" \
            "launch.cgroup is not set when start_box is called" "clone(2), CLONE_INTO_CGROUP"
    fi
    let_go
    check_share cgroup
    if may_limit && [ "$(version_of cpuset)" = 1 ]; then
        hold --cpuset-cpus 0
        check "cgroup.procs of a cgroup v1 of its own holds its PID" "$inside" \
            "$(limit cpuset none cgroup.procs)" \
            "another process is in it" "cgroups(7)" \
            "no cgroup*" "nobody moves it into its v1 cgroup: join_v1"
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
        handed_down="cgroup.subtree_control is not written on every level"
        [ "$(status --cpuset-cpus 0 true)" != 0 ] ||
            handed_down="not every wanted controller is handed down, or limited too early"
        # So much that a wrong unit does not show here: it is of the next task.
        hold --memory 64g --cpus 0.5 --pids-limit 50 --cpuset-cpus 0
        check "the box's cgroup has the files of all four controllers" "memory.max cpu.max pids.max cpuset.cpus" \
            "$(v2_files)" \
            "cgroup.subtree_control is not written on every level" "cgroups(7)" \
            "write *" "$handed_down" \
            "hand *busy*" "processes are in that cgroup: move_callers() moves them" \
            "hand *No such file*" "the level above comes first: it hands down to this one"
        let_go
    else
        skip_task 2 enable_controllers "this host binds memory to cgroup v1"
    fi

    task 3 limit_memory 2
    hold --memory "$bytes"
    check_limit memory "memory.max reads back" "$bytes" \
        "$(limit memory memory.max memory.limit_in_bytes)" \
        "$((bytes * 1024))" "the limit is in bytes, not in kilobytes" \
        "*killed by signal 9*" "the limit is in bytes: a unit of another size" \
        "it has ended" "the limit is in bytes: a unit of another size"
    if [ "$(version_of memory)" = 2 ]; then
        check "no swap, and the box is killed as a whole" "0 1" \
            "$(cat "$(cgroup_of memory)/memory.swap.max" 2>/dev/null || echo 0) $(limit memory memory.oom.group none)" \
            "memory.oom.group is not 1: the kernel kills one process of it" "cgroups(7)" \
            "max*" "memory.swap.max is not 0: the box swaps in place of stopping"
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
    kill -STOP "$launcher" 2>/dev/null
    # In a process of its own: if nobody reads, SIGPIPE ends it.
    (echo go >&8) 2>/dev/null
    check "the kernel has counted that it killed" some \
        "$(until_same some oom_kills "$directory")" \
        "somebody else has killed it" "cgroups(7), memory.events"
    kill -CONT "$launcher" 2>/dev/null
    let_go

    task 4 limit_cpu 2
    # So little that others who keep the CPUs busy leave as much: the kernel holds it back.
    held_command='exec hog cpu 2'
    hold --cpus 0.05
    held_command='exec cat'
    quota=$(limit cpu cpu.max cpu.cfs_quota_us)
    check_limit cpu "cpu.max reads back" "5000" "${quota% 100000}" \
        "100000*" "quota and period are mixed up: the quota comes first"
    case $quota in 5000*) ;; *) patience=2 ;; esac
    # 8 periods of 100 ms, as the kernel counts them. In this order a pause of ours between
    # two of its counters makes the share smaller, never larger.
    periods_before=$(periods) used_before=$(used)
    for _ in $(seq "$patience"); do
        [ "$(periods)" -lt $((periods_before + 8)) ] || break
        sleep 0.05
    done
    used=$(used) periods=$(periods)
    check "--cpus 0.05: no more of a CPU, by the kernel's own count" "no more" \
        "$(awk -v used="$((used - used_before))" -v all="$((periods - periods_before))00000" 'BEGIN { if (all > 0 && used < 0.1 * all) print "no more"; else print used, "of", all }')" \
        "quota and period are mixed up, or not in microseconds" "cgroups(7), cpu.max"
    check "the kernel has held it back" yes "$(until_same yes was_held_back)" \
        "no quota" "cgroups(7), cpu.stat"
    # By hand, as root: 1 ms in a second.
    if [ "$starter" = root ]; then
        directory=$(cgroup_of cpu)
        before_hand=$(counter cpu cpu.stat cpu.stat nr_throttled)
        # Any other cgroup would be that of the tests.
        case $directory in */box/*) ;; *) directory=/none ;; esac
        if [ "$(version_of cpu)" = 2 ]; then
            echo "1000 1000000" >"$directory/cpu.max"
        else
            echo 1000000 >"$directory/cpu.cfs_period_us"
            echo 1000 >"$directory/cpu.cfs_quota_us"
        fi 2>/dev/null
        for _ in $(seq "$patience"); do
            after_hand=$(counter cpu cpu.stat cpu.stat nr_throttled)
            [ "${after_hand:-0}" -le "${before_hand:-0}" ] || break
            sleep 0.05
        done
        check "1 ms in 1 s by hand slows it down as well" more \
            "$([ "${after_hand:-0}" -gt "${before_hand:-0}" ] && echo more)" \
            "the process is not in that cgroup" "cgroups(7), cpu.max"
        # With so little of a CPU it would take seconds to end.
        {
            echo max >"$directory/cpu.max"
            echo -1 >"$directory/cpu.cfs_quota_us"
        } 2>/dev/null
    fi
    kill -KILL "$inside" 2>/dev/null
    let_go

    task 5 limit_pids 2
    count=$(($(random) % 30 + 10))
    hold --pids-limit "$count"
    check_limit pids "pids.max reads back" "$count" "$(limit pids pids.max pids.max)"
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
