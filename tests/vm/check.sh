#!/bin/sh
# `make check-vm`: the checks on other kernels, one machine after the other.
# Ends with one line, N passed, N failed, N skipped.
set -u

cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for kernel; do
    tests/vm/vm.sh check "$kernel" 2>&1 || echo "not ok - Linux $kernel"
done | tee "$log"

awk -f tests/count.awk "$log"
