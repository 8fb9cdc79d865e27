#!/bin/sh
# Proves that the checks know the mistakes that people make, tests/mistakes/: each one
# is applied to its stage and built, and the verify script must refuse it by the check
# that it belongs to, with its own diagnosis.
#
#   mistakes.sh                      all of them
#   mistakes.sh FILE...              these; prints a line for each
#   mistakes.sh --build DIR          those that need cgroup v2: builds them for a host
#   mistakes.sh --built DIR          that has it, and proves them there
#
# A mistake is a sed(1) script for its stage's box.c. It names what it is about, a call
# or a constant, and as little as it can of what stands beside that, for it may change.
# {h;d} takes a line away and G brings it back further down; {H;d} several, after an empty
# one. At its head stand what was done, the check that refuses it, and what that says:
#
#   # what:   the hostname is set before the clone
#   # check:  2 hostname inside prints the name given      (- for exit and cleanup)
#   # likely: sethostname before the clone, or not at all
#   # as:     user                                         (if root's box passes)
#   # needs:  v2                                           (or root, v1, limits: needs.sh)
#   # hangs:  yes                                          (if a box of it does not end)
set -u

cd "$(dirname "$0")/.." || exit 1

# said KEY: what stands at its head.
said() {
    sed -n "s/^# $1: *//p" "$file"
}

# build DIRECTORY: the stage with the mistake in it.
build() {
    mkdir -p "$1/$stage"
    sed -f "$file" "$stage/box.c" >"$1/$stage/box.c" || return 1
    if cmp -s "$stage/box.c" "$1/$stage/box.c"; then
        echo "it changes nothing in $stage/box.c"
        return 1
    fi
    make -s OWN_CFLAGS=-Wno-error "$1/$stage/box" >"$1/output" 2>&1 && return
    cat "$1/output"
    echo "it does not build"
    return 1
}

# In a subshell: its end removes what it has made.
refused() {
    work=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-mistake.XXXXXX") || return 1
    trap 'rm -rf --one-file-system "$work"' EXIT
    trap 'exit 130' INT TERM HUP PIPE
    program=${built:-$work}/$name
    [ -x "$program/$stage/box" ] || build "$program" || return 1
    as=$(said as)
    # What does not hang is no slower for it, and comes to its end however busy the machine is.
    seconds=60
    [ -z "$(said hangs)" ] || seconds=5
    BOX=$program/$stage/box tests/verify.sh --own --seconds $seconds --as "${as:-root}" "$stage" >"$work/verdict"
    number=$(said check | cut -d ' ' -f 1) claim=$(said check | cut -d ' ' -f 2-)
    # What is told in full, in one line.
    awk '/^not ok/ { first = first ? first : $0 } /^    / { told = told $0 } /^ok|^todo/ { if (told) exit } END { print first; print told }' \
        "$work/verdict" | tr -s ' ' >"$work/told"
    # A verdict's first line is cut off at 80 columns, its others are folded.
    case $(head -n 1 "$work/told") in
    "not ok $number "*": $(printf '%.20s' "$claim")"*) ;;
    *) cat "$work/verdict"; echo "expected to be refused by: $number $claim"; return 1 ;;
    esac
    case $(sed 1d "$work/told" | tr -d ' ') in
    *"likely:$(said likely | tr -d ' ')"*) ;;
    *) cat "$work/verdict"; echo "expected the diagnosis: $(said likely)"; return 1 ;;
    esac
}

if [ $# = 0 ]; then
    # As many at once as there are CPUs; what one prints stays together.
    # shellcheck disable=SC2046
    printf '%s\n' tests/mistakes/0?-*/*.sed | xargs -n 1 -P "$(nproc)" tests/mistakes.sh
    exit
fi
directory='' built=''
case $1 in
--build) directory=$2 ;;
--built) built=$2 ;;
esac
# shellcheck disable=SC2046
[ -z "$directory$built" ] || set -- $(grep -l '^# needs: *v2' tests/mistakes/*/*.sed)
status=0
for file; do
    stage=$(basename "$(dirname "$file")")
    name=$stage/$(basename "$file" .sed)
    if [ -n "$directory" ]; then
        build "$directory/$name" || status=1
    elif [ -n "$(said needs)" ] && reason=$(common/tools/needs.sh "$(said needs)") && [ -n "$reason" ]; then
        echo "skip $name: $reason"
    elif output=$(refused 2>&1); then
        echo "ok - $name: refused, $(said what)"
    else
        # What was found is no verdict of ours.
        echo "$output" | sed 's/^/    /'
        echo "not ok - $name: refused, $(said what)"
        status=1
    fi
done
exit $status
