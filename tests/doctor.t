#!/bin/sh
# Each "no" of make doctor that can be made here.
# seconds: 8
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs

# doctor CLAIM PREFIX STATUS TEXT...: runs the doctor after the words in $2, and looks for
# its status and each text. No line is too long, and nothing is said twice.
doctor() {
    claim=$1 prefix=$2 expected=$3
    shift 3
    (cd "$work" && eval "$prefix common/tools/doctor.sh $purposes") >"$work/said" 2>&1
    status=$?
    # A stage's line as it is; then once more, with what its box says.
    awk '/^[^ ]/ { print "" } { sub(/^ +/, " "); printf "%s", $0 } END { print "" }' "$work/said" | cat "$work/said" - >"$work/doctor"
    missing=
    for text; do
        grep -qE -- "$text" "$work/doctor" || missing="$missing '$text'"
    done
    [ -z "$missing" ] || missing="lacks$missing"
    [ "$status" = "$expected" ] || missing="$missing; status $status"
    ! grep '.\{81\}' "$work/said" || missing="$missing; more than 80 columns"
    [ -z "$(sed -n 's/^ \{17\}//p' "$work/said" | sort | uniq -d)" ] || missing="$missing; something twice"
    [ -z "$missing" ] || { sed "s,^,  ," "$work/said"; echo "$missing"; }
    [ -z "$missing" ]
    verdict "doctor: $claim" $?
}
purposes=

# without "PROGRAM..." COMMAND...: as if these were not installed.
cat >"$work/without" <<'END'
#!/bin/sh
: >"$PWD/nothing"
for program in $1; do
    for path in /usr/local/sbin /usr/sbin /usr/bin /sbin /bin; do
        [ ! -e "$path/$program" ] || mount --bind "$PWD/nothing" "$path/$program"
    done
done
shift
exec "$@"
END
# with_nft SCRIPT COMMAND...: nft is this script.
cat >"$work/with_nft" <<'END'
#!/bin/sh
printf '#!/bin/sh\n%s\n' "$1" >"$PWD/nft"
chmod 755 "$PWD/nft"
for path in /usr/sbin /usr/bin /sbin /usr/local/sbin; do
    [ ! -e "$path/nft" ] || mount --bind "$PWD/nft" "$path/nft"
done
shift
exec "$@"
END
chmod 755 "$work/without" "$work/with_nft"

# In the sandbox of an ordinary user nobody is root of the machine.
if grep -q 4294967295 /proc/self/uid_map; then
    no_cgroup=1 no_cgroup_verdict='no$'
else
    no_cgroup=0 no_cgroup_verdict='yes, with sudo$'
fi

# What a box could leave, and when the doctor's files were changed. Only root has cgroups
# that nobody else uses.
state() {
    ip -o link
    nft list ruleset
    [ "$no_cgroup" = 0 ] || find /sys/fs/cgroup -type d -print -o -name cgroup.subtree_control -exec cat {} +
    cat /proc/self/mountinfo /proc/sys/net/ipv4/ip_forward
    find "$work/build" "$work/common" "$work"/0?-* -exec stat -c '%n %Y %Z' {} +
    ls -d /tmp/* /run/*
} 2>/dev/null
before=$(state)
ip monitor link >"$work/links" &
monitor=$!
until_true sh -c 'ip link add first type bridge; ip link delete first; grep -q first "$0"' "$work/links"
doctor "says yes where all works" "" 0 '^ok +02-user +yes' '^ok +05-proc +yes' '^ok +06-network +yes' '^ok +08-overlay +yes'
! grep 'forward' "$work/said"
verdict "doctor: says nothing of forwarding, which is on" $?
doctor "an ordinary user needs sudo for 01" "$as_user" 0 \
    '^-- +01-uts +yes, with sudo or in `make sandbox`$' '^ok +02-user +yes, as you' '^ok +05-proc +yes, as you' \
    '06-network +yes, with sudo or in `make sandbox`$' '07-cgroup +yes, with sudo$' '^ +make sandbox .*for 01 06$' '^ +sudo make sandbox .*for 07$'
[ "$(state)" = "$before" ]
verdict "doctor: leaves nothing, and all as it was" $?
ip link add last type bridge
until_true grep -q last "$work/links" && ! grep -q box0 "$work/links"
verdict "doctor: the bridge is not the machine's" $?
ip link delete last
kill "$monitor"
doctor "names a root that lacks CAP_SYS_ADMIN" "setpriv --bounding-set -sys_admin" 1 \
    '^-- +01-uts +no$' '01-uts .*root lacks CAP_SYS_ADMIN.*docker run --privileged'
doctor "names Docker's seccomp profile, user namespaces" \
    "build/seccomp clone3=ENOSYS,userns=EPERM,unshare=EPERM" 1 \
    '^-- +02-user +no$' '02-user .*clone.*seccomp filter' 'docker run --privileged' '^-- +03-pid +no, as 02-user$' '^ +make vm .*for 02 03 04 05 06 07 08$'
doctor "names a filter on pivot_root" "build/seccomp pivot_root=EPERM" 1 \
    '^ok +03-pid +yes' '^-- +04-mount +no$' 'pivot_root.*Operation not permitted.*seccomp'
doctor "names a filter on mount" "build/seccomp mount=EPERM" 1 \
    '^ok +03-pid +yes' '^-- +04-mount +no$' 'make all mounts private: Operation not permitted.*seccomp'
doctor "names a filter on keyctl" "build/seccomp keyctl=EPERM" 1 \
    '^ok +04-mount +yes' '^-- +05-proc +no$' 'keyring.*Operation not permitted.*seccomp'
doctor "a kernel without clone3 will do" "build/seccomp clone3=ENOSYS" 0 '^ok +05-proc +yes'
said=$(cd "$work" && build/seccomp mount_setattr=ENOSYS 04-mount/box true 2>&1)
[ $? = 125 ] && case $said in *"not implemented"*"hint: "*"Linux 5.12 or newer"*) true ;; *) echo "$said"; false ;; esac
verdict "a box on an older kernel says which one it takes" $?
doctor "and so does the doctor" "build/seccomp mount_setattr=ENOSYS" 1 '^ok +kernel +Linux [0-9]' '04-mount .*Linux 5.12 or newer'
doctor "a kernel without keys will do" "build/seccomp keyctl=ENOSYS" 0 '^ok +05-proc +yes'
doctor "EACCES from clone is a security module's" \
    "$as_user build/seccomp clone3=ENOSYS,userns=EACCES" 1 '02-user .*clone: Permission denied' '^-- +01-uts +yes, with sudo$'
doctor "names a masked /proc" \
    "unshare -m sh -c 'mount --bind /dev/null /proc/timer_list && exec \"\$0\"'" 1 \
    '^ok +04-mount +yes' '^-- +05-proc +no$' 'parts of /proc are covered' 'systempaths=unconfined'
doctor "names the limit on user namespaces" \
    "unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec \"\$0\"'" 1 \
    '^-- +02-user +no$' 'user.max_user_namespaces is 0' 'sudo sysctl user.max_user_namespaces'
doctor "says that /proc is not mounted" "unshare -m sh -c 'umount -l /proc && exec \"\$0\"'" 1 \
    '^-- +02-user +no$' '02-user .*mount -t proc proc /proc'
purposes=run doctor "names missing programs" "unshare -m ./without 'ip nft'" 1 '^-- +06-network +no$' \
    'there is no nft; expected' 'ip is missing' 'make prepare' '^ok +08-overlay +yes' 'would install .*nftables' '^ +make prepare ' '^ +make doctor '
(cd "$work" && env PATH=/usr/bin:/bin common/tools/doctor.sh) >"$work/doctor" 2>&1
grep -q '^ok *06-network' "$work/doctor"
verdict "doctor: finds nft where an ordinary user's PATH does not" $?
doctor "says that nft is too old for published ports" \
    "unshare -m ./with_nft 'if grep -q owner; then echo Error: unexpected owner; fi'" 0 \
    '--publish +this nft' 'nftables 1.0' '^ok +06-network +yes'
doctor "names a kernel without masquerade" "unshare -m ./with_nft 'exit 1'" 1 \
    '^-- +06-network +no$' 'modprobe nft_masq' '^ok +07-cgroup|^-- +07-cgroup +yes'
doctor "says that forwarding is off" \
    "unshare -n sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward && exec \"\$0\"'" 0 \
    'ip_forward +this host does not forward' 'sysctl net.ipv4.ip_forward=1'
doctor "names another table that drops what is forwarded" \
    "unshare -n sh -c 'nft add table ip filter && nft add chain ip filter FORWARD \"{ type filter hook forward priority 0; policy drop; }\" && exec env PATH=/usr/bin:/bin \"\$0\"'" 0 \
    'forwarding +another table drops' 'DOCKER-USER'
doctor "says when no controller can be had" \
    "unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup && exec \"\$0\"'" "$no_cgroup" \
    "^-- +07-cgroup +$no_cgroup_verdict" '--memory --cpus --pids-limit --cpuset-cpus: .*(this kernel offers no such controller|root outside of user namespaces)' '^ok +08-overlay +yes'
doctor "says when the cgroup file system is read-only" \
    "unshare -m sh -c 'awk \"\\\$3 ~ /^cgroup/ { print \\\$2 }\" /proc/mounts | while read -r mount; do mount -o remount,bind,ro \"\$mount\"; done; exec \"\$0\"'" "$no_cgroup" \
    "^-- +07-cgroup +$no_cgroup_verdict" '--memory --cpus --pids-limit --cpuset-cpus: .*(Read-only file system|root outside of user namespaces)'
v2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ "$no_cgroup" = 1 ] && [ -n "$v2" ]; then
    # Below a cgroup that hands nothing down.
    mkdir -p "$v2/bare/below"
    doctor "says when no controller is handed down" "unshare -m sh -c 'mount --bind $v2/bare/below /sys/fs/cgroup && exec \"\$0\"'" 1 \
        '^-- +07-cgroup +no$' '--memory --cpus --pids-limit --cpuset-cpus: the controller is not available in /sys/fs/cgroup; .* cgroup_enable='
    rmdir "$v2/bare/below" "$v2/bare"
fi
doctor "says that scratch is on disk, as before Linux 6.6" "build/seccomp fsetxattr=EPERM" 0 '08-overlay .*scratch on disk'
# shellcheck disable=SC2016
doctor "names a missing device" "unshare -m sh -c '
    mkdir -p dev && mount --rbind /dev dev && mount -t tmpfs -o mode=755 tmpfs /dev
    for node in null zero random urandom tty; do touch /dev/\$node && mount --bind dev/\$node /dev/\$node; done
    exec \"\$0\"'" 1 '^-- +04-mount +no$' '/dev/full.*mknod'
if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
    doctor "warns of TIOCSTI" "" 0 'TIOCSTI' 'legacy_tiocsti=0'
else
    ! (cd "$work" && common/tools/doctor.sh) | grep -q TIOCSTI
    verdict "doctor: TIOCSTI is refused here, and no note says otherwise" $?
fi
if [ "$many_users" = yes ]; then
    # Root has no rights there in a box: as in make run, a copy takes its place.
    chown -hR "$user_id" "$work/build/rootfs"
    chmod 700 "$work/build/rootfs"
    doctor "root needs no rights on another's rootfs" "" 0 '^ok +04-mount +yes' '^ok +08-overlay +yes'
    chmod 755 "$work/build/rootfs"
fi
mv "$work/build/rootfs" "$work/build/rootfs-away"
doctor "says when there is no rootfs" "" 1 '^ok +03-pid +yes' '^-- +04-mount +no$' '^ +make rootfs '
# A chroot with all that the doctor needs, if it needs no libraries.
if ! ldd 02-user/box 2>/dev/null | grep -q '=>'; then
    cp -a "$work/build/rootfs-away" "$work/chroot"
    cp -a "$work/common" "$work"/0?-* "$work/chroot/"
    (cd "$work" && unshare -m sh -c 'mount --rbind /proc chroot/proc && mount --rbind /dev chroot/dev && exec chroot chroot /common/tools/doctor.sh') >"$work/doctor" 2>&1
    [ $? = 1 ] && grep -q 'a process in a chroot may not' "$work/doctor" &&
        grep -qE '^-- +02-user +no$' "$work/doctor"
    named=$?
    [ "$named" = 0 ] || sed "s,^,  ," "$work/doctor"
    verdict "doctor: names a chroot" "$named"
    rm -rf --one-file-system "$work/chroot"
else
    echo "skip - doctor: names a chroot: the boxes are linked dynamically here"
fi
mv "$work/build/rootfs-away" "$work/build/rootfs"
rm "$work/03-pid/box"
(cd "$work" && common/tools/doctor.sh) >"$work/doctor" 2>&1
[ $? = 1 ] && [ "$(cat "$work/doctor")" = "make doctor: 03-pid/box is missing: make builds it" ]
verdict "doctor: says that the boxes are to be built" $?

done_testing
