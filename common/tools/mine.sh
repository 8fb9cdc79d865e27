#!/bin/sh
# What a student does with a program of his own, my/NN-name/box.c:
#
#   mine.sh test STAGE       builds and verifies it
#   mine.sh watch STAGE      does so at every save, until it is interrupted
#   mine.sh harder STAGE     the same, for the stage's two harder exercises
#   mine.sh hint STAGE       the next hint for the first thing that fails
#   mine.sh solution STAGE   how the lab's differs; asks first if it does not pass yet
set -u

cd "$(dirname "$0")/../.." || exit 1
action=$1
stage=$2
number=${stage%%-*}
box=my/$stage/box
# One line for each hint that was given: 03-pid 2
given=my/hints
if [ ! -f "$box.c" ]; then
    echo "$action: there is no $box.c yet; expected after make start STAGE=$number" >&2
    exit 125
fi
verdict=$(mktemp) || exit 1
trap 'rm -f "$verdict"' EXIT
trap 'exit 130' INT TERM

# Writes the verdict; the program is built first. At most 15 lines of 80 columns.
verify() {
    : >"$verdict"
    if ! make -s --no-print-directory "$box" >"$verdict.make" 2>&1; then
        echo "not ok - builds: the compiler's first error is the one to mend" >"$verdict"
    fi
    grep -v '^make' "$verdict.make" | fold -s -w 80 | head -n 12 >>"$verdict"
    rm -f "$verdict.make"
    ! grep -q '^not ok' "$verdict" || return 1
    BOX=$box tests/verify.sh "$stage" >>"$verdict"
}

# Whether all of it passes, with nothing left to write.
passes() {
    verify && ! grep -q '^todo' "$verdict"
}

# The first thing that fails, or is to be written: its line.
first() {
    grep -m 1 '^not ok [1-9]' "$verdict" || grep -m 1 '^not ok' "$verdict" |
        grep -v 'the stages before' || grep '^todo [1-9]' "$verdict" | grep -v -m 1 'waits for' ||
        grep -m 1 '^not ok' "$verdict"
}

# The functions of a task, without their comments: task_functions N.
task_functions() {
    awk -v mark="//@ task $number $1 " '
        index($0, mark) == 1 { wanted = 1 }
        wanted && /^static / { if (!sub(/;$/, ";")) name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name); print name; wanted = 0 }
    ' common/box.c.in | while read -r name; do
        awk -v name="$name" '
            $0 ~ "^static .*[ *]" name "\\(" { inside = 1 }
            inside { print }
            /^}/ { inside = 0 }' "$stage/box.c"
    done
}

give_hint() {
    line=$(first)
    case $line in
    "") echo "Nothing fails: $box passes."; return ;;
    "not ok [1-9]"* | "todo [1-9]"*) ;;
    esac
    task=$(echo "$line" | sed -n 's/^\(not ok\|todo\) \([1-9]\) .*/\2/p')
    echo "$line" | cut -c 1-80
    if [ -z "$task" ]; then
        # No task: the verdict says what there is to say.
        sed -n '/^not ok/,/^    read/p; /error/p' "$verdict" | sed 1d | head -n 9
        echo "No task of this stage: compare your main() and child_main() with make solution."
        return
    fi
    # An error's own diagnosis comes with every hint.
    sed -n '/^    expected/,/^    read/p' "$verdict" | head -n 9
    sed -n "s/^\/\/@ hint $number $task //p" common/box.c.in >"$verdict.hints"
    all=$(($(grep -c . "$verdict.hints") + 1))
    had=$(grep -cx "$stage $task" "$given" 2>/dev/null)
    next=$((${had:-0} + 1))
    [ "$next" -le "$all" ] || next=$all
    echo "Hint $next of $all:"
    if [ "$next" = "$all" ]; then
        task_functions "$task"
    else
        sed -n "${next}p" "$verdict.hints" | fold -s -w 76 | sed 's/^/    /'
    fi
    [ "${had:-0}" -ge "$all" ] || echo "$stage $task" >>"$given"
    rm -f "$verdict.hints"
}

test_it() {
    verify
    ended=$?
    cat "$verdict"
    left=$(grep -c '^todo [1-9]' "$verdict")
    if [ "$ended" = 0 ] && [ "$left" = 0 ]; then
        echo "All of $stage is solved. make harder STAGE=$number has two more for you."
    elif [ "$ended" = 0 ]; then
        echo "$left to write: make hint STAGE=$number helps"
    fi
    return "$ended"
}

case $action in
test) test_it ;;
watch)
    # Some editors write the file, others put a new one in its place. What is saved
    # while the checks run waits in the pipe.
    inotifywait -q -m -e close_write -e moved_to --format %f "my/$stage" | {
        echo box.c
        cat
    } | while read -r name; do
        [ "$name" = box.c ] || continue
        [ ! -t 1 ] || printf '\033[H\033[2J'
        test_it </dev/null
    done
    ;;
harder)
    make -s --no-print-directory "$box" && CHECKS=harder BOX=$box tests/verify.sh "$stage"
    ;;
hint)
    verify
    give_hint
    ;;
solution)
    if ! passes; then
        echo "Your $stage does not pass yet: $(first | cut -c 1-50)"
        printf 'See the solution all the same? [y/N] '
        read -r answer && case $answer in [yY]*) ;; *) false ;; esac || exit 1
    fi
    colour=never
    [ -t 1 ] && colour=always
    diff -u --color="$colour" "$box.c" "$stage/box.c" && echo "$box.c is the lab's."
    [ $? -le 1 ]
    ;;
esac
