#!/bin/sh
# Begins an exercise: writes my/NN-name/box.c, the stage with its tasks left out; or,
# as a riddle, whole but with one of the mistakes of tests/mistakes/ in it. What is
# there already is a student's work, and stays.
#
#   start.sh 03-pid MY [RESET [bug]]   in the directory MY; RESET, if not empty: begins
#                                      anew, the old file beside it
set -eu

cd "$(dirname "$0")/../.."
stage=$1
file=$2/$stage/box.c
reset=${3:-}
bug=${4:-}
if [ -e "$file" ] && [ -z "$reset" ]; then
    echo "$file is there and stays as it is; RESET=1 keeps it beside a new one"
    exit
fi
mkdir -p "$2/$stage" build
if [ -n "$bug" ]; then
    # One that can be seen on this host.
    for mistake in $(find "tests/mistakes/$stage" -name '*.sed' | shuf); do
        needs=$(sed -n 's/^# needs: *//p' "$mistake")
        if [ -z "$needs" ] || [ -z "$(common/tools/needs.sh "$needs")" ]; then break; fi
    done
    sed -f "$mistake" "$stage/box.c" >build/exercise.c
    if cmp -s "$stage/box.c" build/exercise.c; then
        echo "$mistake changes nothing in $stage/box.c" >&2
        exit 1
    fi
else
    common/tools/stages.sh --exercise "$stage" >build/exercise.c
fi
if [ -e "$file" ]; then
    copy=1
    while [ -e "$file.$copy" ]; do copy=$((copy + 1)); done
    mv "$file" "$file.$copy"
    echo "$file.$copy is what you had"
fi
cat build/exercise.c >"$file"
rm -f "$2/$stage/bug" build/exercise.c
# A new beginning has its hints again.
[ ! -f "$2/hints" ] || sed -i "/^$stage /d" "$2/hints"
if [ -n "$bug" ]; then
    : >"$2/$stage/bug"
    echo "$file is the lab's, with one mistake that people make."
    echo "Find it: make test, make hint; make solution shows it"
    exit
fi
echo "$file is yours. Its tasks:"
awk '
    /^\/\* Task [0-9] \(/ { sub(/^\/\* /, ""); sub(/\. \*\/$/, ""); task = $0; next }
    /not_written\([0-9], "/ { split($0, part, "\""); print "  " task ": " part[2] ", line " FNR }
' "$file" | sort -k 2,2n -s
echo "Write, then: make test; make hint helps"
