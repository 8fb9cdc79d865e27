#!/bin/sh
# common/tools/look finds your own newest box. What somebody else has prepared
# neither runs with your rights nor reaches your terminal as it is; and that
# holds for what the chapters type with the PID, too.
# seconds: 6
# shellcheck disable=SC2086
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

started=

# Another user, where the sandbox has one.
another=
[ -z "$many_users" ] || another=$as_user

# The lab may lie where nobody else may look.
mkdir -m 777 "$work/theirs"
mkdir -p "$work/build" "$work/common"
cp -a build/rootfs "$work/build/"
cp -a common/tools "$work/common/"
for stage in 01-uts 05-proc; do
    mkdir "$work/$stage"
    cp "$stage/box" "$work/$stage/"
done
cd "$work" || exit 1
look=common/tools/look

# hold COMMAND...: sets launcher, after COMMAND has written a line. It has for
# its input what ends when this script does.
mkfifo in out
exec 3<>in
hold() {
    "$@" <in >out 3>&- &
    launcher=$!
    started="$started $launcher"
    read -r _ <out || echo "# it did not start: $*"
}
wait_for_input='echo ready; exec cat >/dev/null'
child_of() { pgrep -o -P "$1"; }

# look_refuses PATTERN WORDS...: one line with PATTERN, and status 125.
look_refuses() {
    pattern=$1
    shift
    "$@" >refusal 2>&1
    [ $? = 125 ] && [ "$(wc -l <refusal)" = 1 ] && grep -q "$pattern" refusal && return
    sed 's/^/# /' refusal
    return 1
}

# ---- which box ----------------------------------------------------------------

look_refuses "no box of yours runs here" $look --pid
verdict "without a box look says so" $?

hold 05-proc/box --hostname leopard sh -c "$wait_for_input"
box=$(child_of "$launcher")
$look >shown
[ "$(grep -c ' isolated ' shown)" = 7 ] && grep -q '^net  *shared' shown &&
    grep -q '^uts  *isolated .* leopard$' shown && ! grep -q '.\{81\}' shown
verdict "05 isolates seven of eleven, and not the network" $?
[ "$($look --pid)" = "$box" ] && $look "$box" | grep -q "PID $box (cat)"
verdict "look --pid is the PID of the box's command, nothing else" $?

hold unshare --mount 05-proc/box sh -c "$wait_for_input"
[ "$($look --pid)" = "$(child_of "$launcher")" ]
verdict "a launcher in another mount namespace, as after sudo make run, is found" $?

hold 05-proc/box --init sh -c "$wait_for_input"
init=$(child_of "$launcher")
[ "$($look --pid)" = "$(child_of "$init")" ]
verdict "with a second one it is the newer one's; with --init the command's" $?

# A script's process has its file's name.
pose='printf "#!/bin/sh\nsh -c \"echo ready; cat >/dev/null; true\"\n:\n" >"$0"; chmod +x "$0"; exec 4<&0; "$0" <&4 & wait'
hold 05-proc/box sh -c "$pose" /tmp/box
[ "$($look --pid)" = "$(child_of "$launcher")" ]
verdict "a process in the box that calls itself box is no launcher" $?
hold 01-uts/box sh -c "$pose" "$work/theirs/box"
[ "$($look --pid)" = "$(child_of "$launcher")" ]
verdict "nor is it in 01, where all but the hostname is shared" $?
mine=$(child_of "$launcher")

if [ -n "$another" ]; then
    hold $another 05-proc/box sh -c "$wait_for_input"
    [ "$($look --pid)" = "$mine" ]
    verdict "another user's box is not yours, though it is newer" $?
    [ "$($another $look --pid)" = "$(child_of "$launcher")" ] &&
        $another $look | grep -q '^uts  *isolated .* box$'
    verdict "it is his, and he sees its hostname without being root" $?
    # As passwd(1) or su(1) through a link of that name.
    mkdir -m 755 as-root
    cp "$(command -v sh)" as-root/box
    chmod 4755 as-root/box
    hold $another as-root/box -p -c "sh -c '$wait_for_input'; true"
    [ "$($look --pid)" = "$mine" ]
    verdict "nor is a set-user-ID program of yours that he has started" $?
else
    skip "another user's box, and programs" "the sandbox has one user"
fi

# ---- which PIDs are refused ---------------------------------------------------

for word in none self 1/../1 -1 999999999; do
    look_refuses "'$word': expected the PID of a process" $look "$word"
    verdict "look '$word' is refused" $?
done
look_refuses "expected --pid, or one PID" $look 1 2
verdict "and so are two words" $?
# cat does not wait for its child.
hold sh -c "sleep 0.2 & $wait_for_input"
ended=$(child_of "$launcher")
tries=0
until grep -q '^State:.Z' "/proc/$ended/status" || [ $tries = 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
look_refuses "'$ended' has ended" $look "$ended"
verdict "and what has ended" $?
if [ -n "$another" ]; then
    look_refuses "'$box' belongs to uid 0; expected a process of yours, or sudo" $another $look "$box"
    verdict "an ordinary user is told whose process it is" $?
    hold $another 05-proc/box --init sh -c "$wait_for_input"
    look_refuses "the kernel hides .* as it does a box's init" $another $look "$(child_of "$launcher")"
    verdict "or that the kernel hides it, as an init" $?
else
    skip "another user's process" "the sandbox has one user"
fi

# ---- a hostile box ------------------------------------------------------------

# Where it is, programs of the host's are other ones, and its names hold what
# clears a screen.
escape=$(printf 'a\033[2J')
cp "$(command -v cat)" "theirs/$escape"
cat >program <<END
#!/bin/sh
echo "\$0" >>'$work/theirs/ran'
END
chmod 755 program
cat >hostile <<END
ip link add '$escape' type veth peer name b
ip address add 192.0.2.1/24 dev '$escape'
build/rootfs/bin/busybox hostname '$escape'
for name in ps ip hostname unshare; do
    mount --bind program "\$(readlink -f "\$(command -v "\$name")")" || exit
done
hostname
echo ready
exec 'theirs/$escape' >/dev/null
END
hold $another unshare --map-root-user --net --uts --mount --pid --fork --mount-proc sh hostile
hostile=$(child_of "$launcher")
[ -s theirs/ran ]
verdict "in the hostile box another program runs in place of hostname" $?
rm -f theirs/ran

# The host's programs note where they run.
mkdir noting
for program in hostname ip; do
    cat >"noting/$program" <<END
#!/bin/sh
readlink /proc/self/ns/user /proc/self/ns/mnt >>'$work/theirs/entered'
exec '$(command -v "$program")' "\$@"
END
    chmod 755 "noting/$program"
done
PATH=$work/noting:$PATH $look "$hostile" >shown
readlink /proc/self/ns/user /proc/self/ns/mnt | sort >own
[ ! -e theirs/ran ] && sort -u theirs/entered | cmp -s - own
verdict "root looks at it from his own user and mount namespaces" $?
[ "$(wc -l <shown)" = 12 ] && ! LC_ALL=C grep -q '[^[:print:]]' shown &&
    grep -q '^uts .* a?\[2J$' shown && grep -q '^net .* a?\[2J 192.0.2.1$' shown &&
    grep -q "PID $hostile (a?\[2J)" shown
verdict "and what its names hold is printable" $?

# ---- what the chapters type ---------------------------------------------------

cd "$lab" || exit 1
# shellcheck disable=SC2034
pid=$hostile
typed=$(sed -n 's/^host# \(nsenter .*\)/\1/p' 05-proc/README.md)
eval "$typed" >"$work/shown"
grep -q '^ *1 theirs/' "$work/shown" && [ ! -e "$work/theirs/ran" ]
verdict "chapter 05 sees its processes, and runs none of its programs" $?
! grep -E '^host[0-9]*[#$] .*nsenter.* (-[a-zA-Z]*[aUmr]|--(all|user|mount|root))([ =]|$)' 0?-*/README.md
verdict "no chapter enters a box's user or mount namespace from the host" $?
! grep 'pgrep' 0?-*/README.md | grep -v '\$(pgrep -P \$pid)$'
verdict "and none looks for a process by its name" $?

exec 3>&-
kill -KILL $started 2>/dev/null
wait
# The kernel ends what was in these boxes a moment after their launchers.
until_true sh -c '! pgrep -x cat'
done_testing
