# Sourced by check-inside.sh: an exercise is the stage with its tasks left out, and
# says so of each task.
# shellcheck shell=sh disable=SC2154

# verdicts STAGE: what its verify script says of the program in $work/my.
verdicts() {
    make -s OWN_CFLAGS=-Werror "$work/my/$1/box" &&
        BOX=$work/my/$1/box AS=root OWN=1 PATIENCE=2 "tests/verify/$1.sh" >"$work/verdicts"
}
# The numbers of the tasks that are todo there, or skipped by this host.
todo_of() {
    sed -n 's/^todo \([1-9]\) .*/\1/p' "$work/verdicts"
}

mkdir "$work/my"
for box in 0?-*/box; do
    stage=${box%/box}
    common/tools/start.sh "$stage" "$work/my" >/dev/null
    tasks=$(sed -n 's/.*not_written(\([1-9]\), .*/\1/p' "$work/my/$stage/box.c" | sort -u)
    verdicts "$stage" && ! grep '^not ok' "$work/verdicts"
    verdict "$stage as an exercise builds without a warning, and nothing is not ok" $?
    # "skip 2" or "skip 2-5".
    others=$(sed -n 's/^skip \([1-9]\) .*/\1 \1/p; s/^skip \([1-9]\)-\([1-9]\) .*/\1 \2/p' "$work/verdicts" |
        while read -r first last; do seq "$first" "$last"; done)
    [ "$( (todo_of; echo "$others") | grep . | sort -u)" = "$tasks" ]
    verdict "each of its tasks ($(echo "$tasks" | tr '\n' ' ' | sed 's/ $//')) is todo" $?
done

echo mine >"$work/my/03-pid/box.c"
common/tools/start.sh 03-pid "$work/my" | grep -q 'stays as it is' &&
    [ "$(cat "$work/my/03-pid/box.c")" = mine ]
verdict "make start leaves a student's work as it is" $?
common/tools/start.sh 03-pid "$work/my" 1 >/dev/null && [ "$(cat "$work/my/03-pid/box.c.1")" = mine ] &&
    grep -q not_written "$work/my/03-pid/box.c"
verdict "RESET=1 keeps it beside the new one" $?
output=$(make -s start 2>&1)
[ $? = 2 ] && case $output in *"expected STAGE=NN"*) true ;; *) false ;; esac
verdict "make start without STAGE is refused" $?
