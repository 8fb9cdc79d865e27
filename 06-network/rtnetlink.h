/*
 * Links, addresses and routes of the caller's network namespace, by
 * rtnetlink(7): one function for each ip(8) command that the lab needs, named
 * after it.
 *
 * Each returns 0 when the kernel has done it, or -1 with the kernel's errno;
 * EPERM where CAP_NET_ADMIN over the network namespace is missing. Names of
 * links have at most 15 bytes. Addresses are struct in_addr, inet_pton(3).
 *
 * The first request of a process opens its socket: all go to the network
 * namespace that it was in then. Each but ip_link_is_up() waits for a lock that
 * the kernel has for all network namespaces together, also while it takes a
 * dead one down: the fewer, the faster.
 */
#ifndef NETWORK_RTNETLINK_H
#define NETWORK_RTNETLINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * An Ethernet address made of an IPv4 address, 02:00:0a:f0:00:07 for
 * 10.240.0.7, so that who takes over an IPv4 address also takes over the
 * Ethernet address that its neighbours remember for it, arp(7).
 */
struct ethernet_address {
    unsigned char bytes[6];
};
struct ethernet_address ethernet_address(struct in_addr address);

/* ip link add NAME address ADDRESS type bridge; EEXIST. */
int ip_link_add_bridge(const char *name, struct ethernet_address address);

/*
 * ip link add NAME master BRIDGE numtxqueues 1 numrxqueues 1 type veth
 *     peer name PEER address ADDRESS netns PID; ENODEV without BRIDGE.
 *
 * One request: to make the peer here and move it would take 20 ms, since a
 * link that leaves a network namespace waits until nobody looks at it.
 */
int ip_link_add_veth(const char *name, const char *bridge, const char *peer,
                     struct ethernet_address address, pid_t pid);

/* ip link set NAME up */
int ip_link_set_up(const char *name);

/*
 * ip link set NAME addrgenmode none up: one request, in which the kernel does
 * the second first. That is safe while the link has no carrier, which IPv6
 * waits for: a bridge without ports, a veth whose other end is down.
 */
int ip_link_set_up_without_ipv6(const char *name);

/* ip link set NAME addrgenmode none; before it is up. */
int ip_link_set_no_ipv6(const char *name);

/* Whether a link is up, `ip link show NAME`; false if there is none. */
bool ip_link_is_up(const char *name);

/* ip link delete NAME */
int ip_link_delete(const char *name);

/* ip address add ADDRESS/PREFIX brd + dev NAME; EEXIST. */
int ip_address_add(const char *name, struct in_addr address, int prefix);

/* ip route add default via GATEWAY; ENETUNREACH while no link leads there. */
int ip_route_add_default(struct in_addr gateway);

/* Whether a link is a bridge, ethtool -i NAME; false if there is none. */
bool is_bridge(const char *name);

#endif
