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
    echo "$action: there is no $box.c yet; make start STAGE=${number#0} makes it" >&2
    exit 125
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE
verdict=$work/verdict

# The verdict, as it comes and in a file; the program is built first. At most 15 lines
# of 80 columns.
verify() {
    {
        make -s --no-print-directory "$box" >"$work/make" 2>&1 ||
            echo "not ok - builds: the compiler's first error is the one to mend"
        grep -v '^make' "$work/make" | fold -s -w 80 | head -n 12
    } | tee "$verdict"
    grep -q '^not ok' "$verdict" || BOX=$box tests/verify.sh "$stage" | tee -a "$verdict"
}

# Whether all of it has passed, with nothing left to write.
passed() {
    grep -q '^ok [1-9]' "$verdict" && ! grep -qE '^(not ok|todo)' "$verdict"
}

# The first thing that fails, or is to be written: its line.
first() {
    {
        grep '^not ok [1-9]' "$verdict"
        grep '^not ok' "$verdict"
        grep '^todo [1-9]' "$verdict" | grep -v 'waits for'
    } | head -n 1
}

# The functions of a task, without their comments: task_functions N.
task_functions() {
    sed -n "/^#if TODO_${number}0$1\$/,/^#[^i]/s/.*not_written($1, \"\(.*\)\");/\1/p" common/stages.c | while read -r name; do
        awk -v name="$name" '
            $0 ~ "^static .*[ *]" name "\\(" { inside = 1 }
            inside { print }
            /^}/ { inside = 0 }' "$stage/box.c"
    done
}

give_hint() {
    line=$(first)
    if passed; then
        echo "Nothing fails: $box passes. The harder exercises have no hints."
        return
    elif [ -z "$line" ]; then
        echo "Nothing could be looked at: make doctor says why"
        return 1
    fi
    task=$(echo "$line" | sed -n 's/^\(not ok\|todo\) \([1-9]\) .*/\2/p')
    echo "$line" | cut -c 1-80
    if [ -z "$task" ]; then
        # No task: the verdict says what there is to say.
        sed '1,/^not ok/d' "$verdict" | grep -e '^    ' -e ':[0-9]*: ' | head -n 9
        echo "Hint: look again at what you changed last."
        return
    fi
    # An error's own diagnosis comes with every hint.
    sed -n '/^    expected/,/^    read/p' "$verdict" | head -n 9
    sed -n "s/^$task //p" "$stage/hints" >"$work/hints"
    all=$(($(grep -c . "$work/hints") + 1))
    had=$(grep -cx "$stage $task" "$given" 2>/dev/null)
    next=$((${had:-0} + 1))
    [ "$next" -le "$all" ] || next=$all
    echo "Hint $next of $all:"
    if [ "$next" = "$all" ]; then
        task_functions "$task"
    else
        sed -n "${next}p" "$work/hints" | fold -s -w 76 | sed 's/^/    /'
    fi
    [ "${had:-0}" -ge "$all" ] ||
        common/tools/as-owner.sh -c "echo $stage $task >>$given"
}

test_it() {
    # To find a mistake is a riddle as long as nobody names it: that is for make hint.
    if [ -e "my/$stage/bug" ]; then
        verify | sed 's/^    likely:   .*/    likely:   (make hint says it)/'
    else
        verify
    fi
    if passed; then
        # Whoever reads may have ended, as head does.
        echo "All of $stage is solved. make harder STAGE=$number has two more for you." 2>/dev/null
        return 0
    fi
    left=$(grep '^todo [1-9]' "$verdict" | sort -u | grep -vc 'waits for')
    if ! grep -q '^not ok' "$verdict" && [ "$left" -gt 0 ]; then
        echo "$left to write: make hint STAGE=$number helps" 2>/dev/null
        return 0
    fi
    return 1
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
        # A dumb terminal cannot be cleared.
        [ ! -t 1 ] || tput clear 2>/dev/null
        test_it </dev/null
    done
    ;;
harder)
    make -s --no-print-directory "$box" && BOX=$box tests/verify.sh --harder "$stage"
    ;;
hint)
    verify >/dev/null
    give_hint >"$work/said"
    status=$?
    cat "$work/said"
    exit "$status"
    ;;
solution)
    verify >/dev/null
    if ! passed; then
        echo "Your $stage does not pass yet: $(first | cut -c 1-50)"
        printf 'See the solution all the same? [y/N] '
        read -r answer && case $answer in [yY]*) ;; *) false ;; esac || exit 1
    fi
    colour=auto
    [ -z "${NO_COLOR:-}" ] || colour=never
    # The tasks' first lines are no difference.
    mkdir "$work/yours"
    sed '/^\/\* Task [0-9] (.*\*\/$/d' "$box.c" >"$work/yours/box.c"
    diff -u --color="$colour" --label "$box.c" --label "$stage/box.c" "$work/yours/box.c" "$stage/box.c" &&
        echo "$box.c is the lab's."
    [ $? -le 1 ]
    ;;
esac
