#!/bin/sh
# `make check-vm`: the checks on other kernels, check.sh KERNEL...; ARCH as in disk.sh.
# Each machine is emulated on one CPU, so they run at the same time. Ends with the
# failures once more, and one line: N passed, N failed, N skipped.
set -u

cd "$(dirname "$0")/../.." || exit 1
tests/vm/disk.sh "$@" || exit 1
said=$(mktemp -d)
machines=
# A machine is a process group: what is interrupted here does not reach it.
# shellcheck disable=SC2317 # the trap calls it
end() {
    for machine in $machines; do
        kill -- "-$machine" 2>/dev/null
    done
    wait
    rm -r "$said"
}
trap end EXIT
trap 'exit 130' INT TERM HUP PIPE
for kernel; do
    setsid tests/vm/vm.sh check "$kernel" "$said/$(basename "$kernel" .deb)" &
    machines="$machines $!"
done
status=0
for machine in $machines; do
    wait "$machine" || status=1
done
machines=

cat "$said"/* >"$said/all"
grep '^not ok ' "$said/all"
skipped=$(grep -c '^ok .* # skip$' "$said/all")
passed=$(($(grep -c '^ok ' "$said/all") - skipped))
echo "$passed passed, $(grep -c '^not ok ' "$said/all") failed, $skipped skipped"
exit "$status"
