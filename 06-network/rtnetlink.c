#include "rtnetlink.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- one request and its answer -------------------------------------------
 */

/*
 * A message is a header, a fixed part for its kind and attributes behind it.
 * An attribute can hold attributes itself.
 */
struct request {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
        struct rtmsg route;
    };
    char attributes[512];
};

static struct request begin(unsigned short type, unsigned short flags,
                            size_t fixed)
{
    return (struct request){
        .header = {.nlmsg_type = type,
                   .nlmsg_flags =
                       (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags),
                   .nlmsg_len = (unsigned int)NLMSG_LENGTH(fixed)},
    };
}

static struct rtattr *add(struct request *request, unsigned short type,
                          const void *data, size_t size)
{
    const unsigned int end = NLMSG_ALIGN(request->header.nlmsg_len);
    struct rtattr *attribute = (struct rtattr *)((char *)request + end);

    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(size);
    if (size > 0)
        memcpy(RTA_DATA(attribute), data, size);
    request->header.nlmsg_len = end + RTA_ALIGN(attribute->rta_len);
    return attribute;
}

static void add_text(struct request *request, unsigned short type,
                     const char *text)
{
    add(request, type, text, strlen(text) + 1);
}

static struct rtattr *begin_nest(struct request *request, unsigned short type)
{
    return add(request, type | NLA_F_NESTED, NULL, 0);
}

static void end_nest(struct request *request, struct rtattr *nest)
{
    const char *end = (char *)request + request->header.nlmsg_len;

    nest->rta_len = (unsigned short)(end - (char *)nest);
}

/*
 * A socket belongs to the network namespace that it was made in. Launcher and
 * child are in two, and neither asks before the clone: each has its own.
 */
static int ask_kernel(const struct request *request)
{
    static int fd = -1;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[1024];
    } answer = {.error = {.error = -EIO}};

    if (fd == -1)
        fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd == -1)
        return -1;
    if (send(fd, request, request->header.nlmsg_len, 0) == -1 ||
        recv(fd, &answer, sizeof answer, 0) == -1)
        return -1;
    errno = -answer.error.error;
    return errno == 0 ? 0 : -1;
}

/* ---- links ----------------------------------------------------------------
 */

struct ethernet_address ethernet_address(struct in_addr address)
{
    struct ethernet_address result = {{0x02, 0x00}};

    memcpy(&result.bytes[2], &address, sizeof address);
    return result;
}

int ip_link_add_bridge(const char *name, struct ethernet_address address)
{
    struct request request =
        begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof request.link);
    struct rtattr *info;

    add_text(&request, IFLA_IFNAME, name);
    add(&request, IFLA_ADDRESS, &address, sizeof address);
    info = begin_nest(&request, IFLA_LINKINFO);
    add_text(&request, IFLA_INFO_KIND, "bridge");
    end_nest(&request, info);
    return ask_kernel(&request);
}

/* Else each end has as many as the machine may have CPUs, each with files in
 * /sys. */
static void add_one_queue(struct request *request)
{
    const uint32_t one = 1;

    add(request, IFLA_NUM_TX_QUEUES, &one, sizeof one);
    add(request, IFLA_NUM_RX_QUEUES, &one, sizeof one);
}

int ip_link_add_veth(const char *name, const char *bridge, const char *peer,
                     struct ethernet_address address, pid_t pid)
{
    const unsigned int master = if_nametoindex(bridge);
    struct request request =
        begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof request.link);
    struct rtattr *info, *data, *other;

    /* To the kernel 0 is no bridge, and a link without one. */
    if (master == 0)
        return -1;
    add_text(&request, IFLA_IFNAME, name);
    add(&request, IFLA_MASTER, &master, sizeof master);
    add_one_queue(&request);
    info = begin_nest(&request, IFLA_LINKINFO);
    add_text(&request, IFLA_INFO_KIND, "veth");
    data = begin_nest(&request, IFLA_INFO_DATA);
    other = begin_nest(&request, VETH_INFO_PEER);
    /* The fixed part of a link message, for the peer; all of it is zero. */
    request.header.nlmsg_len += (unsigned int)sizeof request.link;
    add_text(&request, IFLA_IFNAME, peer);
    add(&request, IFLA_ADDRESS, &address, sizeof address);
    add(&request, IFLA_NET_NS_PID, &pid, sizeof pid);
    add_one_queue(&request);
    end_nest(&request, other);
    end_nest(&request, data);
    end_nest(&request, info);
    return ask_kernel(&request);
}

static int change_link(const char *name, unsigned int flags, bool no_ipv6)
{
    const unsigned char none = IN6_ADDR_GEN_MODE_NONE;
    struct request request = begin(RTM_NEWLINK, 0, sizeof request.link);
    struct rtattr *families, *ipv6;

    request.link.ifi_flags = request.link.ifi_change = flags;
    add_text(&request, IFLA_IFNAME, name);
    if (no_ipv6) {
        families = begin_nest(&request, IFLA_AF_SPEC);
        ipv6 = begin_nest(&request, AF_INET6);
        add(&request, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof none);
        end_nest(&request, ipv6);
        end_nest(&request, families);
    }
    return ask_kernel(&request);
}

int ip_link_set_up(const char *name)
{
    return change_link(name, IFF_UP, false);
}

int ip_link_set_no_ipv6(const char *name)
{
    /* A kernel without IPv6 has nothing to turn off. */
    return change_link(name, 0, true) == -1 && errno != EAFNOSUPPORT ? -1 : 0;
}

int ip_link_set_up_without_ipv6(const char *name)
{
    if (change_link(name, IFF_UP, true) == 0)
        return 0;
    return errno == EAFNOSUPPORT ? ip_link_set_up(name) : -1;
}

bool ip_link_is_up(const char *name)
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_flags = 0};
    bool up;

    if (fd == -1)
        return false;
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);
    close(fd);
    return up;
}

int ip_link_delete(const char *name)
{
    struct request request = begin(RTM_DELLINK, 0, sizeof request.link);

    add_text(&request, IFLA_IFNAME, name);
    return ask_kernel(&request);
}

/* ---- addresses and routes -------------------------------------------------
 */

int ip_address_add(const char *name, struct in_addr address, int prefix)
{
    struct request request =
        begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof request.address);
    const uint32_t hosts = htonl(UINT32_MAX >> prefix);
    const struct in_addr broadcast = {.s_addr = address.s_addr | hosts};

    request.address.ifa_family = AF_INET;
    request.address.ifa_prefixlen = (unsigned char)prefix;
    request.address.ifa_index = if_nametoindex(name);
    add(&request, IFA_LOCAL, &address, sizeof address);
    add(&request, IFA_ADDRESS, &address, sizeof address);
    add(&request, IFA_BROADCAST, &broadcast, sizeof broadcast);
    return ask_kernel(&request);
}

int ip_route_add_default(struct in_addr gateway)
{
    struct request request =
        begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof request.route);

    request.route.rtm_family = AF_INET;
    request.route.rtm_table = RT_TABLE_MAIN;
    request.route.rtm_protocol = RTPROT_BOOT;
    request.route.rtm_scope = RT_SCOPE_UNIVERSE;
    request.route.rtm_type = RTN_UNICAST;
    add(&request, RTA_GATEWAY, &gateway, sizeof gateway);
    return ask_kernel(&request);
}

bool is_bridge(const char *name)
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
    struct ifreq request = {.ifr_data = (char *)&driver};
    bool found;

    if (fd == -1)
        return false;
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    found = ioctl(fd, SIOCETHTOOL, &request) == 0 &&
            strcmp(driver.driver, "bridge") == 0;
    close(fd);
    return found;
}
