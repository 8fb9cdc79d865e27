#!/bin/sh
# make look.
# seconds: 3
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

"$lab/05-proc/box" sleep 3 &
launcher=$!
until_true sh -c "[ \"\$(cat /proc/\$(pgrep -P $launcher)/comm)\" = sleep ]"
common/tools/look "$(pgrep -P "$launcher")" >"$work/look"
[ "$(grep -c 'isolated' "$work/look")" = 7 ] && grep -q '^net  *shared' "$work/look" &&
    ! grep -q '.\{81\}' "$work/look"
verdict "make look: 05 isolates seven of eleven, and not the network" $?
kill "$launcher"
wait "$launcher" 2>/dev/null
for value in none 999999999; do
    output=$(common/tools/look "$value" 2>&1)
    [ $? = 125 ] && case $output in *"expected the PID of a process"*) true ;; *) false ;; esac
    verdict "look '$value' is refused" $?
done

done_testing
