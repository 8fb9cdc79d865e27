#!/bin/sh
# `make check` and `make check-all`: check.sh [TEST...]
#
# Runs the tests under prove(1), as many at once as there are CPUs, the longest first.
# All of it happens in a sandbox, and each test has one of its own in there. The sandbox
# is compared before and after; so is the machine, but there only what is surely ours,
# for others use it meanwhile. The last line is N passed, N failed, N skipped; the status
# is 0 if nothing failed and something passed.
set -u

cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
export PATH

settings() {
    hostname
    for name in kernel/core_pattern kernel/domainname net/ipv4/ip_forward \
        net/ipv4/conf/all/forwarding user/max_user_namespaces; do
        [ ! -e "/proc/sys/$name" ] || echo "$name $(cat "/proc/sys/$name")"
    done
    stat -c '%n %a %u:%g %t:%T' /dev/null /dev/zero /dev/full /dev/random \
        /dev/urandom /dev/tty /dev/ptmx
}

# compare NAME BEFORE AFTER: a verdict of its own.
compare() {
    if [ "$2" = "$3" ]; then
        echo "ok - the $1 is as before"
    else
        printf 'before:\n%s\nafter:\n%s\n' "$2" "$3" >&2
        echo "not ok - the $1 is as before"
    fi >"$LAB_TMP/tap/$1"
}

# ---- in the sandbox ------------------------------------------------------------

if [ "${1:-}" = --inside ]; then
    shift
    host_state() {
        settings
        sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo
        ip -o link | cut -d : -f 2
        ip -o address | cut -d ' ' -f 2-7
        ip route
        nft -s list ruleset
        ls /run/netns
    }
    before=$(host_state)
    # Not to a terminal: prove would draw over what the tests say. They say which of all they are.
    LAB_TESTS="$*" PERL_TEST_HARNESS_DUMP_TAP=$LAB_TMP/tap prove -j "$(nproc)" "$@" | cat
    compare sandbox "$before" "$(host_state)"
    exit
fi

# ---- on the machine ------------------------------------------------------------

# All temporary files of this run, so that another run does not disturb it.
LAB_TMP=$(mktemp -d /var/tmp/lab-check.XXXXXX) || exit 1
chmod 755 "$LAB_TMP"
mkdir "$LAB_TMP/tap"
trap 'rm -rf --one-file-system "$LAB_TMP"' EXIT
trap 'exit 130' INT TERM HUP PIPE
# The sandbox names cgroups after it.
LAB_RUN=check$$

machine_state() {
    settings
    grep -E " ($PWD|$LAB_TMP)" /proc/self/mountinfo
    find /sys/fs/cgroup -type d -name "lab-*-$LAB_RUN-*" 2>/dev/null
    ls "$LAB_TMP"
    git status --porcelain 2>/dev/null
}

[ $# -gt 0 ] || set -- tests/*.t
longest_first=$(grep -H '^# seconds: ' "$@" | sort -t : -k 3 -n -r | cut -d : -f 1)
seconds=$(sed -n 's/^# seconds: //p' "$@" | awk -v cpus="$(nproc)" '{ all += $1 } END { print int(all / cpus) }')
echo "$# tests, $(nproc) at a time: about $(((seconds + 59) / 60)) min on a quiet machine"
export LAB_TMP LAB_RUN

before=$(machine_state)
# The reaper tells which processes outlive the tests.
# shellcheck disable=SC2086
common/tools/sandbox.sh build/reaper "$0" --inside $longest_first </dev/null
left=$?
compare machine "$before" "$(machine_state)"
cd "$LAB_TMP/tap" || exit 1
[ $left = 0 ] || echo "not ok - the tests leave no process: status $left" >>machine
for name; do
    grep -qs "^1\.\.[1-9]" "$name" || echo "not ok - $name comes to its end" >>machine
done
# How often which reason, and: tests/boxes.t:not ok - ...
sed -n 's/^ok - .*: \(.*\) # skip$/skipped: \1/p' "$@" | sort | uniq -c | sed 's/^ *//'
grep -r '^not ok' . | sed 's/^\.\/\(.*\):not ok - /failed: \1: /'
failed=$(cat machine sandbox "$@" 2>/dev/null | grep -c '^not ok')
skipped=$(cat machine sandbox "$@" 2>/dev/null | grep -c '^ok.* # skip$')
passed=$(($(cat machine sandbox "$@" 2>/dev/null | grep -c '^ok') - skipped))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
