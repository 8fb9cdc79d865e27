#!/bin/sh
# Where AppArmor restricts user namespaces, box and the doctor name it, and nowhere else;
# and what make allow does. The machine is a stand-in: a copy of /proc/sys/kernel has
# the sysctl, seccomp refuses the calls (tests/seccomp.c), and a script is the parser.
# tests/vm/apparmor.sh does the same with AppArmor itself.
# seconds: 12
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

# told CLAIM STATUS: a verdict, and if it fails what was printed.
told() {
    [ "$2" = 0 ] || sed "s,^,  ," "$work/output"
    verdict "$1" "$2"
}

if ! unshare --mount mount -t proc proc "$work" 2>/dev/null; then
    skip "what names AppArmor" "this host refuses a new /proc, which the stand-in needs"
    done_testing
fi

copy_programs
mkdir "$work/kernel" "$work/proc"

# A new procfs is refused where none is in sight that nothing covers, so there is another.
for setting in /proc/sys/kernel/*; do
    [ ! -f "$setting" ] || cat "$setting" >"$work/kernel/${setting##*/}"
done 2>/dev/null

# machine 0|1 COMMAND...: on a machine with this restriction, its sysctl off or on.
machine() {
    echo "$1" >"$work/kernel/apparmor_restrict_unprivileged_userns"
    shift
    # shellcheck disable=SC2016
    (cd "$work" && unshare --mount --propagation private -- sh -c '
        mount -t proc proc proc && mount --bind kernel /proc/sys/kernel && exec "$@"' sh "$@") \
        >"$work/output" 2>&1
}

# named CLAIM REFUSED COMMAND...: on such a machine, where the kernel refuses these calls, the
# error of a user's box names AppArmor; and with the sysctl off it does not.
named() {
    claim=$1
    shift
    # shellcheck disable=SC2086
    machine 1 $as_user build/seccomp "$@"
    [ $? = 125 ] && grep -q '^  hint: AppArmor .*make allow' "$work/output"
    told "$claim: names AppArmor" $?
    # shellcheck disable=SC2086
    machine 0 $as_user build/seccomp "$@"
    [ $? = 125 ] && ! grep -q AppArmor "$work/output"
    told "$claim: not where the sysctl is 0" $?
}

# not_named CLAIM COMMAND...: the box fails for another reason.
not_named() {
    claim=$1
    shift
    machine 1 "$@"
    [ $? = 125 ] && ! grep -q AppArmor "$work/output"
    told "$claim: does not name AppArmor" $?
}

# ---- each call that it makes fail ----------------------------------------------------

named "clone" clone3=ENOSYS,userns=EACCES 02-user/box true
for stage in 02-user 03-pid 04-mount 05-proc 06-network 07-cgroup 08-overlay; do
    named "sethostname in $stage" capability=EPERM,sethostname=EPERM $stage/box true
done
for call in setresuid=EPERM mount=EPERM mount=EACCES open_tree=EPERM mount_setattr=EPERM \
    fsopen=EPERM pivot_root=EPERM umount2=EPERM move_mount=EPERM; do
    named "$call" capability=EPERM,$call 08-overlay/box true
done
named "the bounding set" capability=EPERM 05-proc/box true

# ---- and what is not AppArmor's ------------------------------------------------------

# A capability can be used there: so it is the filter alone.
for call in sethostname mount fsopen pivot_root keyctl; do
    # shellcheck disable=SC2086
    not_named "a filter on $call" $as_user build/seccomp $call=EPERM 08-overlay/box true
done
# shellcheck disable=SC2086
not_named "a filter on clone" $as_user build/seccomp clone3=ENOSYS,userns=EPERM 02-user/box true
# shellcheck disable=SC2086
not_named "another errno" $as_user build/seccomp capability=EPERM,mount=ENOSYS 08-overlay/box true
# shellcheck disable=SC2086
not_named "01-uts, which takes root" $as_user 01-uts/box true
# shellcheck disable=SC2086
not_named "--share user, which takes root" $as_user 08-overlay/box --share user true
not_named "root, clone" build/seccomp clone3=ENOSYS,userns=EACCES 02-user/box true
not_named "root, mount" build/seccomp mount=EACCES 08-overlay/box true
# shellcheck disable=SC2086
not_named "the maps, under another PID namespace's /proc" $as_user unshare --user --map-root-user --pid --fork -- \
    02-user/box true

# ---- the doctor ------------------------------------------------------------------------

# doctor CLAIM TEXT COMMAND...
doctor() {
    claim=$1 text=$2
    shift 2
    machine 1 "$@" common/tools/doctor.sh
    grep -q "$text" "$work/output" && { [ "$text" = AppArmor ] || ! grep -q AppArmor "$work/output"; }
    told "the doctor: $claim" $?
}
# The stage that makes the call first.
for refused in 02-user,clone3=ENOSYS,userns=EACCES 02-user,capability=EPERM,sethostname=EPERM \
    04-mount,capability=EPERM,mount=EACCES; do
    # shellcheck disable=SC2086
    doctor "$refused is AppArmor" AppArmor $as_user build/seccomp ${refused#*,}
    grep -q '^ *make allow ' "$work/output" && grep -q "^-- *${refused%%,*} .*yes, with sudo" "$work/output"
    told "the doctor: and the remedy is make allow" $?
done
# shellcheck disable=SC2086
doctor "a filter on mount is a filter" 'seccomp filter' $as_user build/seccomp mount=EPERM
doctor "root is not restricted" '^ok  *02-user '

# ---- make allow --------------------------------------------------------------------------

# On a copy, with an /etc of its own. The parser writes down how it was called, and refuses
# what parser_fails names.
mkdir -p "$work/etc/apparmor.d" "$work/bin"
grep -E '^(root|nobody):' /etc/passwd >"$work/etc/passwd"
cat >"$work/bin/apparmor_parser" <<END
#!/bin/sh
echo "\$*" >>'$work/called'
[ "\$1" != "\${parser_fails:-}" ]
END
chmod 755 "$work/bin/apparmor_parser"

# allow DIRECTORY SYSCTL WORDS...: allow.sh of the lab in DIRECTORY, after WORDS such as
# env. $status is its exit status.
allow() {
    directory=$1 sysctl=$2
    shift 2
    mkdir -p "$directory/common/tools"
    cp "$lab/common/tools/allow.sh" "$directory/common/tools/"
    rm -f "$work/called"
    # shellcheck disable=SC2016
    machine "$sysctl" env PATH="$work/bin:$PATH" sh -c 'mount --bind etc /etc && exec "$@"' sh \
        "$@" "$directory/common/tools/allow.sh" ${REMOVE:+--remove} </dev/null
    status=$?
}
profiles() { ls "$work/etc/apparmor.d"; }

allow "$work/one" 0
[ $status = 0 ] && [ "$(wc -l <"$work/output")" = 1 ] && [ -z "$(profiles)" ] && [ ! -e "$work/called" ]
told "make allow: nothing to do without the restriction, in one line" $?
allow "$work/one" 1
[ $status = 1 ] && [ "$(tail -n 1 "$work/output" | cut -c 1-11)" = "make allow:" ] && [ -z "$(profiles)" ] && [ ! -e "$work/called" ]
told "make allow: says what it would do, and does nothing unasked" $?
allow "$work/one" 1 env YES=1
[ $status = 0 ] && [ "$(cat "$work/called")" = "-r /etc/apparmor.d/$(profiles)" ] &&
    grep -qF "\"$work/one/{0?-*/box," "$work/etc/apparmor.d/$(profiles)"
told "make allow: YES=1 loads a profile with this lab's path" $?
first=$(profiles)
# answer WORD TEXT: typed in a terminal; then it says TEXT.
answer() {
    # shellcheck disable=SC2016
    machine 1 env PATH="$work/bin:$PATH" sh -c 'mount --bind etc /etc && echo "$0" | script -qec "$1" /dev/null' \
        "$1" "$work/one/common/tools/allow.sh"
    grep -q "$2" "$work/output"
}
answer n 'make allow: nothing done' && answer y 'The profile is loaded'
told "make allow: asks in a terminal, and does as it is told" $?
allow "$work/it's a c++/lab, (2)" 1 env YES=1
[ $status = 0 ] && [ "$(profiles | wc -l)" = 2 ]
told "make allow: another clone has one of its own, whatever its path" $?
for odd in 'a*' 'a?' 'a[b]' 'a{b' 'a}b' 'a^b' 'a@b' 'a"b' 'a\b' "a
b"; do
    allow "$work/$odd" 1 env YES=1
    [ $status = 1 ] && [ ! -e "$work/called" ] && grep -q 'expected a path without' "$work/output" && [ "$(profiles | wc -l)" = 2 ]
    told "make allow: refuses $(printf %s "$odd" | tr '\n' ' '), which would be a pattern" $?
done
allow "$work/old" 1 env YES=1 parser_fails=-r
[ $status = 1 ] && grep -q 'expected AppArmor 4.0' "$work/output" && [ "$(profiles | wc -l)" = 2 ]
told "make allow: a parser that is too old leaves nothing" $?
REMOVE=1 allow "$work/one" 0
[ $status = 0 ] && [ "$(cat "$work/called")" = "-R /etc/apparmor.d/$first" ] && [ ! -e "$work/etc/apparmor.d/$first" ]
told "make allow REMOVE=1: unloads this lab's, and deletes it" $?
REMOVE=1 allow "$work/one" 0
[ $status = 0 ] && [ ! -e "$work/called" ] && [ "$(profiles | wc -l)" = 1 ]
told "make allow REMOVE=1: nothing is left to remove" $?

done_testing
