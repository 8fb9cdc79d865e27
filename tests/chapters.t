#!/bin/sh
# Every command of the chapters is typed, and what it shows compared.
# seconds: 15
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

common/tools/sandbox.sh common/tools/play.exp check 0?-*/README.md
verdict "the chapters come to their end" $?

done_testing
