#!/bin/sh
# Each "no" of make doctor that can be made here.
# seconds: 2
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs

# Runs the doctor after the words in $2, and looks for a verdict and a text.
#   doctor CLAIM PREFIX STATUS VERDICT TEXT...
doctor() {
    claim=$1 prefix=$2 expected=$3
    shift 3
    (cd "$work" && eval "$prefix build/doctor") >"$work/doctor" 2>&1
    status=$?
    [ "$status" = "$expected" ] || { cat "$work/doctor"; echo "status $status"; }
    missing=
    for text; do
        grep -qE -- "$text" "$work/doctor" || missing="$missing '$text'"
    done
    [ -z "$missing" ] || { cat "$work/doctor"; echo "lacks$missing"; }
    [ "$status" = "$expected" ] && [ -z "$missing" ]
    verdict "doctor: $claim" $?
}

# In the sandbox of an ordinary user nobody is root of the machine.
if grep -q 4294967295 /proc/self/uid_map; then
    no_cgroup=1 no_cgroup_verdict='no$'
else
    no_cgroup=0 no_cgroup_verdict='yes, with sudo'
fi

doctor "says yes where all works" "" 0 '^02-user +yes' '^05-proc +yes'
doctor "an ordinary user needs sudo for 01" "$as_user" 0 \
    '^01-uts +yes, with sudo' '^02-user +yes, as you' '^05-proc +yes, as you'
doctor "names Docker's seccomp profile, user namespaces" \
    "build/seccomp clone3=ENOSYS,userns=EPERM,unshare=EPERM" 1 \
    '^02-user +no$' 'user namespace.*seccomp filter' 'remedy: docker run --privileged'
doctor "names a filter on pivot_root" "build/seccomp pivot_root=EPERM" 1 \
    '^03-pid +yes' '^04-mount +no$' 'pivot_root.*Operation not permitted.*seccomp'
doctor "names a filter on mount" "build/seccomp mount=EPERM" 1 \
    '^02-user +no$' 'make mounts private: Operation not permitted.*seccomp'
doctor "names a filter on keyctl" "build/seccomp keyctl=EPERM" 1 \
    '^04-mount +yes' '^05-proc +no$' 'keyring.*Operation not permitted.*seccomp'
doctor "a kernel without clone3 will do" "build/seccomp clone3=ENOSYS" 0 '^05-proc +yes'
said=$(cd "$work" && build/seccomp mount_setattr=ENOSYS 04-mount/box true 2>&1)
[ $? = 125 ] && case $said in *"not implemented"*"hint: "*"Linux 5.12 or newer"*) true ;; *) echo "$said"; false ;; esac
verdict "a box on an older kernel says which one it takes" $?
doctor "a kernel without keys will do" "build/seccomp keyctl=ENOSYS" 0 '^05-proc +yes'
doctor "EACCES from clone is a security module's" \
    "$as_user build/seccomp clone3=ENOSYS,userns=EACCES" 1 'user namespace +clone: Permission denied' '^01-uts +yes, with sudo$'
doctor "names a masked /proc" \
    "unshare -m sh -c 'mount --bind /dev/null /proc/timer_list && exec \"\$0\"'" 1 \
    '^04-mount +yes' '^05-proc +no$' 'parts of /proc are covered' 'systempaths=unconfined'
doctor "names the limit on user namespaces" \
    "unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec \"\$0\"'" 1 \
    '^02-user +no$' 'user.max_user_namespaces is 0' 'remedy: sudo sysctl user.max_user_namespaces'
no_sbin="unshare -m sh -c 'mount -t tmpfs tmpfs /usr/sbin && mount -t tmpfs tmpfs /sbin && exec env PATH=/nowhere \"\$0\"'"
doctor "names missing programs" "$no_sbin" 1 '^06-network +no$' \
    'nft +the program is missing' 'ip +the program is missing' 'remedy: make prepare' '^08-overlay +yes'
(cd "$work" && env PATH=/usr/bin:/bin build/doctor) >"$work/doctor" 2>&1
! grep -E 'nft .*missing' "$work/doctor"
verdict "doctor: finds nft where an ordinary user's PATH does not" $?
doctor "says that nft is too old for published ports" \
    "unshare -m sh -c 'printf \"#!/bin/sh\\n! grep -q owner\\n\" >nft && chmod 755 nft && PATH=.:\$PATH && exec \"\$0\"'" 0 \
    '--publish +this nft' 'nftables 1.0'
doctor "says that forwarding is off" \
    "unshare -n sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward && exec \"\$0\"'" 0 \
    'ip_forward +is 0' 'sysctl net.ipv4.ip_forward=1'
doctor "names another table that drops what is forwarded" \
    "unshare -n sh -c 'nft add table ip filter && nft add chain ip filter FORWARD \"{ type filter hook forward priority 0; policy drop; }\" && exec \"\$0\"'" 0 \
    'forwarding +another table drops' 'DOCKER-USER'
doctor "says when no controller can be had" \
    "unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup && exec \"\$0\"'" "$no_cgroup" \
    "^07-cgroup +$no_cgroup_verdict" 'memory +(this kernel offers no such controller|is not delegated to you)' '^08-overlay +yes'
doctor "says when the cgroup file system is read-only" \
    "unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup && mkdir /sys/fs/cgroup/memory /sys/fs/cgroup/cpu /sys/fs/cgroup/pids /sys/fs/cgroup/cpuset && mount -o remount,bind,ro /sys/fs/cgroup && exec \"\$0\"'" "$no_cgroup" \
    "^07-cgroup +$no_cgroup_verdict" 'Read-only file system'
if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
    doctor "warns of TIOCSTI" "" 0 'TIOCSTI' 'legacy_tiocsti=0'
else
    ! (cd "$work" && build/doctor) | grep -q TIOCSTI
    verdict "doctor: TIOCSTI is refused here, and no note says otherwise" $?
fi
mv "$work/build/rootfs" "$work/build/rootfs-away"
doctor "says when there is no rootfs" "" 1 '^03-pid +yes' '^04-mount +no$' 'remedy: make rootfs'
# A chroot with all that the doctor needs, if it needs no libraries.
if ! ldd build/doctor 2>/dev/null | grep -q '=>'; then
    cp -a "$work/build/rootfs-away" "$work/chroot"
    mkdir "$work/chroot/build"
    cp build/doctor "$work/chroot/build/doctor"
    (cd "$work" && unshare -m sh -c 'mount --rbind /proc chroot/proc && mount --rbind /dev chroot/dev && exec chroot chroot /build/doctor') >"$work/doctor" 2>&1
    [ $? = 1 ] && grep -q 'a process in a chroot may not' "$work/doctor" &&
        grep -qE '^02-user +no$' "$work/doctor"
    named=$?
    [ "$named" = 0 ] || cat "$work/doctor"
    verdict "doctor: names a chroot" "$named"
    rm -rf --one-file-system "$work/chroot"
else
    echo "skip - doctor: names a chroot: the doctor is linked dynamically here"
fi
mv "$work/build/rootfs-away" "$work/build/rootfs"

done_testing
