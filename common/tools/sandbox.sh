#!/bin/sh
# A small host of one's own. It has network, mount, UTS, IPC and PID namespaces, its own
# /proc, /tmp, /run and /dev, and, where root starts it, its own cgroup. Another network
# namespace plays the internet. Nothing that is done here reaches the machine's
# processes, links, routes, firewall or hostname, no packet leaves it, and all of it ends
# with its first process. Unless root of the machine starts it, it is in a user namespace,
# where its starter is root.
#
#   sandbox.sh                       a terminal on this lab's host: the first one starts
#                                    the host, which ends with the last one
#   sandbox.sh COMMAND [ARG...]      runs COMMAND on a host of its own, with its status
#   sandbox.sh --limits FILE COMMAND [ARG...]
#                                    the same for a program that may go wrong in any way.
#                                    125 if it had to be ended: FILE says why, and what
#                                    was found, a line each
#
#   host      eth0 198.51.100.2/24, default route 198.51.100.1, forwarding on
#   internet  eth0 198.51.100.1/24, and 203.0.113.1; `ip netns exec internet …`
#
# In the environment: SLOW, LAB_RUN, LAB_OWNER; tests/tap.sh has the table.
set -u

# The bounds of --limits. They are the cgroup's; a user who may not make one
# gets setrlimit(2), by which the kernel counts the processes of a user namespace (of the user before Linux 5.14).
seconds=$((90 * ${SLOW:-1}))
processes=200
megabytes=1024

fail() {
    echo "sandbox: $*" >&2
    exit 125
}

# Without links, for they may not be in sight in there. A path may end in a newline, which
# $(…) takes away.
tools=$(cd "$(dirname "$0")" && pwd -P && echo .) && tools=${tools%??}
lab=${tools%/common/tools}
# An ordinary user's PATH may lack them; pivot_root and chroot are there.
PATH=$PATH:/usr/sbin:/sbin
if [ $# = 0 ] && [ -n "${LAB_SANDBOX:-}" ]; then
    fail "this terminal is on the host already; type it in another one"
fi
usage() { fail "'$1': expected a command, or --limits FILE and a command"; }
case ${1:-} in
# The script's own words, with LAB_PWD, which it sets: typed, they would change the machine.
--terminal | --inside | --host | --keep) if [ -z "${LAB_PWD:-}" ] || [ $# = 1 ]; then usage "$1"; fi ;;
--limits) if [ $# -lt 3 ]; then usage "$1"; fi ;;
-*) usage "$1" ;;
esac
export PATH LAB_SANDBOX=1

# ---- inside -----------------------------------------------------------------------

# empty DIRECTORY MODE: an empty file system takes its place, in which only this lab and the
# working directory are in sight, if they lie there.
empty() (
    exec 5<"$LAB_PWD" 6<"$lab"
    mount -t tmpfs -o "mode=$2" tmpfs "$1"
    case $LAB_PWD/ in "$1"/?*) mkdir -p "$LAB_PWD" && mount -c --rbind /proc/self/fd/5 "$LAB_PWD" ;; esac
    case $lab/ in "$1"/?*) mkdir -p "$lab" && mount -c --rbind /proc/self/fd/6 "$lab" ;; esac
)

# But for what /etc/resolv.conf may lead to.
own_run() {
    resolver=$(readlink -f /etc/resolv.conf) && servers=$(cat "$resolver" 2>/dev/null) || resolver=
    empty /run 755
    case $resolver in
    /run/*) mkdir -p "${resolver%/*}" && printf '%s\n' "$servers" >"$resolver" ;;
    esac
}

# The machine's device nodes could be changed from here: another mode for /dev/null, and
# nothing on the machine works. Root gets nodes of the sandbox's own; a user who is root
# only here may not change the machine's anyway.
own_devices() {
    empty /dev/shm 1777
    mkdir /run/dev && mount -t tmpfs -o mode=755 tmpfs /run/dev
    if mknod /run/dev/null c 1 3 2>/dev/null; then
        cp -ax /dev/. /run/dev
        for directory in pts shm; do
            mount --rbind "/dev/$directory" "/run/dev/$directory"
        done
        mount -n --move /run/dev /dev
    else
        umount /run/dev
    fi
    rmdir /run/dev
}

# Only this PID namespace's processes are to be in sight: another procfs, such as a
# chroot's, is taken away, or, where the kernel forbids that, covered.
own_proc() {
    mount -t proc proc /proc
    sed -n 's/ - proc .*//p' /proc/self/mountinfo | while read -r _ _ _ _ point _; do
        # The kernel writes a space as \040, as printf reads it.
        # shellcheck disable=SC2059
        point=$(printf "$(printf '%s' "$point" | sed 's/%/%%/g')/.")
        [ "$point" = /proc/. ] || umount -l "${point%/.}" || mount -t tmpfs tmpfs "${point%/.}" || true
    done 2>/dev/null
}

# The cgroup namespace's root is this host's: it is mounted where the machine's was.
own_cgroup() {
    for directory in $1; do
        mounted=${directory%/lab-*}
        mount --bind "$directory" "$mounted" || fail "cannot bind $directory"
        # v2: what hands controllers down may have no processes itself.
        if [ -e "$mounted/cgroup.subtree_control" ]; then
            mkdir "$mounted/callers"
            echo 0 >"$mounted/callers/cgroup.procs"
            for name in memory cpu pids cpuset; do
                echo +$name >"$mounted/cgroup.subtree_control" || true
            done 2>/dev/null
        fi
        # But not of the files that hold the limits.
        [ -z "${LAB_OWNER:-}" ] || find "$mounted" -maxdepth 2 \( -type d -o -name cgroup.procs \
            -o -name tasks -o -name cgroup.subtree_control \) -exec chown "$LAB_OWNER" {} +
    done
}

own_network() {
    mkdir -p /run/netns
    ip netns add internet
    ip link set lo up
    ip link add eth0 type veth peer name eth0 netns internet
    ip address add 198.51.100.2/24 dev eth0
    ip link set eth0 up
    ip -n internet link set lo up
    ip -n internet address add 203.0.113.1/32 dev lo
    ip -n internet address add 198.51.100.1/24 dev eth0
    ip -n internet link set eth0 up
    ip route add default via 198.51.100.1
    echo 1 >/proc/sys/net/ipv4/ip_forward
}

# A shell whose prompt tells the terminals apart. What make was called with is not for the
# make that is typed there, and of bash's history nothing is kept.
terminal() {
    cd "$LAB_PWD" || cd /
    unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES STAGE BOX DIR FROM KERNEL PID RESET LAB_PWD
    PS1="host${1#1}# " HISTFILE='' exec bash --norc --noprofile -i
}

case ${1:-} in
--terminal) terminal "$2" ;;
# GROUP COMMAND...: in the new namespaces. It enters the cgroup, a directory in each
# hierarchy, before that becomes the root of all cgroups.
--inside)
    # The number of this process on the machine, whose /proc is still in sight.
    read -r LAB_HOST _ </proc/self/stat
    export LAB_HOST
    for directory in $2; do
        echo 0 >"$directory/cgroup.procs" || fail "cannot enter the cgroup $directory"
    done
    shift
    exec unshare ${1:+--cgroup} -- "$0" --host "$@"
    ;;
--host)
    set -e
    hostname host
    if [ "$$" = 1 ]; then own_proc; fi
    own_cgroup "$2"
    own_run
    own_devices
    empty /tmp 1777
    # Boxes want a rootfs of their starter's, which is root here.
    "$tools/rootfs.sh" --own
    own_network
    cd "$LAB_PWD"
    shift 2
    exec "$lab/build/reaper" "$@"
    ;;
esac

# ---- outside: the namespaces and the cgroup --------------------------------------------

# shellcheck source=common/tools/needs.sh
. "$tools/needs.sh"
command -v ip >/dev/null || fail "ip is missing: make prepare"
[ -x "$lab/build/reaper" ] || fail "build/reaper is missing: make sandbox builds it"
LAB_PWD=$(pwd -P && echo .) && LAB_PWD=${LAB_PWD%??}
export LAB_PWD

# Without these probes a refusal could not be told from the command's own.
choose_namespaces() {
    user=
    [ -z "$(reason root)" ] || user="--user --map-root-user"
    namespaces="$user --net --mount --uts --ipc --propagation private"
    # shellcheck disable=SC2086
    if unshare $namespaces --pid --fork --mount-proc true 2>/dev/null; then
        namespaces="$namespaces --pid --fork --kill-child"
    elif said=$(unshare $namespaces true 2>&1); then
        echo "sandbox: this machine refuses it a /proc of its own (is a part of /proc covered, as in Docker?)," \
            "so it has no PID namespace: ps and pgrep also show the machine's processes, and what you leave running stays" >&2
    else
        fail "this machine refuses the namespaces: ${said#unshare: }; make doctor says why"
    fi
}

# remove_directories DIRECTORY...: empty cgroups, those below first.
remove_directories() { find "$@" -depth -type d -exec rmdir {} + 2>/dev/null; }

# A directory in each hierarchy that the boxes use; none for a user who may not make it. With
# --limits the bounds are in it and, for programs that lift them there, in the one above.
make_group() {
    group=
    [ "$(id -u)" = 0 ] || return 0
    for mounted in $( (mount_of v2; for name in memory cpu pids cpuset; do mount_of $name; done) | sort -u); do
        [ -w "$mounted" ] || continue
        # Those of a sandbox.sh that was killed are still there.
        for directory in "$mounted"/lab-[0-9]*-*; do
            maker=${directory##*/lab-}
            [ -d "/proc/${maker%%-*}" ] || remove_directories "$directory"
        done
        directory=$mounted/lab-$$-${LAB_RUN:+$LAB_RUN-}$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
        for level in "$directory" "$directory/host"; do
            for name in memory cpu pids cpuset; do
                echo +$name >"${level%/*}/cgroup.subtree_control"
            done
            mkdir "$level" || continue 2
            # v1: a cpuset is empty before, and refuses processes.
            for name in cpuset.cpus cpuset.mems; do
                [ ! -e "$mounted/cpuset.sched_load_balance" ] || cat "$mounted/$name" >"$level/$name"
            done
            [ -n "$limits" ] || continue
            echo $processes >"$level/pids.max"
            echo $((megabytes * 1048576)) >"$level/memory.max"
            echo $((megabytes * 1048576)) >"$level/memory.limit_in_bytes"
        done
        group="$group${group:+ }$directory/host"
    done 2>/dev/null
}

# The last process's end is a moment before the cgroup is empty.
# shellcheck disable=SC2317 # the traps call it
remove_group() {
    for directory in $group; do
        tries=0
        while [ -d "$directory" ] && [ "$tries" -lt 100 ]; do
            remove_directories "${directory%/host}" || sleep 0.05
            tries=$((tries + 1))
        done
    done
}

# run [--quiet] COMMAND...: becomes a new host, which ends with this script. A shell's
# background commands ignore SIGINT and SIGQUIT, and what Debian 11's `unshare --fork` starts
# ignores SIGINT and SIGTERM.
run() {
    # shellcheck disable=SC2086
    exec $limits setpriv --pdeathsig KILL unshare $namespaces -- $bounds \
        env --default-signal=INT,QUIT,TERM "$tools/sandbox.sh" --inside "$group" "$@"
}

# wait_for PROCESS: returns its status. What ends this script ends the process; Ctrl-C is its
# own affair.
wait_for() {
    trap : INT
    trap '{ kill -KILL "$1"; wait "$1"; } 2>/dev/null; exit 143' TERM HUP PIPE
    while :; do
        wait "$1"
        ended=$?
        kill -0 "$1" 2>/dev/null || return "$ended"
    done
}

# ---- a command ----------------------------------------------------------------------

# What the kernel has counted, v2's memory.events or v1's memory.oom_control.
counted() {
    for directory in $group; do
        find "${directory%/host}" -name "$1" -exec cat {} + 2>/dev/null
    done | awk -v name="$2" '$1 == name && $2 > 0 { print "yes"; exit }'
}

# Says why a program with limits was ended, if it was; else passes its status on.
explain() {
    if grep -q '^timeout: sending' "$errors"; then
        reason="it does not come to its end" found="it was ended after $seconds s"
    elif [ "$1" -le 1 ] && ! grep -q 'Cannot fork' "$errors"; then
        cat "$errors" >&2
        exit "$1"
    elif [ "$(counted pids.events max)" = yes ] || grep -q ' fork' "$errors"; then
        reason="it starts processes without end" found="it was ended at $processes"
    elif [ "$(counted memory.events oom_kill)$(counted memory.oom_control oom_kill)" != "" ]; then
        reason="it takes memory without end" found="it was ended at $megabytes MB"
    elif [ "$1" = 99 ]; then
        reason="it leaves processes behind"
        found=$(sed -n 's/^left behind: process //p' "$errors" | head -n 2 | tr '\n' ';')
    else
        reason="its checks cannot go on" found="they ended with $1"
    fi
    # Who was interrupted has removed the file's directory.
    { printf '%s\n%s\n' "$reason" "$found" >"$report"; } 2>/dev/null
    exit 125
}

# The caller may have closed its input.
[ -e /proc/self/fd/0 ] || exec </dev/null
limits='' bounds='' group='' errors=''
trap 'remove_group; rm -f "$errors"' EXIT
trap 'exit 130' INT TERM HUP PIPE
if [ "${1:-}" = --limits ]; then
    report=$2
    shift 2
    # A background command's input is /dev/null.
    exec 3<&0
    errors=$(mktemp) || exit 125
    # A flood of output ends with SIGXFSZ, and nothing dumps its core.
    limits="prlimit --fsize=67108864 --core=0 timeout -v --foreground -s KILL $seconds"
    choose_namespaces
    make_group
    if [ -z "$group" ]; then
        bounds="prlimit --nproc=$processes"
        # A program with the address sanitizer needs terabytes of addresses.
        [ -n "${ASAN_OPTIONS:-}" ] || bounds="$bounds --as=$((2 * megabytes * 1048576))"
    fi
    (run "$@" <&3 3<&-) 2>"$errors" &
    wait_for $!
    explain $?
elif [ $# -gt 0 ] && [ "$1" != --keep ]; then
    exec 3<&0
    choose_namespaces
    make_group
    (run --quiet "$@" <&3 3<&-) &
    wait_for $!
    exit
fi

# ---- a terminal ---------------------------------------------------------------------

# A running host has a directory that its owner alone can have made: `host`, what the
# host is known by; `alive`, a pipe that every terminal holds open and that the host
# reads, which ends when that does; and a file that each terminal locks, its number.

# A process: its number, when it was started, whose it is, and its namespaces.
identity() {
    {
        echo "$1"
        sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20
        stat -c %u "/proc/$1"
        readlink "/proc/$1/ns/user" "/proc/$1/ns/pid" "/proc/$1/ns/mnt" "/proc/$1/ns/net"
    } 2>/dev/null | paste -s -d ' '
}

# The record of this lab's host, if it runs. Those of hosts that have ended are removed; one
# that has no `host` yet is being made, or is nothing of ours.
find_record() {
    for record in $(find /tmp -maxdepth 1 -name 'lab-host.??????' -type d -user "$(id -u)" -perm 700 | tr '\n\t ' ' **'); do
        [ -f "$record/host" ] || continue
        { read -r place && read -r pid rest; } <"$record/host" || continue
        if [ "$pid $rest" != "$(identity "$pid")" ]; then
            rm -f "$record"/alive "$record"/ready "$record"/error "$record"/group "$record"/host "$record"/[0-9]*
            rmdir "$record"
        elif [ "$place" = "$(stat -c %d:%i "$lab")" ]; then
            return 0
        fi
    done 2>/dev/null
    return 1
}

# --keep RECORD: the host itself, which outlives its first terminal and holds no directory. Its
# descriptors are the pipes: none of them has to be opened, and so waited for.
if [ "${1:-}" = --keep ]; then
    cd /
    trap 'remove_group; rm -rf "$2"' EXIT
    choose_namespaces
    make_group
    for directory in $group; do echo "$directory"; done >"$2/group" || fail "cannot write in $2"
    (run --quiet sh -c 'echo "$LAB_HOST" >&3; exec cat >/dev/null 3>&-' <&4) &
    wait_for $!
    exit
fi

# One terminal at a time looks for the host.
exec 6<"$lab"
flock -w 10 6 || fail "process $(awk -v file=":$(stat -c %i "$lab")" '$6 ~ file "$" { print $5; exit }' /proc/locks)" \
    "keeps $lab locked; expected it to end"
if find_record; then
    exec 9<>"$record/alive"
else
    record=$(mktemp -d /tmp/lab-host.XXXXXX) || fail "cannot write in /tmp"
    if ! mkfifo "$record/alive" "$record/ready" || ! echo "$lab" >"$record/error"; then
        rm -rf "$record"
        fail "cannot write in /tmp"
    fi
    # Both ends of a pipe at once, so that nobody waits for the other.
    exec 9<>"$record/alive" 8<>"$record/ready"
    exec 3>"$record/ready" 4<"$record/alive"
    exec 5<"$record/ready"
    exec 8<"$record/error"
    setsid "$tools/sandbox.sh" --keep "$record" </dev/null >/dev/null 2>"$record/error" 5<&- 6<&- 8<&- 9<&- &
    exec 3>&- 4<&-
    read -r pid <&5 || fail "$(sed 's/^sandbox: //' <&8)"
    exec 5<&-
    cat <&8 >&2
    exec 8<&-
    { stat -c %d:%i "$lab" && identity "$pid"; } >"$record/host.new" || fail "cannot write in $record"
    mv "$record/host.new" "$record/host"
    echo "You are on a host of its own; 203.0.113.1 is its internet. exit leaves it."
fi
exec 6<&-
number=1
until exec 7>"$record/$number" && flock -n 7; do
    number=$((number + 1))
done
# It enters the cgroup, then the namespaces. With job control this script gets the terminal
# back: the shell in there knows our process group by no number.
[ ! -t 0 ] || set -m
enter="--net --mount --uts --ipc"
[ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || enter="$enter --pid"
[ "$(readlink "/proc/$pid/ns/user")" = "$(readlink /proc/self/ns/user)" ] || enter="$enter --user --preserve-credentials"
(
    while read -r directory; do
        enter="$enter --cgroup"
        if [ -d "$directory/callers" ]; then directory=$directory/callers; fi
        echo 0 >"$directory/cgroup.procs"
    done <"$record/group"
    # shellcheck disable=SC2086
    exec nsenter $enter -t "$pid" "$tools/sandbox.sh" --terminal "$number"
) 7>&- 9<&-
exit 0
