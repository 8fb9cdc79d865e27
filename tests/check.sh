#!/bin/sh
# The whole test suite, `make check`: everything runs in the sandbox, and the
# machine is compared before and after. Ends with one line,
# N passed, N failed, N skipped. WITHOUT=exercises leaves out all that is done with
# students' programs, WITHOUT=mistakes the known mistakes, which take half of the time.
set -u

cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
export PATH

# All temporary files of this run, so that another run does not disturb it. Not
# in /tmp: a check has links that climb to them, in a box that has its own /tmp.
LAB_TMP=$(mktemp -d /var/tmp/lab-check.XXXXXX) || exit 1
chmod 755 "$LAB_TMP"
LAB_RUN=check$$
export LAB_TMP LAB_RUN

# What a box could leave on this machine. Only what is the lab's own, and what
# nobody else changes meanwhile, can be compared on a machine in use.
machine_state() {
    hostname
    grep -E " ($PWD|$LAB_TMP)" /proc/self/mountinfo
    ip -o link 2>/dev/null | awk -F ': ' '{ print $2 }' | grep -E '^(box|veth|eth0)'
    ip route
    nft -s list ruleset 2>/dev/null
    find /sys/fs/cgroup -maxdepth 3 -type d \( -name 'box*' -o -name "lab-$LAB_RUN-*" \) 2>/dev/null
    ls -d /var/tmp/box* /run/netns 2>/dev/null
    find "$LAB_TMP" -maxdepth 3
    stat -c '%n %a %u:%g %t:%T' /dev/null /dev/zero /dev/full /dev/random \
        /dev/urandom /dev/tty /dev/ptmx
    for name in kernel/core_pattern kernel/hostname kernel/domainname \
        net/ipv4/ip_forward net/ipv4/conf/all/forwarding \
        user/max_user_namespaces; do
        [ ! -e "/proc/sys/$name" ] || echo "$name $(cat "/proc/sys/$name")"
    done
    git status --porcelain 2>/dev/null
}

log=$(mktemp)
trap 'rm -f "$log"; rm -rf --one-file-system "$LAB_TMP"' EXIT
before=$(machine_state)

# The reaper sees every process that outlives the tests.
build/reaper common/tools/sandbox.sh tests/check-inside.sh 2>&1 | tee "$log"
if grep -q '^left behind:' "$log"; then
    echo "not ok - processes were left behind" | tee -a "$log"
else
    echo "ok - no process was left behind" | tee -a "$log"
fi
after=$(machine_state)
if [ "$before" = "$after" ]; then
    echo "ok - this machine is as before" | tee -a "$log"
else
    echo "not ok - this machine is as before" | tee -a "$log"
    echo "before:
$before
after:
$after"
fi
grep -q '^# check-inside is complete' "$log" ||
    echo "not ok - the tests came to their end" | tee -a "$log"

awk -f tests/count.awk "$log"
