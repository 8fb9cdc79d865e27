#!/bin/sh
# The shell of the recipes that write in this clone. What they make belongs to the
# clone's owner, also under sudo, and may be read by all who may enter the clone. A user
# who may not write there is told what to do.
#
#   as-owner.sh [PLACE...] -c COMMAND     as sh -c, in the clone's directory; PLACE is
#                                         where it writes
set -u
umask 022

owner=$(stat -c %u .)
if [ "$(id -u)" = 0 ] && [ "$owner" != 0 ]; then
    as="setpriv --reuid $owner --regid $(stat -c %g .) --clear-groups"
    # A user namespace may have no number for the owner.
    # shellcheck disable=SC2086
    ! $as true 2>/dev/null || exec $as "$0" "$@"
fi
[ "$1" != -c ] || set -- . build my 0?-* "$@"
while [ "$1" != -c ]; do
    place=$1
    shift
    if [ -e "$place" ] && [ ! -w "$place" ]; then
        if [ -O "$place" ]; then why="is read-only"; else why="belongs to $(stat -L -c %U "$place")"; fi
        [ "$place" = . ] && place="this directory"
        echo "make: you cannot write in $place, which $why; go on in a copy: cp -R . ~/lab" >&2
        exit 125
    fi
done
exec sh "$@"
