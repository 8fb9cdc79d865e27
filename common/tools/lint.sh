#!/bin/sh
# Style: shellcheck for the shell scripts, clang-format for the C sources, the eight
# programs against their one source, and what shellcheck does not know. Changes nothing.
set -u

status=0
shellcheck -x common/tools/*.sh common/tools/look tests/*.sh tests/*.t tests/long/*.t tests/verify/*.sh tests/harder/*.sh tests/vm/*.sh .ci/run || status=1
clang-format --dry-run --Werror common/*.[ch] common/tools/*.c tests/*.[ch] 0?-*/*.[ch] || status=1
common/tools/stages.sh --check || status=1
# dash does not run an EXIT trap when a signal ends it: Ctrl-C would leave the files.
grep -lr '^ *trap .* EXIT$' common tests | xargs grep -L "trap 'exit 130' INT TERM HUP PIPE" |
    sed "s/\$/: has an EXIT trap, but no trap 'exit 130' INT TERM HUP PIPE/" | grep . && status=1
exit "$status"
