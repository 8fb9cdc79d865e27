#!/bin/sh
# A machine that nobody has prepared: a minimal Debian with git, make, a C compiler and
# sudo, and nothing else. Clones the lab into it and runs README's two commands to the
# end, as root and as an ordinary user with sudo. Only root can make such a machine.
#
#   fresh.sh [SUITE [root|user [COMMAND...]]]
#
# SUITE is bookworm, trixie or bullseye. Each COMMAND is a line for sh, to run in place
# of the two. What root runs has no terminal and no input, what the user runs has both.
# What is not committed is not tested. At the end a line for each command tells what
# came of it; the exit status is 0 if all of them ended with 0.
#
# The machine has mount, PID, UTS, IPC and cgroup namespaces of its own; its files are in
# memory, 1 to 2 GB. So all of it ends with its PID 1. It keeps the network, for apt.
set -eu

fail() {
    echo "fresh: $*" >&2
    exit 125
}

# ---- in the new machine ------------------------------------------------------------

# --machine SUITE root|user COMMAND...: its PID 1.
machine() {
    umount -l /mnt
    suite=$1 who=$2
    shift 2
    prepare=''
    if [ "$who" = user ]; then
        useradd --create-home --shell /bin/bash user
        echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
        chown -R user: /srv/lab.git
        prepare="stty rows 24 columns 80"
    fi
    # A login's environment: the user's PATH has no sbin.
    su - "$who" -c 'git clone -q /srv/lab.git lab'
    # A terminal at which nobody types: a file that ends would be Ctrl-D.
    mkfifo /run/keys
    status=0
    for command; do
        start=$(date +%s)
        printf 'cd ~/lab\n%s\n%s\n' "$prepare" "$command" >/run/command
        {
            ended=0
            if [ "$who" = root ]; then
                su - root -c 'sh /run/command' </dev/null || ended=$?
            else
                su - user -c 'TERM=xterm script -q -e -c "sh /run/command" /dev/null' \
                    <>/run/keys || ended=$?
            fi
            echo "$ended" >/run/ended
        } 2>&1 | tee /run/output
        read -r ended </run/ended
        counts=$(tr -d '\r' </run/output | grep -E '^[0-9]+ passed, [0-9]+ failed' | tail -n 1)
        changed=$(su - "$who" -c "git -C lab status --porcelain")
        [ "$ended" = 0 ] && [ -z "$changed" ] || status=1
        tenths=$((($(date +%s) - start + 5) / 6))
        echo "fresh: $suite, $who: $command: ${counts:+$counts, }status $ended," \
            "git status ${changed:-clean}, $((tenths / 10)).$((tenths % 10)) minutes" >>/run/summary
    done
    cat /run/summary
    exit $status
}

# ---- on the way there ----------------------------------------------------------------

# --base SUITE FILE: an archive of the bare Debian, with /bin in /usr as its installer has
# made it since Debian 10.
base() {
    mount -t tmpfs tmpfs build/vm/fresh
    TMPDIR=$PWD/build/vm/fresh exec mmdebstrap --quiet --variant=minbase --format=tar \
        --include=git,make,gcc,libc6-dev,sudo \
        --setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh "$1" "$2"
}

# --inside GROUPS SUITE root|user COMMAND...: in the new namespaces, still with this
# machine's files. GROUPS are the cgroups, a directory in each hierarchy.
inside() {
    groups=$1 suite=$2
    shift
    root=$PWD/build/vm/fresh
    lab=$PWD
    mount -t tmpfs -o mode=755 tmpfs "$root"
    tar -C "$root" --xattrs --numeric-owner -xpf "build/vm/$suite.tar"
    git clone -q --bare "$lab" "$root/srv/lab.git"
    cp tests/fresh.sh "$root/run/fresh"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    echo 127.0.0.1 localhost fresh >"$root/etc/hosts"
    echo fresh | tee "$root/etc/hostname" >/proc/sys/kernel/hostname

    cd "$root"
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount --rbind /sys/fs/cgroup sys/fs/cgroup
    mount --make-rslave sys/fs/cgroup
    for directory in $groups; do
        mounted=${directory%/*}
        mount --bind "$directory" "${mounted#/}"
        # v2: what hands controllers down may have no processes itself.
        if [ -e "$directory/cgroup.subtree_control" ]; then
            mkdir "$directory/init"
            echo 0 >"$directory/init/cgroup.procs"
        fi
    done
    mount -t tmpfs -o mode=755,nosuid tmpfs dev
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    ln -s fd/0 dev/stdin
    ln -s fd/1 dev/stdout
    ln -s fd/2 dev/stderr
    for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
        numbers=${node#*:}
        mknod -m 666 "dev/${node%%:*}" c "${numbers%:*}" "${numbers#*:}"
    done
    pivot_root . mnt
    # As on a machine with systemd: a forgotten MS_PRIVATE shows.
    mount --make-rshared /
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        chroot . sh /run/fresh --machine "$@"
}

# ---- this machine ----------------------------------------------------------------------

case ${1:-} in
--machine) shift && machine "$@" ;;
--base) shift && base "$@" ;;
--inside) shift && inside "$@" ;;
esac

cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
suite=${1:-bookworm}
case $suite in
bookworm | trixie | bullseye) ;;
*) fail "SUITE '$suite': expected bookworm, trixie or bullseye" ;;
esac
case ${2:-root} in
root | user) ;;
*) fail "'$2': expected root or user" ;;
esac
[ "$(id -u)" = 0 ] || fail "only root can make such a machine; expected sudo tests/fresh.sh"
if [ $# -lt 2 ]; then
    status=0
    "$0" "$suite" root || status=$?
    "$0" "$suite" user || status=$?
    exit $status
fi
who=$2
shift 2
if [ $# = 0 ] && [ "$suite" = bookworm ]; then
    set -- "make tour" "make check"
elif [ $# = 0 ]; then
    set -- "make tour WERROR=1" "common/tools/deps.sh lint" "make WERROR=1 CC=clang" "make verify WERROR=1"
fi

common/tools/deps.sh fresh
[ -z "$(git status --porcelain)" ] || echo "fresh: what is not committed is not tested" >&2
pid='' groups=''
base=build/vm/$suite.tar

# shellcheck disable=SC2317 # the trap calls it
clean_up() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
    wait
    rm -f "$base.$$"
    # The last process's end is a moment before a cgroup is empty.
    for directory in $groups; do
        tries=0
        while [ -d "$directory" ] && [ "$tries" -lt 100 ]; do
            find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
            tries=$((tries + 1))
        done
    done
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP PIPE

# shellcheck source=common/tools/needs.sh
. common/tools/needs.sh
for mounted in $( (mount_of v2; for name in memory cpu pids cpuset; do mount_of $name; done) | sort -u); do
    directory=$mounted/lab-fresh-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
    for name in memory cpu pids cpuset; do
        echo +$name >"$mounted/cgroup.subtree_control"
    done 2>/dev/null || true
    mkdir "$directory"
    groups="$groups $directory"
    # v1: a cpuset is empty before, and refuses processes.
    for name in cpuset.cpus cpuset.mems; do
        [ ! -e "$mounted/cpuset.sched_load_balance" ] || cat "$mounted/$name" >"$directory/$name"
    done
done

# run COMMAND...: as PID 1 of namespaces that end with this script, also when it is killed.
run() {
    (
        for directory in $groups; do echo 0 >"$directory/cgroup.procs"; done
        # A shell's background commands ignore SIGINT, those of Debian 11's unshare SIGTERM too.
        exec setpriv --pdeathsig KILL unshare --mount --pid --uts --ipc --cgroup --fork \
            --kill-child --mount-proc -- env --default-signal "$@"
    ) &
    pid=$!
    wait "$pid"
    pid=
}

mkdir -p build/vm/fresh
if [ ! -f "$base" ]; then
    run tests/fresh.sh --base "$suite" "$base.$$"
    mv "$base.$$" "$base"
fi
run tests/fresh.sh --inside "$groups" "$suite" "$who" "$@"
