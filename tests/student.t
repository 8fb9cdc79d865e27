#!/bin/sh
# What a student does: start, test, hint, solution, bug, watch. In a copy of the lab, for my/
# of this one may be in use.
# seconds: 20
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_lab
# in_copy COMMAND...: what it prints is in $work/output.
in_copy() { (cd "$copy" && "$@") >"$work/output" 2>&1; }
says() { grep -q -e "$1" "$work/output"; }

in_copy make start
[ $? = 2 ] && says "expected STAGE=NN"
verdict "make start without STAGE is refused" $?
in_copy make test
[ $? = 2 ] && says "make start STAGE=NN first"
verdict "make test without a program says what to do first" $?
in_copy make start STAGE=01 && in_copy make test && says "^todo 3 run_command$" && says "^3 to write: make hint"
verdict "make test says of a fresh exercise what is to be written" $?
in_copy sh -c 'make test | head -n 2; common/tools/sandbox.sh common/tools/play.exp tour 01-uts/README.md | head -n 3'
says "^# 01-uts as root" && says "==== 01-uts" && ! says "I/O error" && ! says "[Bb]roken pipe"
verdict "make test and make tour end in silence when head has read enough" $?
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
sed -i 's/^[^#]/#&/' "$copy"/tests/mistakes/01-uts/*.sed
cp "$copy/my/01-uts/box.c" "$work/before"
in_copy make bug STAGE=01 RESET=1
[ $? = 2 ] && says "01-uts/.*\.sed changes nothing in 01-uts/box\.c" && cmp -s "$work/before" "$copy/my/01-uts/box.c"
verdict "make bug gives no program without a mistake" $?
(stage=3 lab=x; export stage lab; in_copy make test)
says "^not ok"
verdict "the caller's variables are not the checks'" $?

# Where there can be no sandbox.
in_copy unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all make hint'
says "^Nothing could be looked at: make doctor"
verdict "make hint tells what it could not look at from what is right" $?

# Until a line comes: it is written to a pipe.
until_said() {
    timeout 300 sed "/$1/q" <&5 >"$work/output"
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

done_testing
