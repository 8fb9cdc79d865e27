# Adds up what the tests have said: the failures once more, and in the last line
# N passed, N failed, N skipped. Exits with 1 if something failed, or if nothing ran.

# Check prints "97%: Checks: 243, Failures: 1, Errors: 0" per suite,
# and "tests/check_parse.c:97:F:..." per failure.
/^[0-9]+%: Checks: / {
    gsub(/,/, "")
    failed += $5 + $7
    passed += $3 - $5 - $7
}
/^[^ ]+:[0-9]+:[FE]:/ { failures = failures "failed: " $0 "\n" }
/^ok / { passed++ }
/^not ok / {
    failed++
    sub(/^not ok (- )?/, "failed: ")
    failures = failures $0 "\n"
}
/^skip / { skipped++ }
END {
    printf "%s%d passed, %d failed, %d skipped\n", failures, passed, failed, skipped
    exit failed > 0 || passed == 0
}
