#!/bin/sh
# The known mistakes, each refused by its own check with its own diagnosis.
# seconds: 480
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

mkdir "$work/01-uts"
sed 's/^[^#]/#&/' tests/mistakes/01-uts/flag-missing.sed >"$work/01-uts/nothing.sed"
! tests/mistakes.sh "$work/01-uts/nothing.sed" >"$work/output" && grep -q "it changes nothing" "$work/output"
verdict "a mistake that changes nothing is refused" $?

tests/mistakes.sh
verdict "every mistake is refused by its own check ($(find tests/mistakes -name '*.sed' | wc -l))" $?

done_testing
