#!/bin/sh
# Cuts the programs out of their one source, common/stages.c:
#
#   stages.sh                           writes NN-name/box.c of every stage
#   stages.sh --check                   writes nothing, and fails where one differs
#   stages.sh --exercise STAGE [TASKS]  prints the exercise; TASKS, such as 12, are solved
set -eu

# cut NUMBER TASKS: the stage, with these tasks left to write.
cut() {
    todo=$(grep -o 'TODO_[0-9]*' common/stages.c | sort -u | sed "s/.*/-D&=0/; s/\(TODO_$1[0$2]*\)=0$/\1=1/")
    # 1 says that it has changed something.
    # shellcheck disable=SC2086
    unifdef -B -DSTAGE="${1#0}" $todo common/stages.c || [ $? = 1 ]
}

if [ "${1:-}" = --exercise ]; then
    cut "${2%%-*}" "$(echo 123456789 | tr -d "${3:-0}")"
    exit
fi
status=0
written=$(mktemp)
trap 'rm -f "$written"' EXIT
trap 'exit 130' INT TERM HUP PIPE
for directory in 0?-*; do
    cut "${directory%%-*}" 0 >"$written"
    if cmp -s "$written" "$directory/box.c"; then
        continue
    elif [ "${1:-}" = --check ]; then
        echo "$directory/box.c differs from common/stages.c: make stages" >&2
        status=1
    else
        cat "$written" >"$directory/box.c"
        echo "$directory/box.c"
    fi
done
exit "$status"
