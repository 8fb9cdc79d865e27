#!/bin/sh
# The sandbox: what it shares with the machine, who can enter it, and that it ends. The
# sandbox of the test itself plays the machine.
# seconds: 20
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

. tests/room.sh
sandbox=$lab/common/tools/sandbox.sh
# Another lab, which an ordinary user may enter.
mkdir -p "$work/second/build"
cp -a common "$work/second/"
cp build/reaper "$work/second/build/"
second=$work/second/common/tools/sandbox.sh

# stop SIGNAL: sends it to a sandbox's script while its command runs; $? is the script's status.
stop() {
    "$sandbox" sleep 1235 &
    until_true pgrep -f '^sleep 1235'
    kill "-$1" $!
    wait $! 2>/dev/null
}
# shellcheck disable=SC2317 # until_true calls it
stopped() { ! pgrep -f '^sleep 1235'; }

"$sandbox" sh -c '
    test "$(hostname)" = host &&
    test "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 &&
    busybox ping -c 1 -W 2 203.0.113.1 >/dev/null &&
    ip netns exec internet busybox ping -c 1 -W 2 198.51.100.2 >/dev/null'
verdict "the sandbox has a host and an internet, also inside another" $?
"$sandbox" sh -c 'exit 42'
[ $? = 42 ]
verdict "the sandbox passes the exit status on" $?
[ "$(echo word | "$sandbox" cat)" = word ]
verdict "and the command's input" $?

# ---- a machine that others use --------------------------------------------------------

cp "$(command -v sleep)" "$work/box"
"$work/box" 1000 &
foreign=$!
until_true pgrep -x box
[ "$("$sandbox" sh -c 'pgrep -x box; ps -e -o pid=,comm= | head -n 1' | tr -s ' ')" = " 1 reaper" ]
verdict "a foreign box is not in sight; the first process is the sandbox's own" $?
kill "$foreign"
wait "$foreign" 2>/dev/null

before=$(findmnt -n -o OPTIONS /proc)
"$sandbox" mount -o remount,hidepid=invisible /proc && [ "$(findmnt -n -o OPTIONS /proc | tail -n 1)" = "$(echo "$before" | tail -n 1)" ]
verdict "a remount of /proc reaches nobody else" $?

# Where a whole procfs is in sight the kernel takes another one for no secret.
mkdir -p "$work/a chroot/proc" /run/chroot
mount -t proc proc "$work/a chroot/proc"
mount -t proc proc /run/chroot
try='unshare --user --map-root-user --pid --fork --mount-proc true'
said=$("$sandbox" unshare --mount sh -c "$try && mount -t tmpfs tmpfs /proc/sys && ! $try" 2>&1)
case $? in 0) true ;; *) echo "$said"; false ;; esac
verdict "another procfs of the machine changes nothing" $?
umount "$work/a chroot/proc" /run/chroot

ipcmk --queue >/dev/null
echo foreign >/tmp/foreign
echo foreign >/dev/shm/foreign
[ -z "$("$sandbox" sh -c 'ipcs --queues | grep 0x; ls -A /tmp /dev/shm | grep foreign; echo mine >/tmp/mine; echo mine >/run/mine')" ] &&
    [ ! -e /tmp/mine ] && [ ! -e /run/mine ]
verdict "System V IPC, /tmp, /run and /dev/shm are its own" $?
ipcrm --all

for place in "/tmp/a lab" /run/lab /dev/shm/lab; do
    mkdir "$place"
    mount --bind "$lab" "$place"
    ln -sfn "$place" "$work/link"
    (cd "$work/link/tests" && [ "$("$PWD/../common/tools/sandbox.sh" pwd)" = "$place/tests" ])
    verdict "a lab below ${place%/*} is in sight all the same, also through a link" $?
    umount "$place"
done
unshare --mount sh -c '
    mount -t tmpfs tmpfs "$1" && mkdir "$1/etc" && cp -r /etc/passwd /etc/group /etc/alternatives "$1/etc" &&
        ln -s /run/nowhere "$1/etc/resolv.conf" && mount --bind "$1/etc" /etc && exec "$0" true' "$sandbox" "$(mktemp -d "$work/etc.XXXXXX")"
verdict "a dead link /etc/resolv.conf is no obstacle" $?
for word in --host --inside --keep --terminal --limits --help; do
    refused "'$word': expected a command" "$sandbox" $word
    verdict "sandbox.sh $word is refused, and changes nothing" $?
done

if [ -z "$(common/tools/needs.sh limits)" ]; then
    for directory in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        [ ! -e "$directory/cgroup.procs" ] || break
    done
    mkdir "$directory/box-foreign"
    [ -z "$("$sandbox" find /sys/fs/cgroup -name 'box*')" ]
    verdict "a foreign cgroup is not in sight" $?
    rmdir "$directory/box-foreign"
    stop KILL
    until_true stopped
    "$sandbox" --limits "$work/reason" sh -c '
        echo max >/sys/fs/cgroup/pids/pids.max || echo max >/sys/fs/cgroup/pids.max
        for i in $(seq 300); do sleep 5 & done' 2>/dev/null
    [ $? = 125 ]
    verdict "a program that lifts its limits has them all the same" $?
    [ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'lab-*')" ]
    verdict "no cgroup of a sandbox is left, not even of one that was killed" $?
else
    skip "a foreign cgroup is not in sight" "$(common/tools/needs.sh limits)"
fi

(umask 077 && [ "$(cd "$work" && $as_user "$second" sh -c 'id -u; hostname' | tr '\n' ' ')" = "0 host " ])
verdict "an ordinary user has the sandbox too, and is root there" $?

# What else the user runs, in other sandboxes, does not count.
# shellcheck disable=SC2016,SC2086
(cd "$work" && $as_user "$second" sh -c '
    "$0" sh -c "for i in \$(seq 300); do sleep 1240 & done; wait" &
    other=$!
    until [ "$(pgrep -xc sleep)" = 300 ]; do :; done
    "$0" "$0" --limits /dev/null true && kill $other' "$second")
verdict "with --limits a user's other sandboxes do not count" $?
"$sandbox" --limits "$work/reason" true <&-
verdict "a closed input is no obstacle" $?

said=$(cd "$work" && printf '%s/03-pid/box true && echo a box\nexit\n' "$lab" | env -u LAB_SANDBOX unshare --user --map-root-user "$second" 2>&1)
case $said in *"a box"*) true ;; *) echo "$said"; false ;; esac
verdict "the terminal of a user namespace's root starts boxes, too" $?

mask='mount --bind /dev/null /proc/timer_list && exec "$@"'
# shellcheck disable=SC2086
said=$(cd "$work" && unshare --mount sh -c "$mask" sh $as_user "$second" echo went on 2>&1)
case $said in
"sandbox: this machine refuses it a /proc of its own"*"ps and pgrep also show"*"
went on") true ;;
*) echo "$said"; false ;;
esac
verdict "where a procfs is refused the sandbox says so, what follows, and goes on" $?

# ---- it ends ---------------------------------------------------------------------------

"$sandbox" sh -c 'setsid sleep 1234 & setsid sleep 1234 &'
[ -z "$(pgrep -f '^sleep 1234')" ]
verdict "what its command has left running ends with it" $?
stop KILL
until_true stopped
verdict "so does all of it when the script is killed" $?
stop TERM
[ $? = 143 ] && stopped
verdict "and when it is asked to end" $?
"$sandbox" --limits "$work/reason" sh -c 'setsid sleep 1236 &
    until pgrep -x sleep >/dev/null; do :; done'
[ $? = 125 ] && grep -q '^it leaves processes behind$' "$work/reason" && grep -q 'sleep 1236' "$work/reason"
verdict "with --limits that is named" $?
[ "$("$sandbox" --limits "$work/reason" sh -c 'echo out; exit 1')" = out ]
verdict "and a program that keeps within them is not disturbed" $?

# ---- terminals -------------------------------------------------------------------------

# terminal SESSION DIRECTORY [WORDS...]: make sandbox there, with words.
terminal() {
    session=$1 directory=$2
    shift 2
    room new-session -d -x 80 -y 24 -s "$session" "cd '$directory' && env -u LAB_SANDBOX make -s sandbox $*
        echo left; read -r stay && echo got \$stay; read -r stay"
}
odd="$work/c++/it
is (a) \$lab"
mkdir -p "$odd"
mount --bind "$lab" "$odd"
terminal one "$odd" STAGE=3
shows one "host#"
terminal two "$odd"
shows two "host2#"
room send-keys -t one "hostname tiger" Enter
shows one "hostname tiger"
room send-keys -t two "hostname" Enter
shows two tiger
verdict "a second make sandbox is a terminal on the same host, whatever its path" $?
room send-keys -t two "make help | tail -n 1" Enter
shows two "make" && room send-keys -t two "clear; make -s STAGE=9 run; echo end" Enter && shows two "^end" &&
    ! screen two | grep -q 'directory'
verdict "make says nothing of directories there" $?
room send-keys -t two 'echo again $((n += 1))' Enter
shows two "^again 1"
room send-keys -t two Up Enter
shows two "^again 2"
verdict "the shell has a history" $?
room send-keys -t two "clear; make sandbox" Enter
shows two "this terminal is on the host already"
verdict "make sandbox in the sandbox says where it belongs" $?
room send-keys -t one "exit" Enter
shows one "left" && room send-keys -t one "a word" Enter && shows one "got a word"
verdict "after exit the terminal is the caller's again" $?
room send-keys -t two "clear; hostname" Enter
shows two "^tiger"
verdict "the host stays for the other terminal" $?
terminal three "$odd"
shows three "host#" && room send-keys -t three "hostname" Enter && shows three "^tiger"
verdict "and for a new one" $?
room kill-session -t two
room send-keys -t three "exit" Enter
shows three left && until_true sh -c '! ls -d /tmp/lab-host.* && ! pgrep -x cat'
verdict "the host ends with its last terminal, and so does its record" $?
close_room
until_true umount "$odd"

# At the same moment, of two labs; and one whose terminal is closed while it starts.
for place in "$lab" "$work/second"; do
    (cd "$place" && echo 'echo "on $(hostname)"' | env -u LAB_SANDBOX common/tools/sandbox.sh >"$work/said.${place##*/}" 2>&1) &
done
wait
grep -q '^on host$' "$work/said.${lab##*/}" && grep -q '^on host$' "$work/said.second"
verdict "two hosts can be started at the same moment" $?
mine=/tmp/lab-host.backup
mkdir -m 700 "$mine" && echo thesis >"$mine/host"
for delay in 0.05 0.1 0.2 0.3 0.4; do
    timeout -s KILL $delay env -u LAB_SANDBOX "$sandbox" <"$work/reason" >/dev/null 2>&1
done
until_true sh -c '! pgrep -f -- "[-]-keep /tmp/lab-host"'
verdict "a host whose terminal is killed while it starts ends, too" $?
[ "$(echo 'echo "on $(hostname)"' | env -u LAB_SANDBOX "$sandbox" 2>/dev/null | grep '^on')" = "on host" ] && [ -e "$mine/host" ]
verdict "and the next one starts; a directory that is nothing of the lab's stays" $?
rm -r "$mine"
until_true sh -c '! pgrep -f -- "[-]-keep /tmp/lab-host"'

# ---- who prepares something for root ----------------------------------------------------

# A record of somebody else's, and one of ours whose process has ended long ago.
sleep 1000 &
foreign=$!
record=$(mktemp -d /tmp/lab-host.XXXXXX)
mkfifo "$record/alive"
{ stat -c %d:%i "$lab"; echo "$foreign 1 0 user:[1] pid:[1] mnt:[1] net:[1]"; } >"$record/host"
theirs=$(mktemp -d /tmp/lab-host.XXXXXX)
cp -a "$record/." "$theirs"
if [ -n "$many_users" ]; then
    chown -R "$user_id" "$theirs"
else
    chmod 755 "$theirs"
fi
# A box that runs a file under the sandbox's own name.
mkdir -p "$work/hostile$lab/common/tools"
cp -a build/rootfs/. "$work/hostile/"
printf '#!/bin/sh\n[ "$2" != 2 ] || echo entered >/entered\nsleep 1000\n' >"$work/hostile$lab/common/tools/sandbox.sh"
chmod 755 "$work/hostile$lab/common/tools/sandbox.sh"
04-mount/box --rootfs "$work/hostile" "$sandbox" --terminal 1 &
hostile=$!
until_true pgrep -f -- '--terminal 1'
terminal first "$lab"
shows first "host#" && room send-keys -t first "hostname" Enter && shows first "^host$" &&
    [ ! -e "$record" ] && [ -d "$theirs" ] && [ ! -e "$work/hostile/entered" ]
verdict "a terminal enters no host but that of its own record" $?
close_room
kill -KILL "$hostile" "$foreign"
wait "$hostile" "$foreign" 2>/dev/null
rm -rf "$theirs"
until_true sh -c '! pgrep -f -- "[-]-keep /tmp/lab-host"'

done_testing
