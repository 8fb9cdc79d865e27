# Sourced by check-inside.sh: what a student and an instructor do with programs that are
# not the lab's. In a copy of the lab, for my/ of this one may be in use.
# shellcheck shell=sh disable=SC2154

tests/exercises.sh
verdict "the exercises turn task by task" $?
case ${WITHOUT:-} in
*mistakes*) echo "skip mistakes: WITHOUT=$WITHOUT" ;;
*)
    tests/mistakes.sh
    verdict "every mistake is refused by its own check ($(find tests/mistakes -name '*.patch' | wc -l))" $?
    ;;
esac
tests/harder.sh
verdict "the harder exercises fail without and pass with their solutions" $?

copy=$work/lab
mkdir -p "$copy/build"
cp -a Makefile common tests 0?-* "$copy/"
find build -mindepth 1 -maxdepth 1 ! -name vm -exec cp -a {} "$copy/build/" \;
# in_copy COMMAND...: what it prints is in $work/output.
in_copy() { (cd "$copy" && "$@") >"$work/output" 2>&1; }
says() { grep -q -e "$1" "$work/output"; }

# ---- start, test, hint, solution, bug, watch ----------------------------------------

in_copy make start
[ $? = 2 ] && says "expected STAGE=NN"
verdict "make start without STAGE is refused" $?
in_copy make test
[ $? = 2 ] && says "make start STAGE=NN first"
verdict "make test without a program says what to do first" $?
in_copy make start STAGE=01 && in_copy make test && says "^todo 3 run_command$" && says "^3 to write: make hint"
verdict "make test says of a fresh exercise what is to be written" $?
echo mine >>"$copy/my/01-uts/box.c"
in_copy make start STAGE=01 && says "stays as it is" && tail -n 1 "$copy/my/01-uts/box.c" | grep -qx mine
verdict "make start leaves a student's work as it is" $?
in_copy make bug STAGE=01 && says "stays as it is" && tail -n 1 "$copy/my/01-uts/box.c" | grep -qx mine
verdict "make bug does so, too" $?
in_copy make test STAGE=01
[ $? = 2 ] && says "^not ok - builds" && says "box.c:[0-9]*:" && [ "$(wc -l <"$work/output")" -le 15 ]
verdict "make test shows what the compiler says" $?
in_copy make start STAGE=01 RESET=1 && tail -n 1 "$copy/my/01-uts/box.c.1" | grep -qx mine &&
    grep -q not_written "$copy/my/01-uts/box.c"
verdict "RESET=1 keeps it beside the new one" $?

hints=
for _ in 1 2 3 4; do
    in_copy make hint
    says '^todo 1 clone_flags$' && hints="$hints $(sed -n 's/^Hint \(.*\):$/\1/p' "$work/output")"
done
[ "$hints" = " 1 of 3 2 of 3 3 of 3 3 of 3" ] && says "flags |= CLONE_NEWUTS;"
verdict "make hint goes from gentle to plain, and remembers" $?
echo n | in_copy make solution
[ $? = 2 ] && says "does not pass yet: todo 1 clone_flags" && ! says "^-"
verdict "make solution asks first if the checks do not pass yet" $?
echo y | in_copy make solution && says "^+    flags |= CLONE_NEWUTS;" && says "^-    stop_not_written(3"
verdict "and shows the difference then" $?
cp 01-uts/box.c "$copy/my/01-uts/box.c"
in_copy make test && says "^All of 01-uts is solved" && [ "$(wc -l <"$work/output")" -le 15 ]
verdict "make test says that all is solved" $?
in_copy make hint && says "^Nothing fails" && in_copy make solution </dev/null && says "is the lab's"
verdict "then there is no hint, and no difference" $?
in_copy make harder
[ $? = 2 ] && says "^not ok A"
verdict "make harder checks the two further ones" $?
in_copy make bug STAGE=01 RESET=1 && in_copy make test
[ $? = 2 ] && says "^not ok" && ! cmp -s 01-uts/box.c "$copy/my/01-uts/box.c"
verdict "make bug gives a program that make test refuses" $?
! says "likely:   [^(]" && in_copy make hint && says "likely:   [^(]"
verdict "what is wrong with it is left to make hint" $?
(stage=3 lab=x; export stage lab; in_copy make test)
says "^not ok"
verdict "the caller's variables are not the checks'" $?

# Where there can be no sandbox.
in_copy unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all make hint'
says "^Nothing could be looked at: make doctor"
verdict "make hint tells what it could not look at from what is right" $?

# Until a line comes: it is written to a pipe.
until_said() {
    timeout 60 sed "/$1/q" <&5 >"$work/output"
    says "$1"
}
cp 01-uts/box.c "$copy/my/01-uts/box.c"
mkfifo "$work/watch"
(cd "$copy" && exec setsid make watch STAGE=01 >"$work/watch" 2>&1 </dev/null) &
watching=$!
exec 5<"$work/watch"
until_said "All of 01-uts is solved" && sed '/flags |= CLONE_NEWUTS/d' 01-uts/box.c >"$copy/my/01-uts/new" &&
    mv "$copy/my/01-uts/new" "$copy/my/01-uts/box.c" && until_said "^not ok 1 clone_flags" &&
    cp 01-uts/box.c "$copy/my/01-uts/box.c" && until_said "All of 01-uts is solved"
verdict "make watch checks at every save, of either kind" $?
pkill -TERM -s "$watching"
exec 5<&-
wait "$watching" 2>/dev/null

mkfifo "$work/first"
tests/verify.sh 05-proc >"$work/first" &
verifying=$!
exec 5<"$work/first"
until_said "^ok 1 mount_proc" && [ -z "$(find "$LAB_TMP" -maxdepth 2 -path '*lab-verdict.*' -name ended-root)" ]
verdict "a task's verdict comes before the others are looked at" $?
cat <&5 >/dev/null
exec 5<&-
wait "$verifying"

# A terminal that is closed while the checks run.
sed 's/^    run_command(box);/    for (;;)\n        pause();\n&/' 03-pid/box.c >"$work/hang.c"
mkdir -p "$copy/my/03-pid" && mv "$work/hang.c" "$copy/my/03-pid/box.c"
(cd "$copy" && exec setsid make test STAGE=03 >/dev/null 2>&1 </dev/null) &
testing=$!
found=none
for _ in $(seq 600); do
    found=$(find "$LAB_TMP" -maxdepth 3 -path '*lab-verdict.*' -name 'lab-verify.*')
    [ -z "$found" ] || break
    sleep 0.05
done
pkill -HUP -s "$testing"
wait "$testing" 2>/dev/null
for _ in $(seq 100); do
    left=$(find "$LAB_TMP" -maxdepth 1 -name 'lab-verdict.*'; pgrep -s "$testing")
    [ -n "$left" ] || break
    sleep 0.05
done
[ -n "$found" ] && [ -z "$left" ]
verdict "a closed terminal leaves nothing of make test" $?

# ---- programs that go wrong in every way --------------------------------------------

# wild NAME STAGE WHERE CODE EXPECTED: the code stands in the child before the command,
# or in the launcher at its start; the verdict has a line like EXPECTED, in time.
wild() {
    mkdir -p "$work/wild/$2"
    case $3 in
    child) sed "s/^    run_command(box);/    $4\n&/" "$2/box.c" ;;
    launcher) sed "s/^    begin_program(argv);/&\n    $4/" "$2/box.c" ;;
    esac | sed 's/^#include <unistd.h>/&\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>/' >"$work/wild/$2/box.c"
    make -s OWN_CFLAGS=-Wno-error "$work/wild/$2/box"
    BOX=$work/wild/$2/box timeout 90 tests/verify.sh "$2" >"$work/output" 2>&1
    [ $? = 1 ] && says "$5" && [ "$(wc -l <"$work/output")" -le 15 ] && ! grep '.\{81\}' "$work/output"
    named=$?
    # Not a verdict of this suite.
    [ $named = 0 ] || sed 's/^/    /' "$work/output"
    verdict "a program that $1 is ended, named and cleaned up" $named
}
wild "does not end" 03-pid child 'for (;;) pause();' "likely:   it does not end"
wild "prints without end" 01-uts child 'for (;;) puts("flood");' "likely:   it does not end"
wild "floods its errors" 01-uts child 'for (;;) fputs("flood", stderr);' "likely:   it"
# Only a cgroup counts how often a fork was refused.
bomb="it starts processes without end"
[ -n "$many_users" ] || bomb="$bomb\|it does not end"
wild "forks without end" 01-uts child 'for (;;) fork();' "$bomb"
wild "forks without end, out of its group" 02-user launcher 'for (;;) if (fork() == 0) setsid();' "$bomb"
# An ordinary user's malloc(3) fails, if that much can be written in time.
memory="it takes memory without end\|it does not end"
[ "$(id -u)" = 0 ] && [ -n "$many_users" ] || memory="$memory\|killed by signal 11"
wild "takes memory without end" 01-uts child 'for (;;) memset(malloc(1000000), 1, 1000000);' \
    "likely:   .*\($memory\)"
wild "crashes" 01-uts launcher 'raise(SIGSEGV);' "it crashes: signal 11"
wild "crashes inside" 02-user child 'raise(SIGSEGV);' "killed by signal 11"
wild "leaves a process behind" 03-pid launcher 'if (system("setsid sleep 1000 <\/dev\/null >\/dev\/null 2>\&1 \&")) {}' \
    "it leaves processes behind"
wild "leaves a mount behind" 02-user launcher 'if (system("mount -t tmpfs lab \/mnt")) {}' \
    "found:    > mount .* \/mnt"
wild "leaves a link behind" 02-user launcher 'if (system("ip link add lab0 type bridge 2>\/dev\/null")) {}' \
    "found:    > link lab0"
# Where one may be made.
if [ -z "$(common/tools/needs.sh limits)" ]; then
    wild "leaves a cgroup behind" 02-user launcher \
        'if (system("mkdir -p $(awk '\''$3 == \\"cgroup2\\" { print $2; exit }'\'' \/proc\/mounts)\/box-left")) {}' \
        "found:    > cgroup .*box-left"
fi

# ---- marks ------------------------------------------------------------------------------

class="$copy/a class"
mkdir -p "$class/anna/my/01-uts" "$class/bert/02-user" "$class/carl/01-uts" "$class/dora" "$class/eve/my/01-uts"
cp 01-uts/box.c "$class/anna/my/01-uts/"
awk -v stage=02 -v cut=1 -v solved=12 -f common/tools/stages.awk common/box.c.in >"$class/bert/02-user/box.c"
echo "no C" >"$class/carl/01-uts/box.c"
ln -s "$class/anna/my/01-uts/box.c" "$class/dora/box.c"
ln -s ../anna/my "$class/dora/my"
# It tries to change what belongs to another one, and the lab.
sed 's|^    begin_program(argv);|    if (system("echo touched \| tee -a '"'$class/anna/my/01-uts/box.c'"' common/error.h ../lab-grade.*/csv >/dev/null 2>\&1")) {}\n&|;
    s|^#include <unistd.h>|&\n#include <stdlib.h>|' 01-uts/box.c >"$class/eve/my/01-uts/box.c"
in_copy make grade "DIR=a class"
grade=$?
sed -n 's/^\([a-z]*\)  *\(.*[0-9]\)$/\1 \2/p' "$work/output" | tr -s ' ' >"$work/table"
cat >"$work/expected" <<END
anna 3/3 - - - - - - - 3/28
bert - 2/4 - - - - - - 2/28
carl 0/3* - - - - - - - 0/28
dora - - - - - - - - 0/28
eve 3/3 - - - - - - - 3/28
END
[ $grade = 0 ] && diff "$work/expected" "$work/table"
verdict "make grade DIR=PATH: a row for each student, links are not followed" $?
grep -qx '"bert",-,2,-,-,-,-,-,-,2,28' "$copy/build/marks.csv" && [ "$(wc -l <"$copy/build/marks.csv")" = 6 ]
verdict "and the same as CSV" $?
cmp -s 01-uts/box.c "$class/anna/my/01-uts/box.c" && ! grep -q touched "$copy/common/error.h" "$copy/build/marks.csv"
verdict "a student's program cannot touch another one's result" $?
in_copy make grade && says "^my  *3/3 "
verdict "make grade shows how far my/ is" $?
in_copy make grade DIR=/no/such
[ $? = 2 ] && says "/no/such is no directory"
verdict "make grade refuses what is no directory" $?
