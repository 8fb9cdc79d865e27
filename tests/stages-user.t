#!/bin/sh
# Each stage from outside, by a Check suite, as an ordinary user.
# seconds: 8
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
# shellcheck disable=SC2086
CK_RUN_CASE=stages run_suite check_stages $as_user

done_testing
