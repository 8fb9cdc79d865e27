#include "bridge.h"

#include "../common/error.h"
#include "../common/file.h"
#include "../common/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The last bytes of the first and the last address that a box may have. */
enum { FIRST_HOST = 2, LAST_HOST = 254 };

struct in_addr gateway_address(void)
{
    return (struct in_addr){.s_addr = inet_addr(GATEWAY)};
}

static struct in_addr address_of(uint32_t host)
{
    const uint32_t subnet = ntohl(gateway_address().s_addr) & ~0xffU;

    return (struct in_addr){.s_addr = htonl(subnet | host)};
}

/* ---- options ------------------------------------------------------------- */

static int invalid(void)
{
    errno = EINVAL;
    return -1;
}

int parse_address(const char *text, struct in_addr *address)
{
    return inet_pton(AF_INET, text, address) == 1 ? 0 : invalid();
}

int parse_publish(const char *text, struct publish *port)
{
    struct publish result = {.udp = false};
    uint64_t inside, outside;
    char copy[64], *rest = copy, *field, *protocol;

    if (strlen(text) >= sizeof copy)
        return invalid();
    strcpy(copy, text);
    protocol = strchr(copy, '/');
    if (protocol != NULL) {
        *protocol++ = '\0';
        result.udp = strcmp(protocol, "udp") == 0;
        if (!result.udp && strcmp(protocol, "tcp") != 0)
            return invalid();
    }
    field = strsep(&rest, ":");
    if (strchr(field, '.') != NULL) {
        if (rest == NULL || parse_address(field, &result.address) == -1)
            return invalid();
        field = strsep(&rest, ":");
    }
    if (rest == NULL)
        return invalid();
    if (parse_number(field, 1, UINT16_MAX, &outside) == -1 ||
        parse_number(rest, 1, UINT16_MAX, &inside) == -1)
        return -1;
    result.outside = (uint16_t)outside;
    result.inside = (uint16_t)inside;
    *port = result;
    return 0;
}

bool publishes_overlap(const struct publish *a, const struct publish *b)
{
    return a->udp == b->udp && a->outside == b->outside &&
           (a->address.s_addr == b->address.s_addr ||
            a->address.s_addr == INADDR_ANY || b->address.s_addr == INADDR_ANY);
}

void network_option(struct network *network, const char *text)
{
    if (strcmp(text, "bridge") != 0 && strcmp(text, "none") != 0)
        refuse("--network '%s': expected bridge or none%s", text,
               strcmp(text, "host") == 0
                   ? "; the host's network is --share net here"
                   : "");
    network->wanted = text;
}

void address_option(struct network *network, const char *text)
{
    const uint32_t first = ntohl(address_of(FIRST_HOST).s_addr);
    const uint32_t last = ntohl(address_of(LAST_HOST).s_addr);
    struct in_addr address;

    if (parse_address(text, &address) == -1 || ntohl(address.s_addr) < first ||
        ntohl(address.s_addr) > last)
        refuse("--ip '%s': expected an address from 10.240.0.2 to "
               "10.240.0.254",
               text);
    network->address = address;
    network->wanted_address = text;
}

void publish_option(struct network *network, const char *text)
{
    struct publish port;

    if (parse_publish(text, &port) == -1)
        refuse("--publish '%s': expected [ADDRESS:]PORT:PORT[/tcp|/udp], the "
               "host's port first, each from 1 to 65535",
               text);
    for (size_t i = 0; i < network->port_count; i++)
        if (publishes_overlap(&network->ports[i], &port))
            refuse("--publish '%s': the host's port is taken by an earlier "
                   "--publish; expected each once",
                   text);
    if (network->port_count == MAX_PORTS)
        refuse("--publish '%s': one too many; expected at most %d", text,
               MAX_PORTS);
    network->ports[network->port_count++] = port;
}

/*
 * Whether this network namespace belongs to the caller's user namespace, or to
 * one below it: capabilities(7) over it count then. The kernel names no other
 * owner (EPERM), ioctl_ns(2).
 */
static bool owns_network(void)
{
    const int network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    const int owner = ioctl(network, NS_GET_USERNS);

    close(network);
    if (owner == -1)
        return false;
    close(owner);
    return true;
}

void choose_network(struct network *network)
{
    const bool none =
        network->wanted != NULL && strcmp(network->wanted, "none") == 0;
    const bool asked = network->wanted_address || network->port_count > 0;

    if (none && asked)
        refuse("--network none: given together with --ip or --publish; "
               "expected one of the two");
    if (none)
        return;
    network->bridge = has_capability(CAP_NET_ADMIN) && owns_network();
    if (!network->bridge && (asked || network->wanted))
        refuse("no bridge: it takes CAP_NET_ADMIN over this network namespace; "
               "expected sudo, `make sandbox`, or --network none");
    if (!network->bridge)
        warn_user("lo alone: a bridge takes CAP_NET_ADMIN over this network "
                  "namespace (sudo, or `make sandbox`)");
    if (network->port_count > 0 && !has_nft())
        refuse("--publish: there is no nft; expected the package nftables to "
               "be installed: make prepare");
}

/* ---- what the launcher holds ----------------------------------------------
 */

/*
 * Two processes cannot bind the same name, and an abstract name belongs to
 * the network namespace, as the bridge does. The socket stays open.
 */
static bool lease(int socket, struct in_addr address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1,
                                "box/%s", inet_ntoa(address));

    return bind(socket, (struct sockaddr *)&name,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) +
                    (socklen_t)length) == 0;
}

static void lease_address(struct network *network)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(fd, "socket");
    if (network->wanted_address != NULL) {
        if (!lease(fd, network->address))
            refuse("--ip '%s': another box has it; expected a free address",
                   network->wanted_address);
        return;
    }
    for (uint32_t host = FIRST_HOST; host <= LAST_HOST; host++) {
        network->address = address_of(host);
        if (lease(fd, network->address))
            return;
    }
    refuse("all %d addresses of " SUBNET " are taken; expected a box to end "
           "first, or --network none",
           LAST_HOST - FIRST_HOST + 1);
}

/*
 * The packets never come to this socket: they are sent on before anybody looks
 * for one. It keeps others off the port, and shows in ss(8).
 */
static void reserve_port(const struct publish *port)
{
    const int fd = socket(
        AF_INET, (port->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    const struct sockaddr_in name = {.sin_family = AF_INET,
                                     .sin_addr = port->address,
                                     .sin_port = htons(port->outside)};

    must(fd, "socket");
    if (bind(fd, (const struct sockaddr *)&name, sizeof name) == 0)
        return;
    if (errno == EADDRINUSE)
        refuse("--publish: %s port %u of the host is in use by another box or "
               "program; expected a free one (ss -lntup)",
               port->udp ? "udp" : "tcp", port->outside);
    if (errno == EADDRNOTAVAIL)
        refuse("--publish: %s is no address of this host; expected one of `ip "
               "address`, or none for all",
               inet_ntoa(port->address));
    die("reserve port %u of the host", port->outside);
}

void reserve_network(struct network *network)
{
    if (!network->bridge)
        return;
    network->lock = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    must(network->lock, "open /proc/self/ns/net");
    must(flock(network->lock, LOCK_SH), "lock this network namespace");
    lease_address(network);
    for (size_t i = 0; i < network->port_count; i++)
        reserve_port(&network->ports[i]);
}

bool is_last_on_bridge(struct network *network)
{
    return network->lock > 0 && flock(network->lock, LOCK_EX | LOCK_NB) == 0;
}

static uint32_t random_number(void)
{
    uint32_t number;

    must(getrandom(&number, sizeof number, 0) == sizeof number ? 0 : -1,
         "getrandom");
    return number;
}

const char *port_name(void)
{
    static char name[IFNAMSIZ];

    snprintf(name, sizeof name, "veth%08x", random_number());
    return name;
}

/* ---- rules ----------------------------------------------------------------
 */

/*
 * A packet to the host's port gets the box as its destination. It may come
 * from another machine or another box (prerouting), or from a program on the
 * host (output).
 */
const char *publish_rules(const struct network *network)
{
    static const char *const chains[] = {"prerouting", "output"};
    static char text[2 * MAX_PORTS * 128 + 512];
    char box[INET_ADDRSTRLEN], to[64], table[32];
    char *end = text;

    inet_ntop(AF_INET, &network->address, box, sizeof box);
    snprintf(table, sizeof table, "box-%08x", random_number());
    end += sprintf(end, "add table ip %s { flags owner; };", table);
    for (size_t c = 0; c < sizeof chains / sizeof chains[0]; c++) {
        end += sprintf(end,
                       " add chain ip %s %s "
                       "{ type nat hook %s priority -100; };",
                       table, chains[c], chains[c]);
        for (size_t i = 0; i < network->port_count; i++) {
            const struct publish *port = &network->ports[i];

            strcpy(to, "fib daddr type local");
            if (port->address.s_addr != INADDR_ANY)
                sprintf(to, "ip daddr %s", inet_ntoa(port->address));
            end +=
                sprintf(end, " add rule ip %s %s %s %s dport %u dnat to %s:%u;",
                        table, chains[c], to, port->udp ? "udp" : "tcp",
                        port->outside, box, port->inside);
        }
    }
    return text;
}

void check_forwarding(void)
{
    if (read_number("/proc/sys/net/ipv4/ip_forward") == 0)
        warn_user("this host does not forward, so the box reaches it and no "
                  "further: sudo sysctl net.ipv4.ip_forward=1, or `make "
                  "sandbox`");
}

const char *resolv_conf(void)
{
    static const char stub[] = "/run/systemd/resolve/resolv.conf";
    static const char usual[] = "/etc/resolv.conf";
    FILE *file = fopen(usual, "re");
    char line[256];
    bool is_stub = false;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        is_stub = is_stub || strncmp(line, "nameserver 127.0.0.53", 21) == 0;
    if (file != NULL)
        fclose(file);
    return is_stub && access(stub, R_OK) == 0 ? stub : usual;
}

/* ---- what helps ----------------------------------------------------------
 */

const char *bridge_hint(void)
{
    if (errno == EEXIST || errno == EOPNOTSUPP || errno == EINVAL)
        return "there is a link box0 that is no bridge: delete it (ip link "
               "delete box0), or --network none; or this kernel lacks "
               "CONFIG_BRIDGE or CONFIG_VETH: sudo modprobe -a bridge veth";
    if (errno == EXFULL)
        return "a bridge has at most 1023 ports, and those of boxes that have "
               "just ended count for a moment";
    return NULL;
}
