#!/bin/sh
# Walks through the named stages without stopping: what each one adds, and
# what the documents' commands print on both sides, host and box.
#
#   tour.sh 01-uts 02-user ...        (in the sandbox: make tour)
set -eu

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
# Stage 02 is walked as somebody who is not root; see below.
prompt='host#'
if [ "${1:-}" = --as-user ]; then
    prompt='host$'
    shift
fi
bold='' plain=''
if [ -t 1 ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

# ---- two terminals -----------------------------------------------------------

# host COMMAND: shows it, runs it, shows what it prints.
host() {
    printf '%s%s %s%s\n' "$bold" "$prompt" "$1" "$plain"
    sh -c "$1" 2>&1 && return
    # Many a command fails on purpose; a box that does not start must not.
    [ $? != 125 ] || exit 1
}

# enter STAGE [OPTION...]: a shell in a box. It stays until leave.
enter() {
    stage=$1
    shift
    printf '%s%s %s/box%s%s\n' "$bold" "$prompt" "$stage" "${*:+ $*}" "$plain"
    rm -f "$work/in" "$work/out"
    mkfifo "$work/in" "$work/out"
    "$stage/box" "$@" sh <"$work/in" >"$work/out" 2>&1 &
    launcher=$!
    exec 8>"$work/in" 9<"$work/out"
    box : quietly
    # Beside it the launcher may have an nft that holds its rules.
    for inside in $(pgrep -P "$launcher"); do
        [ "$(cat "/proc/$inside/comm")" = nft ] || break
    done
}

# box COMMAND: types it into that shell, and shows what it prints.
box() {
    [ "${2:-}" = quietly ] || printf '%sbox# %s%s\n' "$bold" "$1" "$plain"
    printf '%s\necho "end of output"\n' "$1" >&8
    while IFS= read -r line <&9; do
        [ "$line" != "end of output" ] || return 0
        printf '%s\n' "$line"
    done
    echo "the box has ended" >&2
    exit 1
}

leave() {
    exec 8>&-
    wait "$launcher" || true
    exec 9<&-
    echo
}

# What the stage's own source says of it.
introduce() {
    printf '\n%s==== %s %s%s\n\n' "$bold" "$1" "$(printf '%065d' 0 | tr 0 = | cut -c "1-$((65 - ${#1}))")" "$plain"
    sed -n '2,/^ \* New here/p' "$1/box.c" | sed '$d; s/^ \* \{0,1\}//'
    sed -n '/^ \* Still shared/,/^ \*\//p' "$1/box.c" | sed '$d; s/^ \* \{0,1\}//'
    echo
}

# ---- the stages --------------------------------------------------------------

tour_01() {
    host 'echo $$'
    host "$1/box -v --share uts echo hello world"
    host "$1/box -v hostname"
    host 'hostname'
    enter "$1" --hostname leopard
    box 'hostname'
    box 'hostname dummy-container'
    box 'hostname'
    host 'hostname'
    host "lsns -t uts -p $inside"
    host "ls -li /proc/$inside/ns/uts /proc/\$\$/ns/uts"
    leave
}

tour_02() {
    host 'id'
    host "$1/box --map none id"
    host "$1/box -v true"
    enter "$1"
    box 'id'
    box 'whoami'
    box 'cat /proc/$$/uid_map'
    host "cat /proc/$inside/uid_map"
    host "cat /proc/$inside/setgroups"
    host "lsns -t user -p $inside"
    leave
}

tour_03() {
    enter "$1"
    box 'echo $$ $PPID'
    host "grep NSpid /proc/$inside/status"
    host "lsns -p $inside"
    # /proc is still the host's, so this names a process of the host.
    box 'readlink /proc/self; cat /proc/$$/comm'
    leave
    host "$1/box --init sh -c 'echo \$\$ \$PPID'"
    host "$1/box --init sh -c 'exit 42'; echo \$?"
}

tour_04() {
    host 'ls /'
    enter "$1"
    box 'ls /'
    box 'ls /root'
    box 'ls /dev'
    box 'ps'
    box 'echo leopard >/tmp/leopard.txt; cat /tmp/leopard.txt'
    host 'ls /tmp/leopard.txt build/rootfs/tmp'
    host "cut -d ' ' -f 5,6 /proc/$inside/mountinfo"
    host 'wc -l /proc/self/mountinfo'
    host "ls -id build/rootfs /proc/$inside/root/"
    leave
}

tour_05() {
    enter "$1"
    box 'ps'
    box 'ls /'
    box 'df'
    box 'sort /proc/mounts | cut -d " " -f 2,3'
    box 'grep Cap /proc/$$/status'
    box 'hostname leopard'
    box 'echo core >/proc/sys/kernel/core_pattern'
    box 'wc -c /proc/timer_list'
    host "ps -o pid,ppid,user,args -p $launcher,$inside"
    host "nsenter --preserve-credentials -U -m -u -i -p -t $inside /bin/sh -c 'echo inside; ps; hostname'"
    leave
    host "$1/box --share pid ps | wc -l"
}

tour_06() {
    host "$1/box --network none ip address"
    enter "$1" --publish 8080:80
    box 'ip address show eth0'
    box 'ip route'
    box 'ping -q -c 1 203.0.113.1'
    host 'ip -br link'
    host 'bridge link'
    host 'nft list table ip box0'
    box 'echo hello from the box >/tmp/index.html; httpd -h /tmp'
    host 'busybox wget -q -O - http://127.0.0.1:8080/'
    host "$1/box sh -c 'ip -o -4 address show eth0; wget -q -O - http://198.51.100.2:8080/'"
    leave
    host 'ip -br link show type bridge; nft list tables'
}

tour_07() {
    host 'grep cgroup /proc/mounts | cut -d " " -f 2,3'
    if ! "$1/box" --network none --pids-limit 9 true 2>"$work/refusal"; then
        cat "$work/refusal"
        return
    fi
    enter "$1" --network none --memory 20m --pids-limit 10
    box 'cat /proc/self/cgroup'
    host "grep box /proc/$inside/cgroup"
    leave
    host "$1/box --network none -v --memory 20m hog memory 50 2>&1 | grep -v inside | tail -n 3"
    host "$1/box --network none --memory 100m hog memory 50 | tail -n 1"
    host "$1/box --network none --pids-limit 10 hog fork 20"
    host "$1/box --network none -v --cpus 0.2 hog cpu 1 1 2>&1 | tail -n 1"
    host 'find /sys/fs/cgroup -name "box*"'
}

tour_08() {
    mkdir -p "$work/layer/opt" "$work/keep"
    echo 'a layer of its own' >"$work/layer/opt/file"
    cd "$work"
    box=$OLDPWD/$1/box
    host "$box --network none sh -c 'rm -r /bin /etc; echo /*'"
    host "$box --network none sh -c 'echo /*'"
    host "$box --network none --layer layer cat /opt/file"
    host "$box --network none --keep keep sh -c 'echo leopard >/etc/leopard; rm /etc/group'"
    host 'ls -l keep/upper/etc'
    host "$box --network none --keep keep cat /etc/leopard"
    cd "$OLDPWD"
    # All of it at once: a container.
    set -- "$1" --hostname leopard --init --read-only
    if "$1/box" --network none --pids-limit 9 true 2>/dev/null; then
        set -- "$@" --memory 100m --cpus 0.5 --pids-limit 50
    fi
    enter "$@"
    box 'hostname; id; ps; ip -4 -o address; ping -q -c 1 203.0.113.1 | grep received'
    host "lsns -p $inside"
    leave
}

for stage; do
    [ "$prompt" = 'host$' ] || introduce "$stage"
    if [ "$stage" = 02-user ] && [ "$prompt" = 'host#' ]; then
        unshare --user --map-user=1000 --map-group=1000 -- \
            common/tools/tour.sh --as-user "$stage"
    else
        "tour_${stage%%-*}" "$stage"
    fi
done
