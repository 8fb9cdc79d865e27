#!/bin/sh
# Writes NN-name/box.c of every stage from common/box.c.in. With --check it
# writes nothing and fails where a committed file differs.
set -eu

status=0
written=$(mktemp)
trap 'rm -f "$written"' EXIT
trap 'exit 130' INT TERM HUP PIPE
for directory in 0[1-8]-*; do
    [ -d "$directory" ] || continue
    number=${directory%%-*}
    grep -q "^//@ only $number\$" common/box.c.in || continue
    awk -v stage="$number" -f common/tools/stages.awk common/box.c.in >"$written"
    if cmp -s "$written" "$directory/box.c"; then
        continue
    elif [ "${1:-}" = --check ]; then
        echo "$directory/box.c differs from common/box.c.in: make stages" >&2
        status=1
    else
        cat "$written" >"$directory/box.c"
        echo "$directory/box.c"
    fi
done
exit "$status"
