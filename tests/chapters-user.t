#!/bin/sh
# The chapters' commands once more, typed by an ordinary user in a directory of his own.
# seconds: 15
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

if [ -z "$many_users" ]; then
    skip "the chapters as an ordinary user" "who runs this is one"
    done_testing
fi
mkdir -p "$work/user/build"
cp -a Makefile common tests 0?-* "$work/user/"
cp -a build/rootfs build/probe build/reaper "$work/user/build/"
chown -hR "$user_id:$user_id" "$work/user"
(cd "$work/user" && HOME=$work/user $as_user common/tools/sandbox.sh \
    common/tools/play.exp check 0?-*/README.md)
verdict "the chapters come to their end" $?

done_testing
