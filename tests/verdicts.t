#!/bin/sh
# What the verdicts say of programs that are not finished.
# seconds: 5
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

mkdir -p "$work/my/03-pid"
cp 02-user/box "$work/my/03-pid/box"
echo 'not_written(2, "run_init");' >"$work/my/03-pid/box.c"
BOX=$work/my/03-pid/box tests/verify.sh --as root 03-pid >"$work/output"
grep -q '^todo 2 run_init' "$work/output" && grep -q '^not ok 1 clone_flags' "$work/output"
verdict "an unwritten task is todo, a wrong one not ok" $?
rm "$work/my/03-pid/box.c"
BOX=$work/my/03-pid/box tests/verify.sh --as root 03-pid >"$work/output"
grep -q '^not ok 2 run_init: waits for 1$' "$work/output"
verdict "a task whose prerequisite fails waits for it" $?
BOX=$lab/01-uts/box tests/verify.sh --as root 05-proc >"$work/output"
[ "$(wc -l <"$work/output")" -le 15 ] && ! grep -q '.\{81\}' "$work/output"
verdict "a verdict has at most 15 lines of 80 columns" $?
SLOW=2 tests/verify.sh 02-user >"$work/output"
verdict "root and the user are looked at one after the other where that is slow" $?

# Until a line comes: it is written to a pipe.
mkfifo "$work/first"
tests/verify.sh 05-proc >"$work/first" &
verifying=$!
exec 5<"$work/first"
timeout 300 sed "/^ok 1 mount_proc/q" <&5 | grep -q "^ok 1 mount_proc" &&
    grep -q '^State:.[^Z]' "/proc/$verifying/status"
verdict "a task's verdict comes before the others are looked at" $?
cat <&5 >/dev/null
exec 5<&-
wait "$verifying"

done_testing
