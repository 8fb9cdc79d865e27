#!/bin/sh
# `make doctor`: can this machine run the lab, and if not, why? It runs each stage's own
# box and shows what the box says. Exits with 0 if every stage can run here, as the caller
# or with sudo.
#
#   doctor.sh [PURPOSE...]    also names what deps.sh would install for these
#
# It changes nothing: what a box makes ends with it, and the bridge is made in the network
# namespace of another box.
set -u

cd "$(dirname "$0")/../.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
for stage in 0?-*; do
    [ -x "$stage/box" ] || { echo "make doctor: $stage/box is missing: make builds it" >&2; exit 1; }
done
# In a box root has no rights on another's rootfs: as in make run, a copy takes its place.
if [ "$(id -u)" = 0 ] && [ -e build/rootfs ] && [ ! -O build/rootfs ] && unshare --mount true 2>/dev/null; then
    exec common/tools/rootfs.sh --own common/tools/doctor.sh "$@"
fi
# shellcheck source=common/tools/needs.sh
. common/tools/needs.sh

if [ -z "$(reason root)" ]; then root=yes as_you=yes; else root='' as_you="yes, as you"; fi
# An ordinary user's sandbox is in a user namespace, as the boxes are.
if 02-user/box true 2>/dev/null; then sandbox=yes; else sandbox=''; fi
status=0 notes='' remedies='' before='' in_sandbox='' with_sudo='' nowhere=''
newline='
'

# show MARK NAME TEXT: in 80 columns.
show() {
    printf '%s\n' "$3" | fold -s -w 62 | sed 's/ *$//; s/^/                 /' |
        sed "1s/^ \{17\}/$(printf '%-5s%-12s' "$1" "$2")/"
}

note() { notes="$notes$(show note "$1" "$2")$newline"; }

# ask OPTIONS...: whether this stage's box runs a command. What it says is in $said.
ask() {
    said=$("$stage/box" "$@" true 2>&1 >/dev/null </dev/null)
    answer=$?
    [ "$answer" = 0 ] || [ -n "$said" ] || said="it ends with $answer and says nothing"
    said=$(printf '%s\n' "$said" | sed 's,^0[1-8]-[a-z]*/box: ,,; s/^ *//' | awk '!told[$0]++')
    return $answer
}

# blocked WORDS: what a box said. Its hint tells what sudo would change.
blocked() {
    case $root$1 in
    yes*) level=3 ;;
    *"\`make sandbox\`"*) level=1 ;;
    *"use sudo"* | *"expected root"*) level=2 ;;
    *) level=3 ;;
    esac
    [ "$level" -lt "$worst" ] || worst=$level
    case $words in *"$1"*) ;; *) words=$words$newline$1 ;; esac
}

# ---- a stage ---------------------------------------------------------------------

# on_bridge OPTIONS...: in the network namespace of another box, which forwards as this
# machine does.
on_bridge() {
    # shellcheck disable=SC2016
    ask --network none --share mnt,pid --cap-add ALL sh -c '
        { echo "$0" >/proc/sys/net/ipv4/ip_forward; } 2>/dev/null
        exec 06-network/box --network bridge "$@"' "$(cat /proc/sys/net/ipv4/ip_forward)" "$@"
}

examine_network() {
    if on_bridge --publish 8080:80; then works=yes; else works=''; fi
    warning=$(printf '%s\n' "$said" | grep 'does not forward') && note ip_forward "$warning"
    refusal=$(printf '%s\n' "$said" | grep -v 'does not forward')
    if [ -z "$works" ] && on_bridge && case $said in *"no way out"*) false ;; esac; then
        note --publish "$refusal"
    elif [ -z "$works" ]; then
        blocked "$refusal"
    fi
    command -v ip >/dev/null || blocked "ip is missing: make prepare"
    # A bridge that may not be made is refused before a rootfs that is not there.
    ask --network bridge --rootfs /nowhere
    case $said in "no bridge"*) blocked "$said" ;; esac
}

# Each by itself: a controller is in cgroup v1 or v2, or not handed down to us.
examine_limits() {
    refused=''
    cpu=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
    for limit in "memory --memory 64m" "cpu --cpus 1" "pids --pids-limit 100" "cpuset --cpuset-cpus $cpu"; do
        # shellcheck disable=SC2086
        set -- $limit
        if ask --network none "$2" "$3"; then
            details="${details:-cgroups:} $1 v$(version_of "$1")"
        else
            refused="$refused $2"
            blocked "$(printf '%s\n' "$said" | sed 's/^--[a-z-]*: //; s/^the controller [a-z]*/the controller/')"
        fi
    done
    [ -z "$refused" ] || words="$newline${refused# }:$words"
}

# Once a box runs: what else there is to ask, and to tell.
examine() {
    case $stage in
    04-mount) details=$PWD/build/rootfs ;;
    06-network) examine_network ;;
    07-cgroup) examine_limits ;;
    08-overlay)
        ask -v --network none
        case $said in *"scratch on disk"*) details="scratch on disk, in /var/tmp" ;; *) details="scratch on tmpfs" ;; esac
        ;;
    esac
}

show ok kernel "Linux $(uname -r), $(uname -m)"
for stage in 0?-*; do
    worst=0 words='' details='' number=${stage%%-*}
    # The bridge would be the machine's.
    case $number in 0[1-5]) alone='' ;; *) alone="--network none" ;; esac
    # shellcheck disable=SC2086
    if ask $alone; then examine; else blocked "$said"; fi
    case $worst$sandbox in
    0*) verdict=$as_you ;;
    1yes) verdict="yes, with sudo or in \`make sandbox\`" in_sandbox="$in_sandbox $number" ;;
    1 | 2*) verdict="yes, with sudo" with_sudo="$with_sudo $number" ;;
    3*) verdict=no status=1 nowhere="$nowhere $number" ;;
    esac
    # The number of a process may be in it.
    refusal=$(printf '%s' "$words" | tr -d 0-9)
    if [ -z "$words" ]; then
        show ok "$stage" "$verdict${details:+$newline$details}"
    elif [ "$refusal" = "$before" ]; then
        show -- "$stage" "$verdict, as $first"
    else
        show -- "$stage" "$verdict$words${details:+$newline$details}"
        before=$refusal first=$stage remedies=$remedies$words
    fi
done

# ---- what no box says --------------------------------------------------------------

# Another table's drop is not undone by an accept in the lab's own. Only root sees it.
if nft list chains 2>/dev/null | grep 'hook forward' | grep -q 'policy drop'; then
    note forwarding "another table drops what is forwarded, so boxes do not reach beyond this host
Docker: sudo iptables -I DOCKER-USER -i box0 -j ACCEPT, and the same with -o
firewalld: sudo firewall-cmd --zone=trusted --add-interface=box0"
fi
[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null)" = 0 ] ||
    note TIOCSTI "a program in a box can type into your terminal
sudo sysctl dev.tty.legacy_tiocsti=0 (Linux 6.2 or newer)"
missing=$(common/tools/deps.sh --missing "$@")
[ -z "$missing" ] || note programs "make prepare would install$missing"
printf '%s' "$notes"

# ---- what to do --------------------------------------------------------------------

next() { printf '    %-20s%s\n' "$1" "$2"; }

printf '\nnext\n'
case ${missing:+make prepare}$remedies in *"make prepare"*) next "make prepare" "installs what is missing" ;; esac
case $remedies in *"make rootfs"*) next "make rootfs" "makes the boxes' root file system" ;; esac
case $remedies in *"make allow"*) next "make allow" "frees the lab's programs from AppArmor; asks first" ;; esac
[ -z "$in_sandbox" ] || next "make sandbox" "a small host where you are root, for$in_sandbox"
[ -z "$with_sudo" ] || next "sudo make sandbox" "a small host whose root is the machine's, for$with_sudo"
case $nowhere$remedies in
*"make prepare"* | *"make rootfs"*) next "make doctor" "then, once more" ;;
' '*) next "make vm" "a small machine in QEMU, for$nowhere" ;;
esac
[ -n "$in_sandbox$with_sudo$nowhere" ] || next "make tour" "the shortest way through all eight stages"
exit "$status"
