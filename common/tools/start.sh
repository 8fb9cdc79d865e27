#!/bin/sh
# Begins an exercise: writes my/NN-name/box.c, the stage with its tasks left out.
# What is there already is a student's work, and stays.
#
#   start.sh 03-pid MY [RESET]   in the directory MY; RESET: begins anew, the old
#                                file beside it
set -eu

cd "$(dirname "$0")/../.."
stage=$1
file=$2/$stage/box.c
if [ -e "$file" ] && [ -z "${3:-}" ]; then
    echo "$file is there and stays as it is; RESET=1 keeps it beside a new one"
    exit
fi
mkdir -p "$2/$stage" build
awk -v stage="${stage%%-*}" -v cut=1 -f common/tools/stages.awk common/box.c.in >build/exercise.c
if [ -e "$file" ]; then
    number=1
    while [ -e "$file.$number" ]; do number=$((number + 1)); done
    mv "$file" "$file.$number"
    echo "$file.$number is what you had"
fi
mv build/exercise.c "$file"
echo "$file is yours. Its tasks:"
awk -v file="$file" '
    / \* Task [0-9] \(/ { sub(/^ \* /, ""); task = $0; next }
    /not_written\([0-9], "/ { split($0, part, "\""); print "  line " FNR ": " part[2] ", " task; }
' "$file" | sed 's/\.$//'
echo "Write, then: make test"
