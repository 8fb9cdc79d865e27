#!/bin/sh
# SIGKILL at a hundred moments of a start, and ten boxes at once, as root and as a user.
# seconds: 30
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

copy_programs
export CK_RUN_CASE=storms
run_suite check_stages
# shellcheck disable=SC2086
run_suite check_stages $as_user

done_testing
