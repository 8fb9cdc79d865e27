#!/bin/sh
# The part of `make check` that runs inside the sandbox; see check.sh.
set -u
umask 022

mount --make-rshared / || exit 1
lab=$PWD
work=$(mktemp -d "$LAB_TMP/inside.XXXXXX") || exit 1
chmod 755 "$work"
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

# ok CLAIM, or not ok CLAIM: verdict CLAIM STATUS
verdict() {
    if [ "$2" = 0 ]; then echo "ok - $1"; else echo "not ok - $1"; fi
}

# ---- a copy that any user can enter ------------------------------------------

mkdir "$work/build"
for box in 0?-*/box; do
    mkdir "$work/${box%/box}"
    cp "$box" "$work/$box"
done
cp -a build/rootfs "$work/build/"
cp build/check_* build/refuse build/inside build/doctor "$work/build/"
cp common/tools/sandbox.sh "$work/"

user_id=12345
if setpriv --reuid "$user_id" --regid "$user_id" --clear-groups true 2>/dev/null; then
    many_users=yes
    as_user="setpriv --reuid $user_id --regid $user_id --clear-groups --inh-caps=-all"
else
    many_users=
    as_user="unshare --user --map-user=$user_id --map-group=$user_id --"
fi

# ---- sources -----------------------------------------------------------------

common/tools/stages.sh --check
verdict "make stages leaves no difference" $?

previous=
for source in 0?-*/box.c; do
    if [ -n "$previous" ]; then
        # Outside the header comment, which ends with the first " */".
        sed '1,/^ \*\//d' "$previous" >"$work/before"
        sed '1,/^ \*\//d' "$source" >"$work/after"
        ! diff "$work/before" "$work/after" | grep '^<'
        verdict "$source removes no line of $previous" $?
    fi
    previous=$source
done

# limit FILE LINES: code without comments and blank lines, design 2.
limit() {
    lines=$(sed 's@/\*.*\*/@@' "$1" | awk '
        /^[ \t]*\/\*/ { comment = 1 }
        !comment && NF { n++ }
        /\*\// { comment = 0 }
        END { print n }')
    [ "$lines" -le "$2" ]
    verdict "$1 has at most $2 lines of code ($lines)" $?
}
limit 01-uts/box.c 120
limit 05-proc/box.c 400
limit 08-overlay/box.c 700

# ---- the Check suites --------------------------------------------------------

# suite PROGRAM [WORDS...]: runs it, after words that make it somebody else's.
suite() {
    program=$1
    shift
    (cd "$work" && "$@" "build/$program" 2>/dev/null) >"$work/suite"
    grep -E '^[0-9]+%|:[FE]:' "$work/suite"
    grep -q '^[0-9]*%: Checks: ' "$work/suite"
    verdict "$program${1:+ as a user} came to its end" $?
}
suite check_common
suite check_parse
suite check_stages
# shellcheck disable=SC2086
suite check_stages $as_user

# ---- the verify scripts ------------------------------------------------------

set --
for box in 0?-*/box; do
    set -- "$@" "${box%/box}"
done
tests/verify.sh "$@"
verdict "make verify ends with 0" $?
SLOW=2 tests/verify.sh 02-user >"$work/output"
verdict "also where root and the user are looked at one after the other" $?

# A check that the stage before passes proves nothing.
#   teeth STAGE BOX: with BOX every check of STAGE's tasks fails, all else not.
# 01 has no stage before it.
teeth() {
    PATIENCE=4 DETAILS=1 ALL=1 BOX=$2 AS=root "tests/verify/$1.sh" >"$work/details"
    awk '
        /^check .* - / && !/^check ok/ { print "fails, but should not: " $0; bad = 1 }
        /^# the stages before/ { before = 1 }
        /^not ok - the stages before/ { print; getline; print; bad = 1 }
        !before && /^check ok [0-9g]/ { print "passes, but should not: " $0; bad = 1 }
        before && /^check failed [0-9g]/ { print "fails, but should not: " $0; bad = 1 }
        /^check failed [0-9g]/ { seen = 1 }
        END { exit bad || !seen || !before }' "$work/details"
}
before=
for box in 0?-*/box; do
    stage=${box%/box}
    if [ -n "$before" ]; then
        teeth "$stage" "$lab/$before/box"
        verdict "$before fails exactly the checks that $stage adds" $?
    fi
    before=$stage
done

# ---- what verify says of a program that is not finished ----------------------

mkdir -p "$work/my/03-pid"
cp 02-user/box "$work/my/03-pid/box"
echo 'not_written(2, "run_init");' >"$work/my/03-pid/box.c"
BOX=$work/my/03-pid/box AS=root tests/verify/03-pid.sh >"$work/output"
grep -q '^todo 2 run_init' "$work/output" && grep -q '^not ok 1 clone_flags' "$work/output"
verdict "an unwritten task is todo, a wrong one not ok" $?
rm "$work/my/03-pid/box.c"
BOX=$work/my/03-pid/box AS=root tests/verify/03-pid.sh >"$work/output"
grep -q '^not ok 2 run_init: waits for 1$' "$work/output"
verdict "a task whose prerequisite fails waits for it" $?
BOX=$lab/01-uts/box AS=root tests/verify/05-proc.sh >"$work/output"
[ "$(wc -l <"$work/output")" -le 15 ] && ! grep -q '.\{81\}' "$work/output"
verdict "a verdict has at most 15 lines of 80 columns" $?

# ---- the rootfs --------------------------------------------------------------

. tests/check-boxes.sh
. tests/check-rootfs.sh
. tests/check-doctor.sh
. tests/check-make.sh
case ${WITHOUT:-} in
*exercises*) echo "skip exercises, mistakes, marks: WITHOUT=$WITHOUT" ;;
*) . tests/check-exercises.sh ;;
esac
. tests/check-chapters.sh
. tests/check-demo.sh

# ---- the sandbox -------------------------------------------------------------

common/tools/sandbox.sh sh -c '
    test "$(hostname)" = host &&
    test "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 &&
    ping=$(command -v busybox) &&
    $ping ping -c 1 -W 2 203.0.113.1 >/dev/null &&
    ip netns exec internet $ping ping -c 1 -W 2 198.51.100.2 >/dev/null'
verdict "the sandbox has a host and an internet, also inside another" $?
(cd "$work" && $as_user ./sandbox.sh sh -c 'test "$(id -u)" = 0 && test "$(hostname)" = host')
verdict "an ordinary user has the sandbox too, and is root there" $?
common/tools/sandbox.sh sh -c 'exit 42'
[ $? = 42 ]
verdict "the sandbox passes the exit status on" $?

echo "# check-inside is complete"
