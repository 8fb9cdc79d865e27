#!/bin/sh
# `make check-apparmor`: the lab where AppArmor restricts user namespaces, before
# `make allow`, after it, and after it is taken back. Debian's kernel has AppArmor,
# but not Ubuntu's restriction; a user whose programs are confined stands for it:
#
#   as-23.10   no user namespace: EACCES from clone
#   as-24.04   one in which no capability may be used
#
# and a copy of /proc/sys/kernel holds the sysctl. Prints TAP.
set -eu

# ---- on this machine --------------------------------------------------------------

if ! grep -q lab.mode=script /proc/cmdline; then
    cd "$(dirname "$0")/../.."
    # Debian 12's parser knows no user namespaces, so Debian 13's is taken, with its
    # libraries: nothing is installed.
    if [ ! -e build/vm/trixie/complete ]; then
        rm -rf build/vm/trixie
        mkdir -p build/vm
        mmdebstrap --quiet --mode=chrootless --variant=extract --include=apparmor trixie build/vm/trixie
        touch build/vm/trixie/complete
    fi
    files=$(mktemp -d)
    trap 'rm -rf "$files"' EXIT
    trap 'exit 130' INT TERM HUP PIPE
    mkdir -p "$files/opt/apparmor" "$files/etc/apparmor" "$files/usr/bin"
    touch "$files/etc/apparmor/parser.conf"
    cp -r build/vm/trixie/etc/apparmor.d "$files/etc/"
    cp -L build/vm/trixie/usr/sbin/apparmor_parser build/vm/trixie/usr/lib*/ld-linux-* \
        build/vm/trixie/usr/lib/*/lib*.so.* "$files/opt/apparmor/"
    cat >"$files/usr/bin/apparmor_parser" <<'END'
#!/bin/sh
exec /opt/apparmor/ld-linux-* --library-path /opt/apparmor /opt/apparmor/apparmor_parser "$@"
END
    chmod 755 "$files/usr/bin/apparmor_parser"
    tests/vm/vm.sh script 6.12 "$0" "$files"
    exit
fi

# ---- in the virtual machine -------------------------------------------------------

count=0
ok() {
    count=$((count + 1))
    echo "ok $count - $1"
}
not_ok() {
    count=$((count + 1))
    echo "not ok $count - $1"
    sed 's/^/# /' /run/output
    failed=1
}
failed=0

# user PROFILE COMMAND...: as an ordinary user whose programs are confined by PROFILE.
# The kernel is told the profile of env(1) alone; from there on it looks for itself.
user() {
    # shellcheck disable=SC2016
    setpriv --reuid 12345 --regid 12345 --clear-groups \
        sh -c 'echo "exec $0" >/proc/self/attr/exec && exec env "$@"' "$@" >/run/output 2>&1
}

# refused CLAIM COMMAND...: a box fails, and its hint names AppArmor.
refused() {
    claim=$1
    shift
    if user "$@"; then status=0; else status=$?; fi
    if [ $status = 125 ] && grep -q '^  hint: AppArmor .*make allow' /run/output; then ok "$claim"; else not_ok "$claim"; fi
}

# works CLAIM COMMAND...
works() {
    claim=$1
    shift
    if user "$@"; then ok "$claim"; else not_ok "$claim"; fi
}

# says TEXT CLAIM COMMAND...: whatever its status.
says() {
    text=$1 claim=$2
    shift 2
    user "$@" || true
    if grep -q "$text" /run/output; then ok "$claim"; else not_ok "$claim"; fi
}

mount -t securityfs securityfs /sys/kernel/security
# A new procfs is refused where none is in sight that nothing covers.
mkdir -p /mnt/proc /run/kernel
mount -t proc proc /mnt/proc
for setting in /proc/sys/kernel/*; do
    [ ! -f "$setting" ] || cat "$setting" >"/run/kernel/${setting##*/}" 2>/dev/null || true
done
echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns
mount --bind /run/kernel /proc/sys/kernel

apparmor_parser -r <<'END'
abi <abi/4.0>,
profile as-23.10 {
  capability, network, unix, signal, ptrace, mqueue,
  mount, umount, pivot_root, change_profile,
  /{,**} rwlkm,
  /** pix,
}
profile as-24.04 {
  userns, network, unix, signal, ptrace, mqueue, change_profile,
  /{,**} rwlkm,
  /** pix,
}
END

# Where a student's program lies, and where none of the lab's does.
mkdir -p my/03-pid /mnt/elsewhere/03-pid
cp 03-pid/box my/03-pid/
cp 03-pid/box /mnt/elsewhere/03-pid/

for profile in as-23.10 as-24.04; do
    for stage in 0[2-8]-*; do
        refused "$profile: $stage is refused, and its hint names AppArmor" $profile "$stage/box" true
    done
    says 'AppArmor restricts user namespaces' "$profile: so does the doctor" $profile common/tools/doctor.sh
    says 'this machine refuses the namespaces' "$profile: the sandbox is refused" $profile common/tools/sandbox.sh true
    if YES=1 common/tools/allow.sh >/run/output 2>&1; then ok "make allow"; else not_ok "make allow"; fi
    for stage in 0[2-8]-*; do
        works "$profile: after make allow $stage works" $profile "$stage/box" true
    done
    works "$profile: and a student's program" $profile my/03-pid/box true
    says '^ok *02-user *yes, as you' "$profile: and the doctor says so" $profile common/tools/doctor.sh
    # shellcheck disable=SC2016
    works "$profile: and the sandbox, with all that is started in it" $profile \
        common/tools/sandbox.sh sh -c 'unshare --mount true && /mnt/elsewhere/03-pid/box true'
    refused "$profile: but no program outside the lab" $profile /mnt/elsewhere/03-pid/box true
    if common/tools/allow.sh --remove >/run/output 2>&1; then ok "make allow REMOVE=1"; else not_ok "make allow REMOVE=1"; fi
    refused "$profile: then 02-user is refused again" $profile 02-user/box true
done

# With a profile, what something else refuses is not called AppArmor's.
YES=1 common/tools/allow.sh >/run/output 2>&1
user as-24.04 02-user/box "$PWD/build/seccomp" mount=EPERM 05-proc/box true || true
if grep -q seccomp /run/output && ! grep -q AppArmor /run/output; then
    ok "a filter is not called AppArmor"
else
    not_ok "a filter is not called AppArmor"
fi
common/tools/allow.sh --remove >/run/output 2>&1

# The kernel compares the path with a pattern.
odd="/c++ (it's) a,b #1"
mkdir "$odd"
mount --bind . "$odd"
cd "$odd"
YES=1 common/tools/allow.sh >/run/output 2>&1
works "in $odd: after make allow 02-user works" as-23.10 "$odd/02-user/box" true
common/tools/allow.sh --remove >/run/output 2>&1
echo "1..$count"
exit $failed
