# Sourced by check-inside.sh: what 06 to 08 must withstand, in the sandbox. The
# newest stage stands for all three.
# shellcheck shell=sh disable=SC2154,SC2181

box=$lab/08-overlay/box
first_box=$lab/06-network/box

# until COMMAND...: waits until it succeeds, twenty seconds at most.
until_true() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || return 1
        sleep 0.05
    done
}

# refused EXPECTED COMMAND...: ends with 125 and one line that says so.
refused() {
    expected=$1
    shift
    said=$("$@" 2>&1 </dev/null)
    [ $? = 125 ] && case $said in *"$expected"*) true ;; *) echo "$said"; false ;; esac
}

no_links() { ! ip -o link | grep -qE '^[0-9]+: (veth|box0)'; }
no_tables() { ! nft list tables | grep -q box; }

# held: ten or so boxes that stay until the pipe ends.
start_held() {
    rm -f "$work/stay"
    mkfifo "$work/stay"
    exec 7<>"$work/stay"
}
end_held() {
    exec 7>&-
}

# ---- many at once -------------------------------------------------------------

start_held
for i in $(seq 20); do
    "$box" sh -c 'ip -4 -o address show eth0 | cut -d " " -f 7; ping -q -c 1 -W 5 203.0.113.1 >/dev/null && echo out; exec cat' \
        <"$work/stay" >"$work/box.$i" 2>&1 7>&- &
done
all_out() { [ "$(cat "$work"/box.* | grep -c out)" = 20 ]; }
until_true all_out
verdict "twenty boxes started at once all reach the internet" $?
[ "$(ip -o link show type bridge | wc -l)" = 1 ] &&
    [ "$(cat "$work"/box.* | grep '^10\.240\.0\.' | sort -u | wc -l)" = 20 ]
verdict "they have one bridge and twenty addresses" $?
end_held
wait
until_true no_links && no_tables
verdict "twenty boxes leave no link and no rule" $?

for i in $(seq 8); do
    (for j in $(seq 10); do
        "$first_box" ping -q -c 1 -W 5 203.0.113.1 >/dev/null 2>&1 || echo "$i.$j failed"
    done) &
done >"$work/loops"
wait
[ ! -s "$work/loops" ]
verdict "eight loops of ten boxes: each reaches the internet, the bridge comes and goes" $?
until_true no_links && no_tables
verdict "and nothing of them is left" $?

# ---- what is taken --------------------------------------------------------------

start_held
"$box" --ip 10.240.0.50 --publish 5050:80 cat <"$work/stay" 2>"$work/held" 7>&- &
held=$!
until_true sh -c 'nft list ruleset | grep -q "dport 5050"'
refused "another box has it" "$box" --ip 10.240.0.50 true
verdict "--ip of another box is refused" $?
refused "in use by another box or program" "$box" --publish 127.0.0.1:5050:80 true
verdict "--publish of a port that another box has is refused" $?
refused "is no address of this host" "$box" --publish 192.0.2.77:5051:80 true
verdict "--publish at a foreign address is refused" $?
busybox nc -l -p 5052 127.0.0.1 >/dev/null 2>&1 &
other=$!
until_true sh -c 'ss -ltn 2>/dev/null | grep -q :5052 || grep -q :13BC /proc/net/tcp /proc/net/tcp6'
refused "in use by another box or program" "$box" --publish 5052:80 true
verdict "--publish of a port that a program has is refused" $?
kill "$other"
wait "$other" 2>/dev/null

# nft is killed while the box runs: the port is closed, the box goes on.
kill -KILL "$(pgrep -P "$held" -x nft)"
until_true sh -c '! nft list ruleset | grep -q "dport 5050"'
verdict "when nft is killed its rules go" $?
end_held
wait "$held"
[ $? = 0 ] && [ ! -s "$work/held" ]
verdict "and the box goes on and ends as if nothing had been" $?

# The names are free again once their holders have ended.
"$box" --ip 10.240.0.50 --publish 5050:80 true
verdict "address and port are free again" $?
until_true no_links

if command -v perl >/dev/null; then
    # Somebody takes the names of all addresses but one.
    start_held
    perl -MSocket -e '$| = 1; for (2 .. 253) { socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack("S a*", AF_UNIX, "\0box/10.240.0.$_")) or die; push @s, $s } print "ready\n"; <STDIN>' <"$work/stay" >"$work/ready1" 2>/dev/null 7>&- &
    until_true grep -q ready "$work/ready1"
    [ "$("$box" ip -4 -o address show eth0 | awk '{ print $4 }')" = 10.240.0.254/24 ]
    verdict "the last free address is found" $?
    mkfifo "$work/one"
    "$box" cat <"$work/one" 7>&- &
    exec 8>"$work/one"
    until_true sh -c 'ip -o link | grep -q veth'
    refused "all 253 addresses" "$box" true
    verdict "the subnet used up is said" $?
    exec 8>&- 7>&-
    wait
    until_true no_links
fi

ip link add box0 type veth peer name box0-peer
refused "there is a link box0 that is no bridge" "$box" true
verdict "a link box0 that is no bridge is refused" $?
"$box" --network none true
verdict "--network none works all the same" $?
ip link delete box0

# ---- nft is not there; the host does not forward --------------------------------

unshare --mount sh -c '
    for nft in /usr/sbin/nft /usr/bin/nft /sbin/nft /usr/local/sbin/nft; do
        [ ! -e "$nft" ] || mount --bind /dev/null "$nft" 2>/dev/null
    done
    "$0" --publish 5053:80 true 2>"$1/publish"; echo $? >>"$1/publish"
    "$0" ping -q -c 1 -W 2 10.240.0.1 2>"$1/plain" >/dev/null; echo $? >>"$1/plain"' "$box" "$work"
grep -q 'there is no nft; expected' "$work/publish" && [ "$(tail -n 1 "$work/publish")" = 125 ]
verdict "--publish without nft is refused" $?
[ "$(grep -c 'no way out' "$work/plain")" = 1 ] && [ "$(tail -n 1 "$work/plain")" = 0 ]
verdict "without nft a box warns once and reaches the host" $?
echo 0 >/proc/sys/net/ipv4/ip_forward
"$box" true 2>"$work/said"
[ $? = 0 ] && grep -q 'sysctl net.ipv4.ip_forward=1' "$work/said"
verdict "a host that does not forward: said, with the command" $?
echo 1 >/proc/sys/net/ipv4/ip_forward

# ---- DNS ------------------------------------------------------------------------

unshare --mount sh -c '
    echo "nameserver 127.0.0.53" >"$1/stub"; echo "nameserver 192.0.2.53" >"$1/real"
    mkdir -p "$1/run/systemd/resolve"; cp "$1/real" "$1/run/systemd/resolve/resolv.conf"
    mount --bind "$1/stub" /etc/resolv.conf && mount --bind "$1/run" /run &&
    "$0" cat /etc/resolv.conf' "$box" "$work" >"$work/output" 2>&1
grep -q 'nameserver 192.0.2.53' "$work/output"
verdict "where the host asks 127.0.0.53 the box asks that server's servers" $?

# ---- SIGKILL of the launcher with all of it in use --------------------------------

mkdir -p "$work/keep" "$work/home"
limits="--memory 50m --cpus 0.5 --pids-limit 50"
# shellcheck disable=SC2086
"$box" --network none $limits true 2>/dev/null || limits=
# shellcheck disable=SC2086
HOME=$work/home "$box" --publish 5054:80 --keep "$work/keep" $limits \
    sh -c 'touch /new; echo ready; exec sleep 1000' >"$work/ready2" 2>&1 &
killed=$!
until_true grep -q ready "$work/ready2"
kill -KILL "$killed"
wait "$killed" 2>/dev/null
until_true sh -c '! ip -o link | grep -q veth' && until_true sh -c '! nft list tables | grep -q box-'
verdict "after SIGKILL of the launcher the link and the rules of its own go by themselves" $?
"$box" --ip 10.240.0.2 --publish 5054:80 --keep "$work/keep" test -e /new
verdict "so do its address, its port and its lock on --keep" $?
[ -z "$(ls -A "$work/home")" ]
verdict "nft leaves no history behind" $?
until_true no_links && no_tables
verdict "the next box takes the bridge away" $?
[ -z "$(find /sys/fs/cgroup -maxdepth 3 -type d -name 'box*' 2>/dev/null)" ]
verdict "and the cgroup" $?

# ---- limits ----------------------------------------------------------------------

if [ -n "$limits" ]; then
    said=$("$box" --memory 4k true 2>&1)
    [ $? = 125 ] && case $said in *"too little for a box to start in"*) true ;; *) false ;; esac
    verdict "a limit of memory that no box can start in is said" $?
    said=$("$box" -v --memory 20m hog memory 50 2>&1 >/dev/null)
    [ $? = 137 ] && case $said in *"the kernel killed the box: its 20971520 bytes"*) true ;; *) false ;; esac
    verdict "-v says that the kernel killed for memory" $?
    said=$("$box" -v --cpus 0.1 hog cpu 1 1 2>&1 >/dev/null)
    case $said in *"ms for its share of the CPUs"*) true ;; *) false ;; esac
    verdict "-v says how long the box waited for CPU" $?
    "$box" --pids-limit 1 true
    verdict "a limit of one process is enough for one" $?
    refused "fork: Resource temporarily unavailable" "$box" --pids-limit 1 --init true
    verdict "but not for --init and a command" $?
    unshare --mount sh -c '
        awk "\$3 ~ /^cgroup/ { print \$2 }" /proc/mounts | while read -r mount; do
            mount -o remount,bind,ro "$mount"
        done
        "$0" true || exit 1
        "$0" --memory 20m true' "$box" 2>"$work/said"
    [ $? = 125 ] && grep -q 'you may change no cgroup here' "$work/said"
    verdict "with a read-only cgroup file system a box runs, and a limit is refused" $?
    if [ "$(id -u)" = 0 ]; then
        "$box" --share pid --memory 50m sh -c 'sleep 1000 & exec true'
        [ $? = 0 ] && [ -z "$(find /sys/fs/cgroup -maxdepth 3 -type d -name 'box*' 2>/dev/null)" ]
        verdict "what --share pid leaves running ends with the cgroup" $?
    fi
fi
"$work/build/refuse" clone3=ENOSYS "$box" true
verdict "where clone3 is refused the box is moved into its cgroup" $?

# ---- overlay ---------------------------------------------------------------------

# As before Linux 6.6, where a tmpfs has no user.* attributes: scratch on disk.
on_disk() { "$work/build/refuse" fsetxattr=EPERM "$box" "$@"; }
scratch() { ls -d /var/tmp/box-scratch-?????? 2>/dev/null; }
[ "$(on_disk sh -c 'rm -r /root && mkdir /root && echo new >/root/new && cat /root/new; mkdir -p /a/b/c; chmod 0 /a/b; ln -s / /link')" = new ] &&
    [ -z "$(scratch)" ]
verdict "scratch on disk does the same, and is removed" $?
if [ "$many_users" = yes ]; then
    # The lab may lie where nobody else may look, the copy does not.
    [ "$(on_disk --rootfs "$work/build/rootfs" --map 0:100000:65536 sh -c 'echo new >/new && cat /new')" = new ] &&
        [ -z "$(scratch)" ]
    verdict "also for a root that is somebody else outside" $?
fi
"$work/build/refuse" fsetxattr=EPERM "$box" sh -c 'echo ready; exec sleep 1000' >"$work/ready3" 2>&1 &
killed=$!
until_true grep -q ready "$work/ready3"
kill -KILL "$killed"
wait "$killed" 2>/dev/null
[ "$(scratch | wc -l)" = 1 ] && on_disk true && [ -z "$(scratch)" ]
verdict "after SIGKILL the next box removes it" $?

# More levels than one process may have files open.
[ "$(prlimit --nofile=64 "$work/build/refuse" fsetxattr=EPERM "$box" sh -c 'for i in $(seq 300); do mkdir d && cd d || exit 1; done; chmod 0 .; echo made')" = made ] &&
    [ -z "$(scratch)" ]
verdict "300 nested directories are removed with 64 open files" $?
# Somebody's own directory of such a name is not ours.
mkdir /var/tmp/box-scratch-mine12 && echo mine >/var/tmp/box-scratch-mine12/file
on_disk true
[ "$(cat /var/tmp/box-scratch-mine12/file)" = mine ]
verdict "a directory without our mark is left alone" $?
rm -r /var/tmp/box-scratch-mine12

# ---- hostile trees -----------------------------------------------------------------

# A second user of --keep is refused, and does the first one no harm.
mkdir "$work/kept"
mkfifo "$work/one-more"
"$box" --keep "$work/kept" sh -c 'echo ready; read -r go; echo x >>/etc/passwd && rm /etc/group && echo copied' \
    <"$work/one-more" >"$work/ready4" 2>&1 &
exec 8>"$work/one-more"
until_true grep -q ready "$work/ready4"
refused "another box uses it" "$box" --keep "$work/kept" true
verdict "a second box with the same --keep is refused" $?
echo go >&8
exec 8>&-
wait
grep -q copied "$work/ready4"
verdict "and the first one can still copy up" $?

# Links in a rootfs, through the descriptors that a box has open on the way.
mkdir -p "$work/victim" "$work/hostile/bin" "$work/hostile/proc" "$work/hostile/dev" "$work/hostile/tmp"
cp build/rootfs/bin/busybox "$work/hostile/bin/"
ln -s busybox "$work/hostile/bin/sh"
for fd in 3 4 5 6 7 8 9 10 11 12; do
    rm -f "$work/hostile/etc" "$work/hostile/data"
    ln -s "/proc/self/fd/$fd/../../../../../../../..$work/victim" "$work/hostile/etc"
    ln -s "/proc/self/fd/$fd/../../../../../../../..$work/victim" "$work/hostile/data"
    "$box" --rootfs "$work/hostile" /bin/busybox echo started 2>/dev/null
    "$box" --rootfs "$work/hostile" --volume "$work:/data/new" /bin/busybox true 2>/dev/null
done >"$work/started"
[ "$(grep -c started "$work/started")" = 10 ] && [ -z "$(ls -A "$work/victim")" ]
verdict "links to the box's descriptors lead nothing to the host" $?
inner=$work/victim/work
mkdir -p "$work/planted" "$inner"
echo precious >"$work/victim/conf"
echo precious >"$inner/file"
ln -s "$work/victim" "$work/planted/upper"
ln -s "$work/victim" "$work/planted/work"
"$box" --keep "$work/planted" sh -c 'echo x >/conf; rm -rf /work' 2>/dev/null
[ "$(cat "$work/victim/conf" "$inner/file" | sort -u)" = precious ] && [ "$(ls "$work/victim" | wc -l)" = 2 ]
verdict "links in the directory of --keep are not followed" $?

# In another PID namespace a launcher can have the same PID, and does not see
# the processes of others. The link of the one before may still be there.
for i in $(seq 12); do
    unshare --pid --fork --mount-proc "$box" ping -q -c 1 -W 5 203.0.113.1 >/dev/null || echo failed
done >"$work/pids"
(unshare --pid --fork --mount-proc "$box" sh -c 'echo one; sleep 0.3' &
    unshare --pid --fork --mount-proc "$box" sh -c 'echo two; sleep 0.3' &
    wait) >>"$work/pids" 2>&1
[ "$(sort "$work/pids" | tr '\n' ' ')" = "one two " ]
verdict "two launchers with the same PID do not disturb each other" $?

# Rules that somebody has flushed are there again when a port is published.
start_held
"$box" cat <"$work/stay" 7>&- &
until_true sh -c 'ip -o link | grep -q veth'
nft delete table ip box0
"$box" --publish 5055:80 sh -c 'echo ready; exec cat' <"$work/stay" >"$work/ready5" 7>&- &
until_true grep -q ready "$work/ready5"
nft list table ip box0 2>/dev/null | grep -q 'ip daddr 127.0.0.0/8 drop'
verdict "who publishes makes sure that 127.0.0.1 is closed to the bridge" $?
end_held
wait
until_true no_links

mkdir -p "$work/over/lower" "$work/over/upper" "$work/over/work" "$work/over/merged"
if mount -t overlay overlay "$work/over/merged" \
    -o "lowerdir=$work/over/lower,upperdir=$work/over/upper,workdir=$work/over/work" 2>/dev/null; then
    mkdir "$work/over/merged/keep"
    refused "--keep a directory on ext4" "$box" --keep "$work/over/merged/keep" true
    verdict "--keep on an overlay: the hint names what can be an upper" $?
    umount "$work/over/merged"
fi
refused "one layer lies in another" "$box" --layer "$lab/build/rootfs" true
verdict "a layer that is the rootfs is refused with a hint" $?
for i in 1 2 3 4 5 6 7 8 9 10; do
    "$box" --layer "$lab/build/rootfs" true 2>&1 | wc -l
done >"$work/lines"
[ "$(sort -u "$work/lines")" = 2 ]
verdict "a box that fails on its own says why alone" $?

# There /proc/PID, where the maps are written, is somebody else's.
output=$(unshare --pid --fork sh -c '"$0" true' "$lab/03-pid/box" 2>&1)
[ $? = 125 ] && case $output in *"/proc shows another PID namespace"*) true ;; *) echo "$output"; false ;; esac
verdict "in a PID namespace without a /proc of its own the hint says so" $?
