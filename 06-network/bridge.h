/*
 * The network of a box, as far as it is bookkeeping: which address, which
 * ports, who is the last on the bridge. Nothing of it is in a file. Whatever
 * the launcher holds here the kernel takes back when the launcher ends, in
 * whatever way.
 */
#ifndef NETWORK_BRIDGE_H
#define NETWORK_BRIDGE_H

#include "nft.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bridge's name, and its own address: the boxes' gateway. */
#define BRIDGE "box0"
#define GATEWAY "10.240.0.1"
#define SUBNET "10.240.0.0/24"
struct in_addr gateway_address(void);

/* An IPv4 address, four decimal numbers, inet_pton(3). */
int parse_address(const char *text, struct in_addr *address);

/* "[ADDRESS:]PORT:PORT[/tcp|/udp]", as Docker's --publish. */
struct publish {
    /* The host's address that it is for; INADDR_ANY for all. */
    struct in_addr address;
    /* The host's port and the box's. */
    uint16_t outside, inside;
    bool udp;
};
int parse_publish(const char *text, struct publish *port);

/* Whether both want the same port of the host, on one address or on all. */
bool publishes_overlap(const struct publish *a, const struct publish *b);

#define MAX_PORTS 32

struct network {
    /* The box is connected to the bridge; without, it has lo alone. */
    bool bridge;
    /* Its address in SUBNET. */
    struct in_addr address;
    /* The ports of the host that lead to it. */
    struct publish ports[MAX_PORTS];
    size_t port_count;
    /* The nft(8) that holds their rules. */
    struct nft_holder nft;
    /* --network and --ip as they were given, or NULL. */
    const char *wanted;
    const char *wanted_address;
    /* This network namespace, locked, flock(2), while the box uses the bridge;
     * 0 if it does not. */
    int lock;
};

/* --network, --ip and --publish. A wrong value ends the program with 125. */
void network_option(struct network *network, const char *text);
void address_option(struct network *network, const char *text);
void publish_option(struct network *network, const char *text);

/*
 * Decides whether the box is on the bridge, and refuses what cannot be before
 * anything is made: options that contradict each other, a bridge without
 * CAP_NET_ADMIN over the current network namespace. Without --network it is
 * what is possible; if that is lo alone, it says what the bridge needs.
 */
void choose_network(struct network *network);

/*
 * Takes what is the launcher's as long as it lives, or ends the program with
 * 125: the shared lock that every user of the bridge holds, the wanted
 * address or the lowest that is free (an abstract unix(7) socket of that
 * name), and the ports (sockets that are bound to them, ip(7)).
 */
void reserve_network(struct network *network);

/*
 * Tries to make the shared lock exclusive, and returns whether it could: then
 * no other box is on the bridge, and one that starts waits until this process
 * has ended. If not, it holds no lock any more.
 */
bool is_last_on_bridge(struct network *network);

/*
 * A name for the host's end of a veth pair: "veth" and eight random digits, as
 * Docker chooses it. A number of ours, such as a PID, would not do: two PID
 * namespaces can have the same, and a link outlives its box by a moment.
 */
const char *port_name(void);

/* The rules that lead the box's ports to it, for hold_nft(). */
const char *publish_rules(const struct network *network);

/* Says so if the host does not forward: the box is alone with it then. */
void check_forwarding(void);

/*
 * The file that names the DNS servers for a box, resolv.conf(5): where the
 * host asks a server of its own on 127.0.0.53, that server's list, for a
 * box's 127.0.0.53 is nobody.
 */
const char *resolv_conf(void);

/* What helps where the kernel refuses, see common/hints.h. */

/* A link could not become a port of the bridge. */
const char *bridge_hint(void);

#endif
