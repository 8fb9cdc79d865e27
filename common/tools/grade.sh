#!/bin/sh
# How far each student is: verifies what is under my/, or for a whole class, and prints
# a table, stages against tasks passed. The same as CSV is in build/marks.csv.
#
#   grade.sh            my/ of this directory
#   grade.sh DIR        one student in each directory of DIR: NN-name/box.c in it, or
#                       in its my/
#
# Each program is built and run by an ordinary user, who sees nothing of the others,
# behind bubblewrap and within the limits of sandbox.sh.
set -u

cd "$(dirname "$0")/../.." || exit 1
lab=$PWD
class=${1:-}
if [ -n "$class" ] && [ ! -d "$class" ]; then
    echo "grade: DIR=$class is no directory; expected one with a directory for each student" >&2
    exit 125
fi
[ -z "$class" ] || class=$(cd "$class" && pwd)
work=$(mktemp -d /var/tmp/lab-grade.XXXXXX) || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE
chmod 711 "$work"

# A copy of the lab for an ordinary user to read, as the lab may lie where he may not
# go; and a place for one student's files.
umask 022
mkdir -p "$work/lab/my" "$work/lab/build" "$work/mine"
cp -a Makefile common tests 0?-* "$work/lab/"
# But for the kernels of make vm.
find build -mindepth 1 -maxdepth 1 ! -name vm -exec cp -a {} "$work/lab/build/" \;
chmod -R go+rX "$work/lab"
user=
# Not for the root of a sandbox of an ordinary user: there is no other user there.
if setpriv --reuid 12345 --regid 12345 --clear-groups true 2>/dev/null; then
    user="setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps=-all"
    LAB_OWNER=12345
    export LAB_OWNER
fi

# What may be hidden, is: homes, and the class.
hidden=$work/hidden
for directory in /root /home "${HOME:-}" "$class"; do
    case $directory in /?*) [ ! -d "$directory" ] || printf '%s\0' --tmpfs "$directory" ;; esac
done >"$hidden"

# locked_in COMMAND...: as an ordinary user, with the lab read-only and my/ his own.
locked_in() {
    # shellcheck disable=SC2086
    "$lab/common/tools/sandbox.sh" --limits "$work/reason" sh -c '
        exec env -u LAB_TMP -u LAB_SANDBOX '"$user"' bwrap --unshare-user --unshare-pid --unshare-net \
            --unshare-ipc --unshare-uts --die-with-parent --new-session --uid 1000 --gid 1000 \
            --ro-bind / / --dev /dev --proc /proc --bind /sys/fs/cgroup /sys/fs/cgroup \
            --tmpfs /tmp --tmpfs /run --args 4 --tmpfs /var/tmp --ro-bind "$0/lab" /var/tmp/lab \
            --bind "$0/mine" /var/tmp/lab/my --chdir /var/tmp/lab -- "$@"' "$work" "$@" 4<"$hidden"
}

# The tasks of a stage, by their numbers.
tasks_of() {
    cut -d ' ' -f 1 "$1/hints" | sort -u
}

# marks FILE STAGE: passed/tasks, and what else is to be said; all in one word. A task
# that this host refuses to look at does not count.
marks() {
    rm -rf --one-file-system "$work/mine"
    mkdir -p "$work/mine/$2"
    # No link, no device, no more than a program needs.
    head -c 1000000 "$1" >"$work/mine/$2/box.c"
    [ -z "$user" ] || chown -R 12345:12345 "$work/mine"
    # shellcheck disable=SC2016
    locked_in sh -c '
        make -s --no-print-directory "my/$1/box" >/dev/null 2>&1 || { echo builds not; exit; }
        BOX=my/$1/box tests/verify.sh --own "$1"' sh "$2" </dev/null >"$work/verdict" 2>/dev/null
    passed=0 count=0 also=
    for task in $(tasks_of "$2"); do
        if grep -q -e "^not ok $task " -e "^todo $task " "$work/verdict"; then
            count=$((count + 1))
        elif grep -q "^ok $task " "$work/verdict"; then
            count=$((count + 1)) passed=$((passed + 1))
        elif ! grep '^skip' "$work/verdict" | grep -q -e " $task " -e ' [1-9]-[1-9] '; then
            count=$((count + 1))
        fi
    done
    ! grep -q -e '^not ok -' -e '^builds not' "$work/verdict" || also='*'
    echo "$passed/$count$also"
}

# The stages of one student: row NAME DIRECTORY.
row() {
    total=0 of=0
    name=$(printf '%s' "$1" | tr -c '[:alnum:]._ -' '?')
    printf '%-16.16s' "$name"
    printf '"%s"' "$name" >>"$work/csv"
    for stage in 0?-*; do
        file=$2/my/$stage/box.c
        [ -f "$file" ] || file=$2/$stage/box.c
        result=-
        if [ -f "$file" ] && [ ! -L "$file" ] && [ ! -L "${file%/*}" ] && [ ! -L "$2/my" ]; then
            result=$(marks "$file" "$stage")
            total=$((total + ${result%%/*}))
            count=${result#*/}
            of=$((of + ${count%\*}))
        else
            of=$((of + $(tasks_of "$stage" | wc -l)))
        fi
        printf '%6s' "$result"
        printf ',%s' "${result%%/*}" >>"$work/csv"
    done
    printf '%9s\n' "$total/$of"
    printf ',%s,%s\n' "$total" "$of" >>"$work/csv"
}

printf '%-16s' student
for stage in 0?-*; do
    printf '%6s' "${stage%%-*}"
done
printf '%9s\n' total
{ printf student; printf ',%s' 0?-*; echo ,total,of; } >"$work/csv"

if [ -z "$class" ]; then
    row my "$lab/my"
else
    for student in "$class"/*/; do
        student=${student%/}
        [ ! -d "$student" ] || [ -L "$student" ] || row "${student##*/}" "$student"
    done
fi
common/tools/as-owner.sh -c 'cat >build/marks.csv' <"$work/csv"
echo "* does not build, or fails the checks of its start or end. As CSV: build/marks.csv"
