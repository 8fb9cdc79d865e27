#!/bin/sh
# The harder exercises: a stage fails them, and passes them with their solutions.
# seconds: 40
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

tests/harder.sh
verdict "the harder exercises fail without and pass with their solutions" $?

done_testing
