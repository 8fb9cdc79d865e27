#!/bin/sh
# `make check-vm`: the checks on other kernels, one machine after the other.
# Ends with one line, N passed, N failed, N skipped.
set -u

cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM HUP
for kernel; do
    tests/vm/vm.sh check "$kernel" 2>&1 || echo "not ok - Linux $kernel"
done | tee "$log"

passed=$(grep -c '^ok ' "$log") failed=$(grep -c '^not ok ' "$log")
grep '^not ok ' "$log"
echo "$passed passed, $failed failed, $(grep -c '^skip ' "$log") skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
