#!/bin/sh
# The library, by its Check suites.
# seconds: 1
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
run_suite check_common
run_suite check_parse

done_testing
