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

awk '
/^[0-9]+%: Checks: / {
    gsub(/,/, "")
    failed += $5 + $7
    passed += $3 - $5 - $7
}
/^ok / { passed++ }
/^not ok / { failed++ }
/^skip / { skipped++ }
END {
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0 || passed == 0
}' "$log"
