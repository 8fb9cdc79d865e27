#!/bin/sh
# `make check` and `make check-all`: check.sh TEST...
#
# Runs the tests under prove(1), as many at once as there are CPUs, the longest first.
# All of it happens in a sandbox, and each test has one of its own in there. Both the
# sandbox and the machine are compared before and after; on the machine only what is
# surely ours, for others use it meanwhile. The last line is
# N passed, N failed, N skipped; the status is 0 if something passed and nothing failed.
set -u

cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
export PATH

compare() {
    if [ "$1" = "$2" ]; then
        echo "ok - $3 is as before" >"$LAB_TMP/tap/$4"
    else
        echo "not ok - $3 is as before" | tee "$LAB_TMP/tap/$4"
        printf 'before:\n%s\nafter:\n%s\n' "$1" "$2"
    fi
}

# ---- in the sandbox ------------------------------------------------------------

if [ "${LAB_TESTS+given}" = given ]; then
    host_state() {
        hostname
        sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo
        ip -o link | awk -F ': ' '{ print $2 }'
        ip -o address | awk '{ print $2, $4 }'
        ip route
        nft -s list ruleset 2>/dev/null
        sysctl -a 2>/dev/null | grep -E '^(kernel.(core_pattern|domainname|hostname)|net.ipv4.(conf.all|ip_forward))'
        ls /run/netns
    }
    before=$(host_state)
    # shellcheck disable=SC2086
    PERL_TEST_HARNESS_DUMP_TAP=$LAB_TMP/tap prove -j "$(nproc)" --timer $LAB_TESTS
    compare "$before" "$(host_state)" "the sandbox" sandbox
    exit 0
fi

# ---- on the machine ------------------------------------------------------------

# All temporary files of this run, so that another run does not disturb it. Not in
# /tmp: a check has links that climb to them, in a box that has its own /tmp.
LAB_TMP=$(mktemp -d /var/tmp/lab-check.XXXXXX) || exit 1
chmod 755 "$LAB_TMP"
mkdir "$LAB_TMP/tap"
# Its cgroups are named after it, see bounded.sh.
LAB_RUN=check$$
trap 'rm -rf --one-file-system "$LAB_TMP"' EXIT
trap 'exit 130' INT TERM HUP PIPE

machine_state() {
    hostname
    grep -E " ($PWD|$LAB_TMP)" /proc/self/mountinfo
    find /sys/fs/cgroup -type d -name "lab-$LAB_RUN-*" 2>/dev/null
    stat -c '%n %a %u:%g %t:%T' /dev/null /dev/zero /dev/full /dev/random \
        /dev/urandom /dev/tty /dev/ptmx
    for name in kernel/core_pattern kernel/hostname kernel/domainname \
        net/ipv4/ip_forward net/ipv4/conf/all/forwarding user/max_user_namespaces; do
        [ ! -e "/proc/sys/$name" ] || echo "$name $(cat "/proc/sys/$name")"
    done
    git status --porcelain 2>/dev/null
}

LAB_TESTS=$(grep -H '^# seconds: ' "$@" | sort -t : -k 3 -n -r | cut -d : -f 1 | tr '\n' ' ')
minutes=$(($(cat "$@" | sed -n 's/^# seconds: //p' | paste -s -d +) / 60 / $(nproc) + 1))
echo "$# tests, $(nproc) at once: about $minutes minutes"
before=$(machine_state)
LAB_TMP=$LAB_TMP LAB_RUN=$LAB_RUN LAB_TESTS=$LAB_TESTS \
    build/reaper common/tools/sandbox.sh "$0" </dev/null 2>&1 | cat
