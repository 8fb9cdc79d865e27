#!/bin/sh
# 06-network, harder: the network of another box, and an Ethernet address.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# A program of the host, run in the held box's network namespace; if that is the
# host's it would do harm.
in_net() {
    [ "$(own_namespace net)" = yes ] || return 1
    nsenter -n -t "$inside" "$@" 2>/dev/null
}

# The page of the first box's web server, asked after words that go elsewhere.
fetch() {
    printf 'GET / HTTP/1.0\r\n\r\n' | "$@" busybox nc -w 1 127.0.0.1 "$port" 2>/dev/null | tail -n 1
}

# yes or no: whether one of two pings from here arrives.
answers() {
    if busybox ping -q -c 2 -W 1 "$1" >/dev/null 2>&1; then echo yes; else echo no; fi
}

some_mac() {
    od -An -N5 -tx1 /dev/urandom | sed 's/^ /02:/; s/ /:/g'
}

mac_of_eth0() {
    in_net ip -o link show eth0 | sed -n 's/.*link\/ether \([^ ]*\) .*/\1/p'
}

# What a box with each of the values ends with: statuses OPTION VALUE...
statuses() {
    option=$1
    shift
    for given; do status "$option" "$given" true; done | tr '\n' ' ' | sed 's/ $//'
}

verify_06() {
    if [ "$starter" = user ]; then
        skip_task A "--network container:PID" "setns(2) takes CAP_SYS_ADMIN on the host"
        skip_task B "--mac-address ADDRESS" "it takes CAP_NET_ADMIN over the host's network"
        return
    fi

    task A "--network container:PID"
    mkdir "$work/www"
    random >"$work/www/index.html"
    chmod -R go+rX "$work/www"
    page=$(cat "$work/www/index.html")
    port=$(($(random) % 20000 + 20000))
    held_command="exec httpd -f -p 127.0.0.1:$port -h /www"
    hold --network none --volume "$work/www:/www:ro"
    held_command='exec cat'
    first=$inside first_launcher=$launcher
    network=$(namespace "$first" net)
    until_same "$page" fetch nsenter -n -t "$first" >/dev/null
    # The second one gets new pipes; these keep the first one's open.
    exec 4>&8 5<&9
    hold --network "container:$first"
    check "it has the first box's network namespace, and all others of its own" "$network yes yes yes" \
        "$(namespace "$inside" net) $(own_namespace net) $(own_namespace user) $(own_namespace pid)" \
        "setns(2) after the clone: a child in its own user namespace has no right to it" "setns(2), user_namespaces(7)" \
        "none *" "no such box: the value is refused, or setns(2) comes after the clone (EPERM)" \
        "*no yes yes" "CLONE_NEWNET is left out, and nobody calls setns(2)" \
        "* yes yes" "CLONE_NEWNET is still passed to start_box" \
        "*no*" "all of its namespaces were entered, or no user namespace was made"
    check "both have one 127.0.0.1; a box without the option has another" "$page none" \
        "$(run --network "container:$first" sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 1 127.0.0.1 $port" | tail -n 1) $(run --network none sh -c "nc -w 1 127.0.0.1 $port </dev/null 2>/dev/null || echo none")" \
        "another network namespace than the first box's" "network_namespaces(7)"
    check "no such process, or no PID, is refused" "0 125 125 125 125 125" \
        "$(statuses --network "container:$first" container: container:0 container:x container:4194304 "contain:$first")" \
        "the PID is not looked at before setns(2)" "parse_number in common/options.h"
    check "so are --ip, --publish and --share net with it" "0 125 125 125" \
        "$(status --network "container:$first" true) $(status --network "container:$first" --ip 10.240.0.200 true) $(status --network "container:$first" --publish "$port:80" true) $(status --network "container:$first" --share net true)" \
        "choose_network does not see that the box is not on the bridge" "setns(2)"
    kill -KILL "$first" 2>/dev/null
    timeout 5 cat <&5 >/dev/null || kill -KILL "$first_launcher"
    wait "$first_launcher" 2>/dev/null
    exec 4>&- 5<&-
    check "when the first box has ended the second one keeps it, and lo is up" "gone $network yes" \
        "$([ -d "/proc/$first" ] || echo gone) $(namespace "$inside" net) $(in_net busybox ping -q -c 1 -W 1 127.0.0.1 >/dev/null && echo yes)" \
        "the second box ends with the first" "namespaces(7)"
    let_go

    task B "--mac-address ADDRESS"
    mac=$(some_mac)
    ip=10.240.0.$(($(random) % 100 + 100))
    made=$(printf '02:00:0a:f0:00:%02x' "${ip##*.}")
    # Another port: when a bridge has none that is up, the host forgets its neighbours.
    ip link add box-guest type veth peer name box-other 2>/dev/null
    ip link set box-other up
    ip link set box-guest master box0 up
    hold --ip "$ip" --mac-address "$(echo "$mac" | tr a-f A-F)"
    check "eth0 has that address, and the host reaches it" "$mac yes" "$(mac_of_eth0) $(answers "$ip")" \
        "ip_link_add_veth gets the address that is made of the IPv4 one" "packet(7), ip-link(8)" \
        " *" "no box: the option is missing, or the kernel refuses the address"
    let_go
    mac=$(some_mac)
    hold --ip "$ip" --mac-address "$mac"
    check "the next box with this IPv4 address and another Ethernet address answers at once" "$mac yes" \
        "$(mac_of_eth0) $(answers "$ip")" \
        "the host's ARP table still has the old one: ip neighbour" "arp(7), ip-neighbour(8)"
    let_go
    hold --ip "$ip"
    check "so is one without the option, which has the address made of it" "$made yes" \
        "$(mac_of_eth0) $(answers "$ip")" \
        "the host's ARP table still has the old one: ip neighbour" "arp(7), ip-neighbour(8)"
    let_go
    ip link delete box-guest 2>/dev/null
    check "what no link can have is refused: of many, all 0" "0 125 125" \
        "$(statuses --mac-address 02:00:00:00:00:07 03:00:00:00:00:07 00:00:00:00:00:00)" \
        "bit 0 of the first byte is that of a group" "packet(7)"
    check "so is what is no address" "0 125 125 125 125 125 125 125" \
        "$(statuses --mac-address 02:00:00:00:00:07 '' 02:00:00:00:00 2:00:00:00:00:0007 02:00:00:00:00:07x 02:00:00:00:00:+7 '02:00:00:00: 0:07' 02-00-00-00-00-07)" \
        "sscanf(3) takes signs, spaces, single digits, and what stands behind" "sscanf(3)"
    check "and an address where there is no eth0" "0 125 125" \
        "$(status --mac-address 02:00:00:00:00:07 true) $(status --network none --mac-address 02:00:00:00:00:07 true) $(status --share net --mac-address 02:00:00:00:00:07 true)" \
        "the option's group is not CLONE_NEWNET, or --network none not looked at" "argp(3)"
}

verify_stage 06-network
