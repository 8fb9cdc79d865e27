#!/bin/sh
# Programs that go wrong in every way are ended, named and cleaned up.
# seconds: 75
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

says() { grep -q -e "$1" "$work/output"; }

# wild NAME STAGE WHERE CODE EXPECTED: the code stands in the child before the command,
# or in the launcher at its start; the verdict has a line like EXPECTED, in time.
wild() {
    mkdir -p "$work/wild/$2"
    case $3 in
    child) sed "s/^    run_command(box);/    $4\n&/" "$2/box.c" ;;
    launcher) sed "s/^    begin_program(argv);/&\n    $4/" "$2/box.c" ;;
    esac | sed 's/^#include <unistd.h>/&\n#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>/' >"$work/wild/$2/box.c"
    make -s OWN_CFLAGS=-Wno-error "$work/wild/$2/box"
    BOX=$work/wild/$2/box timeout 300 tests/verify.sh "$2" >"$work/output" 2>&1
    [ $? = 1 ] && says "$5" && [ "$(wc -l <"$work/output")" -le 15 ] && ! grep '.\{81\}' "$work/output"
    named=$?
    # Not a verdict of this suite.
    [ $named = 0 ] || sed 's/^/    /' "$work/output"
    verdict "a program that $1 is ended, named and cleaned up" $named
}
wild "does not end" 03-pid child 'for (;;) pause();' "likely:   it does not end"
wild "prints without end" 01-uts child 'for (;;) puts("flood");' "likely:   it does not end"
wild "floods its errors" 01-uts child 'for (;;) fputs("flood", stderr);' "likely:   it"
# Only a cgroup counts how often a fork was refused.
bomb="it starts processes without end"
[ -n "$many_users" ] || bomb="$bomb\|it does not end"
wild "forks without end" 01-uts child 'for (;;) fork();' "$bomb"
wild "forks without end, out of its group" 02-user launcher 'for (;;) if (fork() == 0) setsid();' "$bomb"
# An ordinary user's malloc(3) fails, if that much can be written in time.
memory="it takes memory without end\|it does not end"
[ "$(id -u)" = 0 ] && [ -n "$many_users" ] || memory="$memory\|killed by signal 11"
wild "takes memory without end" 01-uts child 'for (;;) memset(malloc(1000000), 1, 1000000);' \
    "likely:   .*\($memory\)"
wild "crashes" 01-uts launcher 'raise(SIGSEGV);' "it crashes: signal 11"
wild "crashes inside" 02-user child 'raise(SIGSEGV);' "killed by signal 11"
wild "leaves a process behind" 03-pid launcher 'if (system("setsid sleep 1000 <\/dev\/null >\/dev\/null 2>\&1 \&")) {}' \
    "it leaves processes behind"
wild "leaves a mount behind" 02-user launcher 'if (system("mount -t tmpfs lab \/mnt")) {}' \
    "found:    > mount .* \/mnt"
wild "leaves a link behind" 02-user launcher 'if (system("ip link add lab0 type bridge 2>\/dev\/null")) {}' \
    "found:    > link lab0"
# Where one may be made.
if [ -z "$(common/tools/needs.sh limits)" ]; then
    wild "leaves a cgroup behind" 02-user launcher \
        'if (system("mkdir -p $(awk '\''$3 == \\"cgroup2\\" { print $2; exit }'\'' \/proc\/mounts)\/box-left")) {}' \
        "found:    > cgroup .*box-left"
fi

done_testing
