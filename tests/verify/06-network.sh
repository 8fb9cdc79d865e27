#!/bin/sh
# 06-network: links, addresses and ports of its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# The host of the sandbox and its internet; see common/tools/sandbox.sh.
host=198.51.100.2
internet=203.0.113.1

# A program of the host, run in the held box's network namespace; if that is the
# host's it would do harm.
in_net() {
    [ "$(own_namespace net)" = yes ] || return 1
    nsenter -n -t "$inside" "$@" 2>/dev/null
}

# yes or no: whether one ping from the held box arrives.
ping_from_box() {
    if [ "$(own_namespace net)" != yes ]; then
        echo "not its own network"
    elif in_net busybox ping -q -c 1 -W 1 "$1" >/dev/null; then echo yes; else echo no; fi
}

# soon PING ADDRESS: the same with three pings: the bridge learns a moment later that a link
# is up.
soon() {
    for _ in 1 2 3; do
        arrives=$("$@")
        [ "$arrives" = no ] || break
    done
    echo "$arrives"
}

# A machine of the tests' own on the bridge, without a box.
add_guest() {
    ip netns add guest
    ip link add box-guest type veth peer name eth0 netns guest
    ip link set box-guest master box0
    ip link set box-guest up
    ip -n guest address add 10.240.0.254/24 dev eth0
    ip -n guest link set eth0 up
    ip -n guest route add default via 10.240.0.1
} 2>/dev/null

ping_from_guest() {
    if ip netns exec guest busybox ping -q -c 1 -W 1 "$1" >/dev/null 2>&1; then echo yes; else echo no; fi
}

# What a web server says, asked from here, or after words that go elsewhere. It
# may not be there yet: until_same asks again, but not without a box.
fetch() {
    [ "$inside" != none ] || return 0
    address=$1 port=$2
    shift 2
    printf 'GET / HTTP/1.0\r\n\r\n' |
        "$@" busybox nc -w 1 "$address" "$port" 2>/dev/null | tail -n 1
}

# An address of the bridge that is seldom in use, and a port.
some_address() { echo "10.240.0.$(($(random) % 100 + 100))"; }
some_port() { echo $(($(random) % 20000 + 20000)); }

# In the box's own namespace 127.0.0.1 is lo. Here it is sent to the host.
loopback_of_the_host() {
    in_net ip route delete table local 127.0.0.1
    in_net ip address delete 127.0.0.1/8 dev lo
    in_net ip route add 127.0.0.0/8 via 10.240.0.1
    in_net sh -c 'echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet'
    fetch 127.0.0.1 "$1" nsenter -n -t "$inside"
}

# without_rules COMMAND...: while the host has none but those that somebody owns,
# which nobody else may take away.
without_rules() {
    : >"$work/rules"
    nft list tables | while read -r _ family table; do
        nft list table "$family" "$table" >"$work/table"
        grep -q 'flags owner' "$work/table" && continue
        cat "$work/table" >>"$work/rules"
        nft delete table "$family" "$table"
    done
    "$@"
    nft -f "$work/rules"
}

# The flag UP of the bridge, if it has it.
bridge_up() {
    ip -o link show box0 up 2>/dev/null | grep -o '[<,]UP[,>]' | tr -d '<,>'
}

masquerades() { nft list table ip box0 2>/dev/null | grep -c masquerade; }

# What one more box does to a bridge that is there but down, as one finds it that
# was not the first.
make_again() {
    masquerades_before=$(masquerades)
    ip link set box0 down 2>/dev/null
    again=$(status true)
    [ "$again" = 0 ] || again="$again $(sed -n '1s/.*box: //p' "$work/error")"
    echo "$again $(bridge_up) $([ "$(masquerades)" = "$masquerades_before" ] && echo same || echo more)"
    ip link set box0 up 2>/dev/null
}

# The ports of the bridge, a name on each line.
bridge_ports() {
    bridge link show | sed -n 's/^[0-9]*: \([^@:]*\).* master box0 .*/\1/p'
}

count_ports() { bridge_ports | grep -c .; }

# How many other ends the eth0 of the held box and of a second one have.
two_ports() {
    (run ip -o link show eth0; in_net ip -o link show eth0) |
        sed -n 's/.*eth0@\(if[0-9]*\):.*/\1/p' | sort -u | grep -c .
}

# IPv6 addresses: in the box, on the bridge and its ports.
ipv6_addresses() {
    in_net ip -6 -o address show dev eth0 | grep -c .
    for link in box0 $(bridge_ports); do
        ip -6 -o address show dev "$link" 2>/dev/null
    done | grep -c .
}

check_without_bridge() {
    hold --network none
    check "--network none: lo alone, and it is up" "lo 127.0.0.1 up" \
        "$(in_net ip -o link | cut -d ' ' -f 2 | tr -d :) $(in_net ip -4 -o address | awk '{ print $4 }' | cut -d / -f 1) $(in_net busybox ping -q -c 1 -W 1 127.0.0.1 >/dev/null && echo up)" \
        "configure_eth0 looks for eth0, which is not there" "netdevice(7)" \
        "lo eth0*" "connect_to_bridge does not look at box->network.bridge" \
        "lo *" "configure_eth0 returns before lo is up"
    let_go
    check_share net
}

why_not_true() {
    # With this capability it starts: so it had been dropped.
    if [ "$(status --cap-add net_admin true)" = 0 ]; then
        because "*: Operation not permitted" 4 configure_eth0 \
            "it comes after drop_capabilities: CAP_NET_ADMIN is gone" "capabilities(7)"
    fi
    because "*lo up: Operation not permitted" 1 clone_flags \
        "CLONE_NEWNET is missing: this lo is the host's" "network_namespaces(7)"
    if [ "$starter" = root ] && [ "$(status --network none true)" != 0 ]; then
        because "*ip link add *: File exists" 1 clone_flags \
            "CLONE_NEWNET is missing: the host has an eth0 already" "network_namespaces(7)"
    fi
    because "*ip link add *: File exists" 3 connect_to_bridge \
        "eth0 is made in the launcher's namespace, which has one" "veth(4)"
    # By now the first one has made the bridge.
    if [ "$(status true)" = 0 ]; then
        because "*eth0: No such device" 3 connect_to_bridge \
            "it comes before create_bridge: there is no bridge yet" "bridge(8)"
    fi
    because "*eth0: No such device" 3 connect_to_bridge \
        "it is not called, or before the clone: launch.pid is not set" "veth(4)"
    because "*route add *: Network is unreachable" 4 configure_eth0 \
        "the route is added before eth0 is up, with its address" "ip-route(8)"
}

verify_06() {
    hold
    task 1 clone_flags
    check "the command has a network namespace of its own" yes "$(own_namespace net)" \
        "the flag is not passed to start_box" "network_namespaces(7)"
    let_go
    if [ "$starter" = user ]; then
        skip_task 2-3 "the bridge" "it takes CAP_NET_ADMIN over the host's network"
        task 4 configure_eth0 1
        check_without_bridge
        return
    fi

    hold
    task 2 create_bridge 1
    check "box0 is a bridge, up, and has 10.240.0.1/24" "1 UP 10.240.0.1/24" \
        "$(ip -o link show type bridge | grep -c ': box0:') $(bridge_up) $(ip -4 -br address show box0 2>/dev/null | awk '{ print $3 }')" \
        "the bridge has another address, or prefix" "ip-link(8), ip-address(8)" \
        "0 *" "there is no bridge: ip_link_add_bridge" \
        "1 UP " "the bridge has no address: ip_address_add" \
        "1  *" "the bridge is not set up: ip_link_set_up_without_ipv6"
    add_guest
    check "ping $internet: who is on the bridge reaches what the host reaches" yes \
        "$(soon ping_from_guest "$internet")" \
        "no masquerade, so that nobody knows the way back" "nft(8)"
    without=$(without_rules ping_from_guest "$internet")
    check "without the rules it does not" "no yes" "$without $(soon ping_from_guest "$internet")" \
        "the rules are not nft's, or the host forwards without them" "nft(8)"
    ip link delete box-guest 2>/dev/null
    ip netns delete guest 2>/dev/null
    check "the rules change no other packets than the boxes'" "some " \
        "$(grep -q masquerade "$work/rules" && echo some) $(grep masquerade "$work/rules" | grep -v 'saddr.*oifname' | head -n 1 | tr -d '\t')" \
        "masquerade for whoever sends, over whatever link" "nft(8)" \
        "*saddr*" "masquerade for every link: oifname != box0 is missing" \
        "*oifname*" "masquerade for every sender: ip saddr is missing"
    check "the next box takes the bridge that is there" "0 UP same" "$(make_again)" \
        "a bridge that is down is not set up again" "ip-link(8), nft(8)" \
        "*link add*exists*" "EEXIST is no error: the bridge is there already" \
        "*address add*exists*" "EEXIST is no error: the bridge has its address already" \
        "0 UP more" "no flush table: each box adds the rules once more"

    let_go
    hold

    task 3 connect_to_bridge 2
    check "bridge link shows one port of box0" 1 "$(until_same 1 count_ports)" \
        "the veth has no master" "bridge(8)"
    port=$(bridge_ports)
    check "two boxes at once have a port each" 2 "$(two_ports)" \
        "the boxes' ports have one name: port_name()" "veth(4)"
    check "the other end of its port is eth0 in the box" "eth0@if$(cat "/sys/class/net/$port/ifindex" 2>/dev/null || ip -o link show "$port" 2>/dev/null | cut -d : -f 1)" \
        "$(in_net ip -o link show eth0 | awk '{ print $2 }' | tr -d :)" \
        "made in the host's namespace, or of another name" "veth(4)"
    # The address is by hand here: it is the next task's.
    in_net ip address add 10.240.0.253/24 dev eth0
    in_net ip link set eth0 up
    with=$(soon ping_from_box 10.240.0.1)
    ip link set "$port" nomaster 2>/dev/null
    without=$(ping_from_box 10.240.0.1)
    ip link set "$port" master box0 2>/dev/null
    check "ping 10.240.0.1 goes through that port" "yes no" "$with $without" \
        "the port is not up: ip_link_set_up_without_ipv6" "veth(4), bridge(8)" \
        "yes yes" "there is a way past the bridge"
    let_go
    hold

    task 4 configure_eth0 3
    check "lo is up" yes "$(ping_from_box 127.0.0.1)" "lo is not set up: ip_link_set_up" "ip-link(8)"
    address=$(in_net ip -4 -br address show eth0 | awk '{ print $3 }')
    check "ip a: an address of 10.240.0.0/24" 10.240.0.0/24 "${address%.*}.0/${address#*/}" \
        "eth0 has no address, or not the box's" "ip-address(8)" \
        "10.240.0.0/*" "another prefix than 24: other neighbours than the bridge has"
    check "ip route: the bridge's address is the way out" "default via 10.240.0.1 dev eth0" \
        "$(in_net ip route show default | sed 's/ $//')" \
        "the way out is not the bridge's address" "ip-route(8)" \
        "" "no route: not added, or before eth0 was up (ENETUNREACH)"
    check "the host reaches the box" "yes yes" \
        "$(own_namespace net) $(busybox ping -q -c 1 -W 4 "${address%/*}" >/dev/null 2>&1 && echo yes)" \
        "eth0 is down" "ip-address(8)"
    # Each step undone: no ping. Done again by hand: a ping.
    in_net ip link set lo down
    without=$(ping_from_box 127.0.0.1)
    in_net ip link set lo up
    check "without lo up 127.0.0.1 is unreachable" "no yes" "$without $(ping_from_box 127.0.0.1)" \
        "there is another loopback" "ip-link(8)"
    in_net ip route delete default
    without=$(ping_from_box "$internet")
    in_net ip route add default via 10.240.0.1
    check "without the route $internet is" "no yes" "$without $(soon ping_from_box "$internet")" \
        "there is another way" "ip-route(8)"
    in_net ip address flush dev eth0
    without=$(ping_from_box 10.240.0.1)
    in_net ip address add "${address:-10.240.0.9/24}" dev eth0
    check "without the address 10.240.0.1 is" "no yes" "$without $(soon ping_from_box 10.240.0.1)" \
        "there is another link" "ip-address(8)"
    in_net ip link set eth0 down
    without=$(ping_from_box 10.240.0.1)
    in_net ip link set eth0 up
    check "without eth0 up 10.240.0.1 is" "no yes" "$without $(soon ping_from_box 10.240.0.1)" \
        "there is another link" "ip-link(8)"
    check "nothing there speaks IPv6" "yes 0 0" \
        "$(own_namespace net) $(ipv6_addresses | tr '\n' ' ' | sed 's/ $//')" \
        "the bridge or its port is up with IPv6" "ip-link(8), addrgenmode" \
        "yes [1-9]*" "eth0 is up with IPv6: ip_link_set_no_ipv6 comes before"
    let_go
    check_without_bridge

    task given "addresses, ports, other boxes" 4
    ip=$(some_address)
    # An input that does not end: at its end nc would end the connection as well, and the
    # other one may not have said anything yet.
    (printed=listener run --ip "$ip" sh -c 'mkfifo /tmp/in && exec nc -l -p 5000 <>/tmp/in' >"$work/heard") &
    listener=$!
    # shellcheck disable=SC2016
    run sh -c 'for i in $(seq 80); do echo hello | nc -w 10 "$1" 5000 2>/dev/null && break; usleep 50000; done' sh "$ip"
    wait "$listener"
    check "nc: one box hears another, at the address of --ip" hello "$(cat "$work/heard")" \
        "the address is not the one of --ip" "unix(7), nc(1)"

    check "/etc/resolv.conf is the host's, read-only" "same ro" \
        "$(run cat /etc/resolv.conf | cmp -s - /etc/resolv.conf && echo same) $(run sh -c 'echo 2>/dev/null >>/etc/resolv.conf || echo ro')" \
        "not taken along, or no place for it in the rootfs" "resolv.conf(5)"

    too_old=$("$lab/common/tools/needs.sh" publish)
    if [ -n "$too_old" ]; then
        skip_task given "published ports" "$too_old"
        return
    fi
    mkdir "$work/www"
    random >"$work/www/index.html"
    chmod -R go+rX "$work/www"
    page=$(cat "$work/www/index.html")
    port=$(some_port)
    ip=$(some_address)
    held_command="exec httpd -f -p 80 -h /www"
    hold --ip "$ip" --publish "$port:80" --volume "$work/www:/www:ro"
    held_command='exec cat'
    check "the host fetches a page from the box" "$page" "$(until_same "$page" fetch "$ip" 80)" \
        "the box has another address" "nc(1)"
    check "and by the published port of its own address" "$page" "$(fetch "$host" "$port")" \
        "no dnat in the output chain" "nft(8)"
    check "and by the published port of 127.0.0.1" "$page" "$(fetch 127.0.0.1 "$port")" \
        "route_localnet is 0, or no masquerade for 127.0.0.1" "nft(8), ip-sysctl"
    check "another machine fetches it by the published port" "$page" \
        "$(fetch "$host" "$port" ip netns exec internet)" \
        "no dnat in the prerouting chain" "nft(8)"
    check "another box fetches it by the published port" "$page" \
        "$(run sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 3 $host $port" | tail -n 1)" \
        "no masquerade among boxes: the answer comes from a stranger" "nft(8)"
    check "the host's own port of that number is free to use" "$page host" \
        "$(fetch "$ip" 80) $(echo host >"$work/www2"; mkdir "$work/host" && mv "$work/www2" "$work/host/index.html"
        busybox httpd -f -p 127.0.0.1:80 -h "$work/host" & server=$!
        until_same host fetch 127.0.0.1 80
        kill $server)" \
        "the box listens in the host's namespace" "network_namespaces(7)"
    (exec busybox httpd -f -p 127.0.0.1:81 -h "$work/host") &
    server=$!
    there=$(until_same host fetch 127.0.0.1 81)
    check "the box does not reach the host's 127.0.0.1, only the rules stop it" "host  host" \
        "$there $(loopback_of_the_host 81) $(without_rules fetch 127.0.0.1 81 nsenter -n -t "$inside")" \
        "route_localnet without a rule that drops 127.0.0.0/8" "nft(8)"
    kill "$server"
    wait "$server" 2>/dev/null
    published=$(nft list ruleset | grep -c "dport $port")
    # A web server does not end with its input.
    kill -KILL "$inside" 2>/dev/null
    let_go
    check "the published port's rules are gone with the box" "2 0" \
        "$published $(nft list ruleset | grep -c "dport $port")" \
        "the table has no owner, or nobody ends it" "nft(8), flags owner"
}

verify_stage 06-network
