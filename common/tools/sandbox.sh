#!/bin/sh
# A host to play with: a shell, or the given command, in network, mount and
# UTS namespaces of its own that stand for a host, beside another network
# namespace that stands for the internet. Nothing in it reaches the machine's
# links, routes, firewall or hostname, and no packet leaves it.
#
#   sandbox.sh [COMMAND [ARG...]]
#
# A second one without a command is a second terminal on the same host.
#
#   host      eth0 198.51.100.2/24, default route 198.51.100.1, forwarding on
#   internet  eth0 198.51.100.1/24, and 203.0.113.1; `ip netns exec internet …`
#
# As an ordinary user it lives in a user namespace, where you are root.
set -eu

fail() {
    echo "sandbox: $*" >&2
    exit 125
}

# terminal NUMBER: a shell whose prompt tells the terminals apart. This script
# stays its parent: by its name the next terminal finds the host.
terminal() {
    PS1="host${1#1}# " sh -i || true
    exit 0
}

export LAB_SANDBOX=1
if [ "${1:-}" = --terminal ]; then
    terminal "$2"
fi
if [ "${1:-}" != --inside ]; then
    tools=$(cd "$(dirname "$0")" && pwd)
    user=
    if [ "$(id -u)" != 0 ]; then
        user="--user --map-root-user"
    fi
    # An ordinary user's PATH may lack them; pivot_root and chroot are there.
    PATH=$PATH:/usr/sbin:/sbin
    export PATH
    command -v ip >/dev/null || fail "ip is missing: make deps"
    first=$(pgrep -o -u "$(id -u)" -f "^/bin/sh $tools/sandbox.sh --(inside|terminal [0-9]+)\$" || true)
    if [ $# = 0 ] && [ -n "$first" ]; then
        number=2
        while pgrep -u "$(id -u)" -f "^/bin/sh $tools/sandbox.sh --terminal $number\$" >/dev/null; do
            number=$((number + 1))
        done
        # shellcheck disable=SC2086
        exec nsenter --preserve-credentials ${user:+--user} --net --mount --uts -t "$first" \
            --wdns="$PWD" "$tools/sandbox.sh" --terminal "$number"
    fi
    # Without the probe its refusal could not be told from the command's.
    # shellcheck disable=SC2086
    unshare $user --net --mount --uts true ||
        fail "this machine refuses the namespaces: make doctor says why"
    # shellcheck disable=SC2086
    exec unshare $user --net --mount --uts --propagation private -- \
        "$tools/sandbox.sh" --inside "$@"
fi
shift

hostname host
# The machine's device nodes could be changed from here: another mode for
# /dev/null, and nothing on the machine works. Root gets nodes of the sandbox's
# own; who is root only here may not change the machine's anyway.
if devices=$(mktemp -d) && mount -t tmpfs -o mode=755 tmpfs "$devices" &&
    mknod "$devices/null" c 1 3 2>/dev/null; then
    cp -ax /dev/. "$devices"
    for directory in pts shm; do
        mount --rbind "/dev/$directory" "$devices/$directory"
    done
    mount -n --move "$devices" /dev
    rmdir "$devices"
else
    umount "$devices"
    rmdir "$devices"
fi
# `ip netns` keeps its names as mounts in /run/netns. They are to be ours.
if [ ! -d /run/netns ]; then
    # It cannot be made in the machine's /run: not by us, or not without trace.
    mkdir_in=$(mktemp -d)
    mount -t tmpfs tmpfs "$mkdir_in"
    for entry in /run/*; do
        name=${entry#/run/}
        if [ -L "$entry" ]; then
            cp -P "$entry" "$mkdir_in/$name"
        elif [ -d "$entry" ]; then
            mkdir "$mkdir_in/$name"
            mount --rbind "$entry" "$mkdir_in/$name" 2>/dev/null || true
        elif [ -e "$entry" ]; then
            : >"$mkdir_in/$name"
            mount --bind "$entry" "$mkdir_in/$name" 2>/dev/null || true
        fi
    done
    mkdir "$mkdir_in/netns"
    mount -n --move "$mkdir_in" /run
    rmdir "$mkdir_in"
else
    mount -t tmpfs tmpfs /run/netns
fi

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

if [ $# -gt 0 ]; then
    exec "$@"
fi
echo "You are on a host of its own; 203.0.113.1 is its internet. exit leaves it."
terminal 1
