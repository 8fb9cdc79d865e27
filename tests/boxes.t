#!/bin/sh
# What 06 to 08 must withstand outside of their own boxes: addresses, ports, rules and
# links that somebody has, a launcher that is killed. The newest stage stands for all three.
# seconds: 10
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

box=$lab/08-overlay/box

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
wait "$held" && [ ! -s "$work/held" ]
verdict "and the box goes on and ends as if nothing had been" $?

# The names are free again once their holders have ended.
"$box" --ip 10.240.0.50 --publish 5050:80 true
verdict "address and port are free again" $?
until_true no_links

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
"$box" true 2>"$work/said" && grep -q 'sysctl net.ipv4.ip_forward=1' "$work/said"
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
had_cgroups=$(cgroups_of "$killed")
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
{ [ -z "$limits" ] || [ -n "$had_cgroups" ]; } && [ -z "$(cgroups_of "$killed")" ]
verdict "and the cgroups" $?

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

# There /proc/PID, where the maps are written, is somebody else's.
output=$(unshare --pid --fork sh -c '"$0" true' "$lab/03-pid/box" 2>&1)
[ $? = 125 ] && case $output in *"/proc shows another PID namespace"*) true ;; *) echo "$output"; false ;; esac
verdict "in a PID namespace without a /proc of its own the hint says so" $?

done_testing
