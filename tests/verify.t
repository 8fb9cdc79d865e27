#!/bin/sh
# Every claim of every stage, as root and as an ordinary user.
# seconds: 35
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

set --
for box in 0?-*/box; do
    set -- "$@" "${box%/box}"
done
tests/verify.sh "$@"
verdict "make verify ends with 0" $?

done_testing
