#!/bin/sh
# Shows what a stage adds, in code: diff.sh 05-proc
set -eu

stage=$1
number=${stage%%-*}
before=$(printf '%02d' $((${number#0} - 1)))
set -- "$before"-*/box.c
if [ "$number" = 01 ]; then
    exec cat "$stage/box.c"
fi
# auto looks at the terminal, and whether it is dumb.
colour=auto
[ -z "${NO_COLOR:-}" ] || colour=never
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE
# The header comment, which is the stage's own, is left out.
for file in "$1" "$stage/box.c"; do
    mkdir -p "$work/${file%/*}"
    sed '1,/^ \*\//d' "$file" >"$work/$file"
done
cd "$work"
# diff says 1 where the files differ, which is what we came for.
diff -U 3 --color="$colour" "$1" "$stage/box.c" || [ $? = 1 ]
