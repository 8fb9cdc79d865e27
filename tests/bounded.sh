#!/bin/sh
# Runs a command that may go wrong in any way, so that it ends and nothing of it is
# left: in a PID namespace, which ends all its processes with it; with so much memory
# and so many processes and no more; for so long and no longer.
#
#   bounded.sh COMMAND [ARG...]      its own status; 125 if it was ended: what is wrong
#                                    and what was found, a line each, in the file that
#                                    LAB_REASON names. SLOW as in lib.sh
#
# Root has these limits from a cgroup, which the command sees as the root of all
# cgroups, so that its boxes' are in there too; LAB_OWNER names a user who may make
# cgroups there. An ordinary user has them from setrlimit(2).
set -u

seconds=$((90 * ${SLOW:-1}))
processes=200
megabytes=1024
lab=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=common/tools/needs.sh
. "$lab/common/tools/needs.sh"
# A flood of output ends with SIGXFSZ, and nothing dumps its core.
prlimit --fsize=67108864 --core=0 --pid $$

# ---- inside -----------------------------------------------------------------------

# --enter GROUP COMMAND...: in the new PID and mount namespaces, from where the rest is
# in the cgroup, a directory in each hierarchy.
if [ "${1:-}" = --enter ]; then
    for directory in $2; do
        echo 0 >"$directory/cgroup.procs"
    done
    shift
    [ -z "$1" ] || exec unshare --cgroup -- "$0" --inside "$@"
    shift
    # A program with the address sanitizer needs terabytes of addresses.
    [ -n "${ASAN_OPTIONS:-}" ] || prlimit --as=$((2 * megabytes * 1048576)) --pid $$
    exec "$lab/build/reaper" "$@"
fi

# --inside GROUP COMMAND...: in a cgroup namespace whose root it is.
if [ "${1:-}" = --inside ]; then
    for directory in $2; do
        mounted=$(dirname "$directory")
        mount --bind "$directory" "$mounted" || exit 125
        # v2: what hands controllers down may have no processes itself.
        if [ -e "$mounted/cgroup.subtree_control" ]; then
            mkdir "$mounted/callers"
            echo 0 >"$mounted/callers/cgroup.procs"
            for name in memory cpu pids cpuset; do
                echo +$name >"$mounted/cgroup.subtree_control"
            done 2>/dev/null
        fi
        # Not the files with the limits.
        [ -z "${LAB_OWNER:-}" ] || find "$mounted" -maxdepth 2 \( -type d -o -name cgroup.procs \
            -o -name tasks -o -name cgroup.subtree_control \) -exec chown "$LAB_OWNER" {} +
    done
    shift 2
    exec "$lab/build/reaper" "$@"
fi

# ---- the cgroup -------------------------------------------------------------------

# In each hierarchy that the boxes use. LAB_RUN is for check.sh to know its own ones.
group=
if [ "$(id -u)" = 0 ]; then
    for mounted in $( (mount_of v2; for name in memory cpu pids cpuset; do mount_of $name; done) | sort -u); do
        directory=$mounted/lab-${LAB_RUN:-$$}-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
        for name in memory cpu pids cpuset; do
            echo +$name >"$mounted/cgroup.subtree_control"
        done
        mkdir "$directory" || continue
        group="$group $directory"
        # v1: a cpuset is empty before, and refuses processes.
        for name in cpuset.cpus cpuset.mems; do
            [ ! -e "$mounted/cpuset.sched_load_balance" ] || cat "$mounted/$name" >"$directory/$name"
        done
        echo $processes >"$directory/pids.max"
        echo $((megabytes * 1048576)) >"$directory/memory.max"
        echo $((megabytes * 1048576)) >"$directory/memory.limit_in_bytes"
    done 2>/dev/null
fi

# What the kernel has counted, v2's memory.events or v1's memory.oom_control.
counted() {
    for directory in $group; do
        cat "$directory/$1" 2>/dev/null
    done | awk -v name="$2" '$1 == name && $2 > 0 { print "yes"; exit }'
}

# The last process's end is a moment before the cgroup is empty.
# shellcheck disable=SC2317 # the trap calls it
remove_group() {
    for directory in $group; do
        tries=0
        while [ -d "$directory" ] && [ "$tries" -lt 100 ]; do
            find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
            tries=$((tries + 1))
        done
    done
}

# ---- the run ----------------------------------------------------------------------

errors=$(mktemp) || exit 125
trap 'remove_group; rm -f "$errors"' EXIT
trap 'exit 130' INT TERM HUP PIPE

if [ "$(id -u)" = 0 ]; then user= ; else user="--user --map-root-user"; fi
namespaces="$user --mount --propagation private --pid --fork --kill-child --mount-proc"
# shellcheck disable=SC2086
unshare $namespaces true 2>/dev/null || namespaces="$user --mount --propagation private"
(
    # The kernel counts the user's processes everywhere.
    [ -n "$group" ] || prlimit --nproc=$((processes + $(ps -L -u "$(id -u)" | wc -l))) --pid "$(exec sh -c 'echo $PPID')"
    # shellcheck disable=SC2086
    exec timeout -v --foreground -s KILL $seconds \
        unshare $namespaces -- "$0" --enter "$group" "$@"
) 2>"$errors"
ended=$?

if grep -q '^timeout: sending' "$errors"; then
    reason="it does not come to its end" found="it was ended after $seconds s"
elif [ $ended -le 1 ] && ! grep -q 'Cannot fork' "$errors"; then
    cat "$errors" >&2
    exit $ended
elif [ "$(counted pids.events max)" = yes ] || grep -q ' fork' "$errors"; then
    reason="it starts processes without end" found="it was ended at $processes"
elif [ "$(counted memory.events oom_kill)$(counted memory.oom_control oom_kill)" != "" ]; then
    reason="it takes memory without end" found="it was ended at $megabytes MB"
elif [ $ended = 99 ]; then
    reason="it leaves processes behind"
    found=$(sed -n 's/^left behind: process //p' "$errors" | head -n 2 | tr '\n' ';')
else
    reason="its checks cannot go on" found="they ended with $ended"
fi
# Who was interrupted has removed the file's directory.
{ printf '%s\n%s\n' "$reason" "$found" >"${LAB_REASON:-/dev/stderr}"; } 2>/dev/null
exit 125
