#!/bin/sh
# The exercises, task by task.
# seconds: 80
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

tests/exercises.sh
verdict "the exercises turn task by task" $?

done_testing
