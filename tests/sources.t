#!/bin/sh
# The eight programs against their one source, and what the chapters say of it.
# seconds: 4
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

common/tools/stages.sh --check
verdict "make stages leaves no difference" $?

previous=
for source in 0?-*/box.c; do
    if [ -n "$previous" ]; then
        # Outside the header comment, which ends with the first " */".
        sed '1,/^ \*\//d' "$previous" >"$work/before"
        sed '1,/^ \*\//d' "$source" >"$work/after"
        ! diff "$work/before" "$work/after" | grep '^<'
        verdict "$source removes no line of $previous" $?
    fi
    previous=$source
done

# limit FILE LINES: code without comments and blank lines.
limit() {
    lines=$(sed 's@/\*.*\*/@@' "$1" | awk '
        /^[ \t]*\/\*/ { comment = 1 }
        !comment && NF { n++ }
        /\*\// { comment = 0 }
        END { print n }')
    [ "$lines" -le "$2" ]
    verdict "$1 has at most $2 lines of code ($lines)" $?
}
limit 01-uts/box.c 120
limit 05-proc/box.c 400
limit 08-overlay/box.c 700

# ---- what they quote ------------------------------------------------------------

for chapter in 0?-*/README.md; do
    awk -f tests/quotes.awk "${chapter%/*}/box.c" "$chapter"
    verdict "$chapter quotes ${chapter%/*}/box.c, in pieces of at most 15 lines" $?
done
sed 's/^    flags |= CLONE_NEWUTS;$/    flags |= CLONE_NEWUTC;/' 01-uts/README.md >"$work/quote.md"
! awk -f tests/quotes.awk 01-uts/box.c "$work/quote.md" >/dev/null
verdict "a quoted line that is not in the source is refused" $?

# Every new function of the stage is quoted, every link leads somewhere, every
# target of make is there.
for chapter in 0?-*/README.md; do
    tasks=$(cut -d ' ' -f 1 "${chapter%/*}/hints" | sort -u | wc -l)
    [ "$(grep -c '^| [0-9] ' "$chapter")" = "$tasks" ]
    verdict "$chapter names its stage's $tasks tasks" $?
done
for text in README.md 0?-*/README.md; do
    grep -o '](\.*[^)#:]*)' "$text" | tr -d '()]' | while read -r link; do
        [ -e "${text%README.md}$link" ] || echo "$text: $link"
    done
done >"$work/links"
cat "$work/links"
[ ! -s "$work/links" ]
verdict "the links lead to files" $?
# The minutes are those of the source: a task may be two functions.
for chapter in 0?-*/README.md; do
    common/tools/stages.sh --exercise "${chapter%/*}" | sed -n 's/^\/\* Task \([0-9]\) (\([0-9]*\) minutes; .*/\1 \2/p' |
        awk '{ minutes[$1] += $2 } END { for (task in minutes) print task, minutes[task] }' | sort >"$work/minutes"
    sed -n 's/^| \([0-9]\) [^|]*| \([0-9]*\) |.*/\1 \2/p' "$chapter" | diff "$work/minutes" -
    verdict "$chapter gives each task as many minutes as the source" $?
done
grep -oh '`make [a-z][a-z-]*' README.md 0?-*/README.md | sed 's/.* //' | sort -u | while read -r target; do
    grep -Eq "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile || echo "no make $target"
done >"$work/targets"
cat "$work/targets"
[ ! -s "$work/targets" ]
verdict "the targets of make that are named exist" $?

# ---- the known mistakes ---------------------------------------------------------

# A line without which the result is the same has found no place in the source: then
# half of the mistake is there, or nothing of it.
for mistake in tests/mistakes/*/*.sed; do
    stage=$(basename "$(dirname "$mistake")")
    sed -f "$mistake" "$stage/box.c" >"$work/mistaken"
    grep -n '^[^#]' "$mistake" | cut -d : -f 1 | while read -r line; do
        sed "${line}d" "$mistake" | sed -f - "$stage/box.c" 2>/dev/null | cmp -s - "$work/mistaken" &&
            echo "$mistake:$line: finds nothing in $stage/box.c"
    done
done >"$work/idle"
cat "$work/idle"
[ ! -s "$work/idle" ]
verdict "each line of a known mistake changes something" $?

# ---- the environment ------------------------------------------------------------

# What may be unset is asked for with a default; LAB_ is ours.
grep -rohE --include='*.sh' --include='*.t' --include=look '\$\{[A-Z][A-Z_]*:?[-+]|\<LAB_[A-Z_]+' tests common/tools |
    tr -d '${:+-' | sort -u | while read -r name; do
    sed -n '/^# ---- the environment/,/^# shellcheck/p' tests/tap.sh | grep -qw "$name" || echo "$name"
done >"$work/unnamed"
cat "$work/unnamed"
[ ! -s "$work/unnamed" ]
verdict "tests/tap.sh names all of the environment that is read" $?

# ---- their form -------------------------------------------------------------------

# form CHAPTER LINES: so many without the harder exercises, at most 20 for those.
form() {
    # With the empty line before them.
    harder=$(sed -n '/^## Harder/,$p' "$1" | wc -l)
    lines=$(($(wc -l <"$1") - harder - 1))
    [ "$lines" -le "$2" ] && [ "$harder" -le 20 ]
    verdict "$1 has at most $2 lines and 20 harder ones ($lines, $harder)" $?
    sections=$(sed -n '/^```/,/^```/d; s/^## //p' "$1" | tr '\n' '|')
    [ "$sections" = "The gap|The idea|By hand|Your turn|Our code|Predict, then try|How the real ones do it|Recap and checkpoint|Harder|" ]
    verdict "$1 has its nine sections" $?
    stage=${1%/*}
    [ "$(sed -n '/^## Harder/,$s/^\*\*\([AB]\)\. `.*/\1/p' "$1" | tr -d '\n')" = AB ] &&
        [ -f "tests/harder/$stage.sh" ] && [ -f "tests/harder/$stage-a.patch" ] && [ -f "tests/harder/$stage-b.patch" ]
    verdict "$1 ends with two harder exercises, which have a check and a solution each" $?
    [ "$(grep -c '^<details>' "$1")" = 3 ] && grep -q '^```mermaid' "$1" &&
        [ "$(sed -n '/^## How the real/,/^## Recap/p' "$1" | grep -c '^| ')" = 13 ]
    verdict "$1 has a picture, three questions, six others and five refusals" $?
}
for chapter in 0?-*/README.md; do
    case $chapter in
    01* | 03* | 05*) form "$chapter" 200 ;;
    06*) form "$chapter" 400 ;;
    *) form "$chapter" 300 ;;
    esac
done

done_testing
