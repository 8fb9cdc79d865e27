#!/bin/sh
# Runs the verify scripts of the named stages, as root and as an ordinary
# user, in the sandbox: verify.sh 01-uts 03-pid. BOX as in lib.sh.
set -u

cd "$(dirname "$0")/.." || exit 1
# As on a host with systemd; else a forgotten MS_PRIVATE would not show.
mount --make-rshared / || exit 1

status=0
for stage; do
    if [ ! -f "tests/verify/$stage.sh" ]; then
        echo "verify: '$stage' is no stage; expected a name such as 03-pid" >&2
        exit 125
    fi
    for as in root user; do
        AS=$as "tests/verify/$stage.sh" || status=1
    done
done
exit "$status"
