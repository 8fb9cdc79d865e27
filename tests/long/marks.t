#!/bin/sh
# make grade: the marks of a class.
# seconds: 12
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

copy_lab
in_copy() { (cd "$copy" && "$@") >"$work/output" 2>&1; }
says() { grep -q -e "$1" "$work/output"; }

class="$copy/a class"
mkdir -p "$class/anna/my/01-uts" "$class/bert/02-user" "$class/carl/01-uts" "$class/dora" "$class/eve/my/01-uts"
cp 01-uts/box.c "$class/anna/my/01-uts/"
common/tools/stages.sh --exercise 02-user 12 >"$class/bert/02-user/box.c"
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
mkdir -p "$copy/my/01-uts" && cp 01-uts/box.c "$copy/my/01-uts/"
in_copy make grade && says "^my  *3/3 "
verdict "make grade shows how far my/ is" $?
in_copy make grade DIR=/no/such
[ $? = 2 ] && says "/no/such is no directory"
verdict "make grade refuses what is no directory" $?

done_testing
