#!/bin/sh
# Checks that must be able to fail: with the program of the stage before each check of a
# stage's own tasks fails, and a chapter with one character changed is refused.
# seconds: 45
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

# A check that the stage before passes proves nothing.
#   teeth STAGE BOX: with BOX every check of STAGE's tasks fails, all else not.
# 01 has no stage before it.
teeth() {
    SLOW=4 BOX=$2 tests/verify.sh --details --as root "$1" >"$work/details"
    awk '
        /^check .* - / && !/^check ok/ { print "fails, but should not: " $0; bad = 1 }
        /^# the stages before/ { before = 1 }
        /^not ok - the stages before/ { print; getline; print; bad = 1 }
        !before && /^check ok [0-9g]/ { print "passes, but should not: " $0; bad = 1 }
        before && /^check failed [0-9g]/ { print "fails, but should not: " $0; bad = 1 }
        /^check failed [0-9g]/ { seen = 1 }
        END { exit bad || !seen || !before }' "$work/details"
}
before=
for box in 0?-*/box; do
    stage=${box%/box}
    if [ -n "$before" ]; then
        teeth "$stage" "$lab/$before/box"
        verdict "$before fails exactly the checks that $stage adds" $?
    fi
    before=$stage
done

# One character of what a chapter expects, and it fails.
#   altered NUMBER SED-COMMAND: in the first chapter's line of that text
altered() {
    mkdir -p "$work/altered/01-uts"
    sed "$2" 01-uts/README.md >"$work/altered/01-uts/README.md"
    ! cmp -s 01-uts/README.md "$work/altered/01-uts/README.md" &&
        ! common/tools/sandbox.sh common/tools/play.exp check "$work/altered/01-uts/README.md" \
            >"$work/output" &&
        grep -q '^not ok' "$work/output"
    verdict "a chapter with another $1 is refused" $?
}
altered "word" 's/^hello world$/hello worlb/'
altered "PID where one is meant twice" 's/^still 4711$/still 4712/'
altered "undeclared number" 's/^still 4711$/still 4719/'
altered "inode for two namespaces" 's/^uts:\[4026532319\]$/uts:[4026532177]/'
altered "line too many" 's/^animals$/&\nanimals/'
altered "line missing" '/^animals$/d'
altered "command" 's/; domainname animals$/; domainname animal/'

done_testing
