#!/bin/sh
# What runs in the machine that vm.sh boots, as its first process: a host with
# cgroup v2 alone. It checks the lab, or gives a shell, and turns it off.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-vt100}"
umask 022

prepare() {
    mount -t sysfs sysfs /sys
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p /dev/pts /dev/shm
    mount -t devpts -o ptmxmode=666,mode=620 devpts /dev/pts
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    ln -sf /proc/self/fd /dev/fd
    # /dev/tty is everybody's on a host with udev.
    chmod 666 /dev/tty /dev/ptmx
    # As systemd does.
    mount --make-rshared /
    hostname vm
    ip link set lo up
}

verdict() {
    if [ "$2" = 0 ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        failed=1
    fi
}

check() {
    failed=0
    old=
    case $(uname -r) in 6.1.*) old=yes ;; esac
    # Emulated: ten times slower than the machine that emulates.
    export CK_TIMEOUT_MULTIPLIER=20 SLOW=10
    for stage in 0?-*; do
        # On one kernel, for the time, the last one repeats the checks of all.
        own=--own
        [ "$stage" != 08-overlay ] || [ -z "$old" ] || own=
        # shellcheck disable=SC2086
        tests/verify.sh $own "$stage"
        verdict "$stage" $?
    done
    # What cannot be seen where cgroup v1 has the controllers; on the other kernel.
    if [ -z "$old" ]; then
        tests/mistakes.sh --built build/mistakes || failed=1
        tests/harder.sh --built build/harder 07-cgroup || failed=1
    fi
    for test in chapters library stages; do
        "tests/$test.t" || failed=1
    done
    # The user has a cgroup of his own, as of `systemd-run --user --scope -p Delegate=yes`.
    for test in stages-user long/storms; do
        LAB_OWNER=12345 "tests/$test.t" || failed=1
    done
    echo 0 >/proc/sys/kernel/unprivileged_userns_clone 2>/dev/null &&
        { setpriv --reuid 12345 --regid 12345 --clear-groups common/tools/doctor.sh |
            grep -q unprivileged_userns_clone; verdict "doctor names kernel.unprivileged_userns_clone" $?
        echo 1 >/proc/sys/kernel/unprivileged_userns_clone; }
    return $failed
}

cd /lab || exit 1
case ${1:-} in
check)
    check
    echo "lab: status $?"
    ;;
script)
    sh ./script
    echo "lab: status $?"
    ;;
shell)
    size=$(sed -n 's/.*lab.size=\([0-9]*\)x\([0-9]*\).*/rows \1 cols \2/p' /proc/cmdline)
    # shellcheck disable=SC2086
    stty sane $size
    echo "Linux $(uname -r), with cgroup v2 alone; you are root. exit turns it off."
    echo "02-user/box, make's shortcuts are not here: tests/verify.sh, common/tools/sandbox.sh"
    PS1='vm# ' sh -i
    ;;
*)
    # PID 1: it has to reap, and the terminal belongs to a child of its own.
    prepare
    mode=$(sed 's/.*lab.mode=\([a-z]*\).*/\1/' /proc/cmdline)
    if [ "$mode" = shell ]; then
        busybox setsid busybox cttyhack /guest shell
    else
        busybox setsid sh -c 'exec /guest "$0" </dev/null >/dev/console 2>&1' "$mode" &
        wait
    fi
    sync
    busybox poweroff -f
    ;;
esac
