#!/bin/sh
# Every claim of every stage, as root and as an ordinary user.
# seconds: 35
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

set --
for box in 0?-*/box; do
    set -- "$@" "${box%/box}"
done
tests/verify.sh "$@" >"$work/verdicts"
status=$?
cat "$work/verdicts"
verdict "make verify ends with 0" $status
! grep FAILED "$work/verdicts"
verdict "and no stage before is said to fail" $?

done_testing
