#!/bin/sh
# What runs in the machine that vm.sh boots, as its first process: a host with
# cgroup v2 alone. It checks the lab, or gives a shell, and turns it off.
export PATH=/usr/bin:/bin HOME=/root TERM="${TERM:-vt100}"
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
    busybox ip link set lo up
}

verdict() {
    if [ "$2" = 0 ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        failed=1
    fi
}

# suite PROGRAM [WORDS...]: the Check suite, after words that make it a user's.
suite() {
    program=$1
    shift
    "$@" "build/$program" >/tmp/suite 2>&1
    grep -E '^[0-9]+%: Checks|:[FE]:' /tmp/suite
    grep -q '^[0-9]*%: Checks: .*Failures: 0, Errors: 0' /tmp/suite
    verdict "$program${1:+ as a user}" $?
}

check() {
    failed=0
    # Emulated: ten times slower than the machine that emulates.
    export CK_TIMEOUT_MULTIPLIER=20 LAB_ROUNDS=20 LAB_TMP=/var/tmp SLOW=10
    for stage in 0?-*; do
        # The last one repeats the checks of all.
        export OWN=1
        [ "$stage" != 08-overlay ] || OWN=
        tests/verify.sh "$stage"
        verdict "$stage" $?
    done
    # What cannot be seen where cgroup v1 has the controllers; on one kernel, for the time.
    case $(uname -r) in
    6.1.*) ;;
    *)
        # shellcheck disable=SC2046
        BUILT=build/mistakes tests/mistakes.sh $(grep -l '^needs: *v2' tests/mistakes/*/*.patch) || failed=1
        BUILT=build/harder tests/harder.sh 07-cgroup || failed=1
        ;;
    esac
    common/tools/sandbox.sh common/tools/play.exp check 0?-*/README.md
    verdict "the chapters come to their end" $?
    suite check_common
    suite check_parse
    common/tools/sandbox.sh "$0" suite check_stages
    verdict "check_stages as root" $?
    # A cgroup of his own, as `systemd-run --user --scope -p Delegate=yes` makes.
    mkdir /sys/fs/cgroup/user
    echo "+memory +cpu +pids +cpuset" >/sys/fs/cgroup/cgroup.subtree_control
    chown user:user /sys/fs/cgroup/user /sys/fs/cgroup/user/cgroup.procs \
        /sys/fs/cgroup/user/cgroup.subtree_control
    common/tools/sandbox.sh "$0" suite check_stages --user
    verdict "check_stages as a user in a delegated cgroup" $?

    echo 0 >/proc/sys/kernel/unprivileged_userns_clone 2>/dev/null &&
        { setpriv --reuid 12345 --regid 12345 --clear-groups build/doctor |
            grep -q unprivileged_userns_clone; verdict "doctor names kernel.unprivileged_userns_clone" $?
        echo 1 >/proc/sys/kernel/unprivileged_userns_clone; }
    return $failed
}

cd /lab || exit 1
case ${1:-} in
suite)
    failed=0
    if [ "${3:-}" = --user ]; then
        echo $$ >/sys/fs/cgroup/user/cgroup.procs
        suite "$2" setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps=-all
    else
        suite "$2"
    fi
    exit "$failed"
    ;;
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
        busybox setsid busybox cttyhack /inside shell
    else
        busybox setsid sh -c 'exec /inside "$0" </dev/null >/dev/console 2>&1' "$mode" &
        wait
    fi
    sync
    busybox poweroff -f
    ;;
esac
