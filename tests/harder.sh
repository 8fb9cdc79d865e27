#!/bin/sh
# Proves that the harder exercises' checks have teeth and can be passed: a stage as it
# is fails both of its own, and with one reference solution, tests/harder/NN-name-a.patch,
# that one passes and the other does not.
#
#   harder.sh [STAGE...]             a line for each proof
#   harder.sh --build DIR STAGE      builds its solutions for another host, where
#   harder.sh --built DIR STAGE      proves them
set -u

cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-harder.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE
status=0

# verdict_on TASK: ok, not or skip.
verdict_on() {
    sed -n "s/^\(ok\|not\|skip\) \(ok \)*$1 .*/\1/p" "$work/verdict"
}

# expect CLAIM BOX A B: the verdicts on the two tasks; and nothing else fails. What
# this host refuses (skip) is seen on another one.
expect() {
    BOX=$2 tests/verify.sh --harder --as root "$stage" >"$work/verdict"
    case "$(verdict_on A) $(verdict_on B)" in
    "$3 $4" | "skip $4" | "$3 skip" | "skip skip") ;;
    *) false ;;
    esac && ! grep -q '^not ok [^AB]' "$work/verdict"
    passed=$?
    if [ $passed = 0 ]; then
        echo "ok - $1"
    else
        sed 's/^/    /' "$work/verdict"
        echo "not ok - $1"
        status=1
    fi
}

# build DIRECTORY LETTER: the stage with that solution.
build() {
    mkdir -p "$1/$stage"
    cp "$stage/box.c" "$1/$stage/"
    patch -s -d "$1" -p1 <"tests/harder/$stage-$2.patch" && make -s OWN_CFLAGS=-Werror "$1/$stage/box"
}

if [ "${1:-}" = --build ]; then
    stage=$3
    build "$2/$stage-a" a && build "$2/$stage-b" b
    exit
fi
built=$work
[ "${1:-}" != --built ] || { built=$2 && shift 2; }
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(find tests/harder -name '*.sh' | sort | sed 's/.*\///; s/\.sh$//')
for stage; do
    expect "$stage fails both of its harder exercises" "$stage/box" not not
    for letter in a b; do
        patch=tests/harder/$stage-$letter.patch
        solution=$built/$stage-$letter
        if [ ! -x "$solution/$stage/box" ] && ! build "$solution" "$letter"; then
            echo "not ok - $patch applies and builds without a warning"
            status=1
            continue
        fi
        what=$(sed -n 's/^what: *//p; /^---/q' "$patch")
        if [ "$letter" = a ]; then a=ok b=not; else a=not b=ok; fi
        expect "$stage passes one with its solution: $what" "$solution/$stage/box" $a $b
    done
done
exit $status
