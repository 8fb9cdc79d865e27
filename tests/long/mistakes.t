#!/bin/sh
# The known mistakes, each refused by its own check with its own diagnosis.
# seconds: 480
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

tests/mistakes.sh
verdict "every mistake is refused by its own check ($(find tests/mistakes -name '*.patch' | wc -l))" $?

done_testing
