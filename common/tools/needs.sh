#!/bin/sh
# Whether this machine has what a check or a block of a chapter needs: prints
# the reason if not, and nothing if it has. Other files source it for what it
# finds out about cgroups.
#
#   needs.sh root      root of the machine, not of a user namespace
#   needs.sh limits    cgroups that we may make, with memory, cpu and pids
#   needs.sh v2        such, and these controllers in cgroup v2
#   needs.sh v1        such, and these in cgroup v1
#   needs.sh publish   an nft that box --publish can work with
#   needs.sh ons       an lsns that knows who owns a namespace
# shellcheck shell=sh

# Where this host has a controller: 2 in cgroup v2, 1 in v1, or nothing.
version_of() {
    v2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    if grep -qw "$1" "$v2/cgroup.controllers" 2>/dev/null; then
        echo 2
    elif awk '$3 == "cgroup" { print $4 }' /proc/mounts | tr , '\n' | grep -qx "$1"; then
        echo 1
    fi
}

# Where a controller's hierarchy is mounted.
mount_of() {
    if [ "$(version_of "$1")" = 1 ]; then
        awk -v name="$1" '$3 == "cgroup" && ("," $4 ",") ~ ("," name ",") { print $2; exit }' /proc/mounts
    else
        awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts
    fi
}

reason() {
    case $1 in
    root)
        [ "$(id -u)" = 0 ] && grep -q 4294967295 /proc/self/uid_map ||
            echo "it needs root of the machine"
        ;;
    limits)
        for controller in memory cpu pids; do
            [ -w "$(mount_of "$controller")" ] && continue
            echo "it takes a cgroup of your own; on most machines sudo gives you one"
            break
        done
        ;;
    v1 | v2)
        reason limits | grep . && return
        [ "$(version_of memory)" = "${1#v}" ] ||
            echo "this machine has the memory controller in cgroup v$(version_of memory)"
        ;;
    publish)
        case $(PATH=$PATH:/usr/sbin:/sbin nft --version) in
        *" v0."*) echo "this nft has no tables with an owner; expected nftables 1.0 or newer" ;;
        esac
        ;;
    ons)
        lsns --help | grep -qw ONS ||
            echo "this lsns has no column ONS; expected that of util-linux 2.38 or newer"
        ;;
    *)
        echo "needs.sh '$1': expected root, limits, v1, v2, publish or ons" >&2
        exit 125
        ;;
    esac
}

[ "$(basename "$0")" != needs.sh ] || reason "$1"
