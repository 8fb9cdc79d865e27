#!/bin/sh
# Proves that the exercises work as they should: each stage's skeleton builds without a
# warning, all its tasks are todo and nothing is wrong; and as its tasks are solved one
# after the other, their verdicts turn one after the other.
#
#   exercises.sh [STAGE...]          a line for each step
set -u

cd "$(dirname "$0")/.." || exit 1
if [ $# = 0 ]; then
    # As many at once as there are CPUs.
    printf '%s\n' 0?-* | xargs -n 1 -P "$(nproc)" tests/exercises.sh
    exit
fi
work=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-exercise.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE

# What is wrong with the verdicts when the tasks up to $solved are written. A task that
# this host refuses to look at ("skip 2", "skip 2-5") is seen on another one.
wrong_verdicts() {
    grep '^not ok' "$work/verdict"
    for task in $tasks; do
        verdict=$(grep -e "^ok $task " -e "^todo $task " -e "^skip $task " "$work/verdict")
        if [ -z "$verdict" ]; then
            verdict=$(sed -n 's/^skip \([1-9]\)-\([1-9]\) .*/\1 \2/p' "$work/verdict" |
                awk -v task="$task" '$1 <= task && task <= $2 { print "skip" }')
        fi
        case $verdict in
        skip*) ;;
        ok*) [ "$task" -le "$solved" ] || echo "task $task is not written, but ok" ;;
        # Its check needs one that is not written yet.
        todo*"waits for "[1-9])
            [ "$task" -le "$solved" ] && [ "${verdict##* }" -gt "$solved" ] || echo "$verdict"
            ;;
        todo*) [ "$task" -gt "$solved" ] || echo "task $task is written, but todo" ;;
        *) echo "task $task has no verdict" ;;
        esac
    done
}

status=0
for stage; do
    tasks=$(cut -d ' ' -f 1 "$stage/hints" | sort -u)
    source=$work/$stage/box.c
    mkdir -p "$work/$stage"
    for solved in 0 $tasks; do
        common/tools/stages.sh --exercise "$stage" "$(seq -s '' "$solved")" >"$source"
        if ! make -s OWN_CFLAGS=-Werror "$work/$stage/box"; then
            wrong="it does not build without a warning"
        else
            BOX=$work/$stage/box tests/verify.sh --own --as root "$stage" >"$work/verdict"
            wrong=$(wrong_verdicts)
        fi
        case $solved in
        0) claim="$stage as an exercise builds without a warning; each task is todo, and nothing wrong" ;;
        *) claim="$stage with tasks 1 to $solved solved: these turn, the others do not" ;;
        esac
        if [ -z "$wrong" ]; then
            echo "ok - $claim"
        else
            { cat "$work/verdict"; echo "$wrong"; } | sed 's/^/    /'
            echo "not ok - $claim"
            status=1
        fi
    done
    if [ "$(sed '1,/^ \*\//d' "$source")" = "$(sed '1,/^ \*\//d' "$stage/box.c")" ]; then
        echo "ok - $stage with all its tasks solved is the lab's"
    else
        echo "not ok - $stage with all its tasks solved is the lab's"
        status=1
    fi
done
exit $status
