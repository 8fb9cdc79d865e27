#!/bin/sh
# Each stage from outside, by a Check suite, as root.
# seconds: 9
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
CK_RUN_CASE=stages run_suite check_stages

done_testing
