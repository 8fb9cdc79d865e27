#!/bin/sh
# Runs the verify scripts of the named stages, as root and as an ordinary
# user, in the sandbox: verify.sh 01-uts 03-pid. BOX as in lib.sh.
set -u

cd "$(dirname "$0")/.." || exit 1

refuse() {
    echo "verify: $*" >&2
    exit 125
}

if [ "${BOX+given}" = given ] && { [ ! -f "$BOX" ] || [ ! -x "$BOX" ]; }; then
    refuse "BOX='$BOX' is no program; expected the path of one, as 03-pid/box"
fi
# As on a host with systemd; else a forgotten MS_PRIVATE would not show.
mount --make-rshared / || exit 1

# One run: what it says, also if it ends badly without a word of it.
run_as() {
    AS=$1 "tests/verify/$stage.sh" && return
    ended=$?
    [ "$ended" = 1 ] || echo "not ok - tests/verify/$stage.sh ended with $ended"
    return 1
}

status=0
for stage; do
    [ -f "tests/verify/$stage.sh" ] ||
        refuse "'$stage' is no stage; expected a name such as 03-pid"
    as_root=$(run_as root) || status=1
    echo "$as_root"
    as_user=$(run_as user) || status=1
    # What both have in common need not be read twice.
    if [ "$(echo "$as_root" | sed 1d)" = "$(echo "$as_user" | sed 1d)" ]; then
        echo "# $stage as user: the same"
    else
        echo "$as_user"
    fi
done
exit "$status"
