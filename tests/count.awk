# Adds up what the tests have said, in one line: N passed, N failed, N skipped.
# Exits with 1 if something failed, or if nothing ran.

# Check prints "97%: Checks: 243, Failures: 1, Errors: 0" per suite.
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
}
