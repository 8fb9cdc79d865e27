#!/bin/sh
# Other people's machines and habits: odd paths and values, sudo, a clone that is not
# one's own, terminals that can do little. In clones of the lab as it is now.
# seconds: 35
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

# What the caller has set must not reach the clones' make.
unset MAKEFLAGS MAKELEVEL MFLAGS NO_COLOR STAGE BOX FROM
[ -n "$many_users" ] || as_user=

# tell CLAIM STATUS: a verdict; if it is not ok, with what was printed.
tell() {
    [ "$2" = 0 ] || head -n 12 "$work/output"
    verdict "$1" "$2"
}
# in_clone DIRECTORY COMMAND...: what it prints is in $work/output.
in_clone() { (cd "$1" && shift && "$@") >"$work/output" 2>&1; }
says() { grep -qF -e "$1" "$work/output"; }
lines() { [ "$(wc -l <"$work/output")" = "$1" ]; }
# on_terminal COMMAND: in a terminal of its own.
on_terminal() { SHELL=/bin/sh script -qec "$1" /dev/null >"$work/output" 2>&1; }
colours() { grep -q "$(printf '\033')" "$work/output"; }
# refused_in DIRECTORY WHY COMMAND: in one line, which says what to do.
refused_in() {
    why=$2
    in_clone "$1" sh -c "$3"
    status=$?
    sed -i '/^make: \*\*\*/d' "$work/output"
    [ $status != 0 ] && lines 1 && says "you cannot write in this directory, which $why" && says "cp -R . ~/lab"
}

git_alone() { git -c user.name=lab -c user.email=lab@localhost -c core.autocrlf=false -c init.defaultBranch=main "$@"; }
mkdir "$work/source"
cp -a Makefile README.md .git?* common tests 0?-* "$work/source/" &&
    (cd "$work/source" && git_alone init -q && git_alone add -A && git_alone commit -q -m lab) || exit 1

# A clone of the user's, whose path make, a shell and a socket could stumble over.
# Built by root, or else by who runs this.
deep=$(printf %090d 0)
mkdir "$work/it's" || exit 1
clone="$work/it's a+b \$(x) \"c\"
d/$deep"
mkdir -p "$clone"
git -c core.autocrlf=true clone -q "$work/source" "$clone/lab" || exit 1
clone=$clone/lab
# As a home is.
chmod 700 "${clone%/*}"
[ -z "$as_user" ] || chown -hR 12345:12345 "${clone%/*}"
cp -a "$clone" "$work/bare"

(cd "$clone" && git -c safe.directory='*' ls-files --eol | grep 'w/[^ ]*crlf') >"$work/output" 2>&1
[ ! -s "$work/output" ]
tell "a clone has LF, whatever core.autocrlf says" $?

# ---- sudo make, in a clone that is the user's ----------------------------------------

export CFLAGS=-O0
(umask 077 && in_clone "$clone" env -u HOME make all build/rootfs build/probe build/reaper)
tell "make builds in a path with odd characters, with umask 077, without HOME" $?
in_clone "$clone" sh -c 'make start STAGE=2 && make hint STAGE=2 && env -u HOME make grade && make -q all' && says "my                   -   0/4     -"
tell "so do make start, hint and grade; nothing is built twice" $?
in_clone "$clone" sh -c 'echo "echo mine >/etc/new && cat /etc/new" | make run STAGE=5'
says mine
tell "a box of the runner's may write in its rootfs" $?
in_clone "$clone" common/tools/sandbox.sh 08-overlay/box rm -r /bin
tell "also in the sandbox" $?
if [ -n "$as_user" ]; then
    touch "$clone/README.md"
    in_clone "$clone" make -f - status <<'END'
include Makefile
status:
	git -c safe.directory='*' status --short
END
    find "$clone" ! -uid 12345 -o ! -gid 12345 >"$work/output"
    [ ! -s "$work/output" ] && [ -s "$clone/my/hints" ]
    tell "what root's make builds in a user's clone is his" $?
    find "$clone/build" -type d ! -perm -005 -o -type f ! -perm -004 >"$work/output"
    [ ! -s "$work/output" ]
    tell "and may be read by others" $?
else
    skip "what root's make builds in a user's clone is his" "it takes root"
fi

# ---- a clone in which one may not write -------------------------------------------------

read_only="unshare --mount"
[ "$(id -u)" = 0 ] || read_only="unshare --map-root-user --mount"
for command in "make" "make tour" "make start STAGE=1" "make rootfs"; do
    refused_in "$work/bare" "is read-only" "$read_only sh -c 'mount --bind . . && mount -o remount,bind,ro . && cd . && cd \"\$PWD\" && exec $command'"
    tell "$command in a read-only clone says what to do" $?
done

for command in "make help" "make -n tour"; do
    in_clone "$work/bare" sh -c "$read_only sh -c 'mount --bind . . && mount -o remount,bind,ro . && cd \"\$PWD\" && exec $command'"
    tell "$command goes on there" $?
done
if [ -n "$as_user" ]; then
    # Built, and root's.
    mv "$clone" "$work/built"
    chown -hR 0:0 "$work/built" "$work/bare"
    for command in "make" "make tour" "make start STAGE=1" "make rootfs" "make clean"; do
        refused_in "$work/bare" "belongs to root" "exec $as_user $command"
        tell "$command in root's clone says what to do" $?
    done
    in_clone "$work/built" sh -c "exec $as_user make" && in_clone "$work/built" sh -c "exec $as_user make -s diff STAGE=2"
    says CLONE_NEWUSER
    tell "what needs not write in a clone that root has built goes on" $?
    chown -hR 12345:12345 "$work/bare"
    chown -hR 12345:12345 "$work/built"
    mv "$work/built" "$clone"
else
    skip "a clone of root's says what to do" "it takes root"
fi

# ---- odd values -------------------------------------------------------------------------

newline="a
b"
for value in "it's.tar" 'a"b' 'a$b' 'a$$(x)' 'a b' 'a;b' "$newline" 'a#b' 'a:b'; do
    in_clone "$clone" make rootfs "FROM=$value"
    says "FROM=$(printf '%s\n' "$value" | head -n 1)" && says "no such file"
    tell "FROM='$(echo "$value" | tr '\n' ' ')' arrives as it was typed" $?
done
tar -C "$clone/build/rootfs" -cf "$clone/it's \$x:a.tar" .
in_clone "$clone" make rootfs "FROM=it's \$x:a.tar" && says "is ready"
tell "a file with such a name is unpacked" $?
in_clone "$clone" make grade "DIR=it's \$x;y"
says "DIR=it's \$x;y is no directory"
tell "DIR" $?
in_clone "$clone" make look "PID=1; echo bad"
says "'1; echo bad': expected the PID"
tell "PID" $?
in_clone "$clone" make start STAGE=2 "RESET=it's \$x" && says "my/02-user/box.c.1 is what you had"
tell "RESET" $?
in_clone "$clone" make verify STAGE=3 "BOX=it's \$x;y"
says "BOX='it's \$x;y' is no program"
tell "BOX" $?
mkdir -p "$clone/it's\$x/03-pid"
cp 03-pid/box.c "$clone/it's\$x/03-pid/"
[ -z "$as_user" ] || chown -hR 12345:12345 "$clone"
in_clone "$clone" make "it's\$x/03-pid/box" && "$clone/it's\$x/03-pid/box" true
tell "and such a program is built" $?

# ---- terminals --------------------------------------------------------------------------

cd "$clone" || exit 1
on_terminal "TERM=xterm make -s diff STAGE=2" && colours
tell "make diff has colours" $?
echo y >"$work/yes"
for setting in NO_COLOR=1 TERM=dumb; do
    on_terminal "TERM=xterm $setting make -s diff STAGE=2" && ! colours && says CLONE_NEWUSER
    tell "but not with $setting" $?
    on_terminal "echo y | TERM=xterm $setting make -s solution STAGE=2"
    ! colours && says "+"
    tell "nor has make solution" $?
    on_terminal "TERM=xterm $setting common/tools/sandbox.sh common/tools/play.exp tour 01-uts/README.md" &&
        ! colours && says "hello"
    tell "nor has make tour" $?
done
TERM=dumb expect -c 'set timeout 300; spawn -noecho make -s watch STAGE=2; expect "todo 1"; exec kill -TERM -- -[exp_pid]; expect eof' >"$work/output"
! colours && says "todo 1"
tell "make watch does not clear a dumb terminal" $?
on_terminal "TERM=dumb make -s demo STAGE=1"
lines 2 && says "TERM='dumb': expected a terminal that"
tell "make demo says that a dumb terminal is not enough" $?
for shell in /usr/sbin/nologin /bin/false; do
    # A socket's path has at most 107 bytes.
    TERM=xterm SHELL=$shell expect -c 'set timeout 300; set stty_init "rows 24 cols 80"
        spawn -noecho make -s demo STAGE=1; expect "type the next"
        exec kill -TERM -- -[exp_pid]; expect eof' >"$work/output" 2>&1
    says "type the next"
    tell "make demo with SHELL=$shell, in a deep directory" $?
done
cd "$lab" || exit 1

# ---- make's own manners -------------------------------------------------------------------

make -s help >"$work/output" 2>&1
[ "$(wc -l <"$work/output")" -le 22 ] && [ "$(wc -L <"$work/output")" -le 80 ] &&
    head -n 4 "$work/output" | grep -q "make tour"
tell "make help fits on a screen of 80x24, and begins with what a newcomer needs" $?
make -s help ALL=1 >"$work/help" 2>&1
# What others use is no command.
sed -n '/^\.PHONY: all/,/[^\\]$/p' Makefile | grep -o '[a-z][a-z-]*' |
    grep -vxi -e phony -e all -e vm-programs -e check-programs -e help |
    while read -r target; do grep -q "^  make $target\( \|\$\)" "$work/help" || echo "$target"; done >"$work/output"
[ "$(wc -L <"$work/help")" -le 80 ] && [ ! -s "$work/output" ]
tell "make help ALL=1 names every command" $?
for command in "run STAGE=9" "run STAGE=" "run STAGE=%" "run STAGE='3 4'" "start" "bug" "test" "verify BOX=x"; do
    in_clone "$work/bare" sh -c "make $command"
    [ $? = 2 ] && lines 1 && grep -q -e expected -e "make start STAGE=NN first" "$work/output" &&
        [ ! -e "$work/bare/build" ]
    tell "make $command is refused in one line, before anything is built" $?
done

done_testing
