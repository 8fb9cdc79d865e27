/* The values of options: good values, limits, bad values. */
#include "check.h"

#include "../04-mount/mounts.h"
#include "../05-proc/confine.h"
#include "../06-network/bridge.h"
#include "../07-cgroup/cgroups.h"
#include "../common/command.h"
#include "../common/error.h"
#include "../common/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

START_TEST(numbers)
{
    uint64_t number = 7;

    ck_assert_int_eq(parse_number("0", 0, 10, &number), 0);
    ck_assert_uint_eq(number, 0);
    ck_assert_int_eq(parse_number("10", 0, 10, &number), 0);
    ck_assert_int_eq(
        parse_number("18446744073709551615", 0, UINT64_MAX, &number), 0);
    ck_assert_uint_eq(number, UINT64_MAX);
}
END_TEST

static const struct {
    const char *text;
    int error;
} bad_numbers[] = {
    {"", EINVAL},
    {"-1", EINVAL},
    {"+1", EINVAL},
    {" 1", EINVAL},
    {"1 ", EINVAL},
    {"1e9", EINVAL},
    {"0x10", EINVAL},
    {"1.5", EINVAL},
    {"eleven", EINVAL},
    {"11", ERANGE},
    {"1", ERANGE},
    {"18446744073709551616", ERANGE},
    {"99999999999999999999999999", ERANGE},
};

START_TEST(numbers_refused)
{
    uint64_t number = 7;

    errno = 0;
    ck_assert_int_eq(parse_number(bad_numbers[_i].text, 2, 10, &number), -1);
    ck_assert_int_eq(errno, bad_numbers[_i].error);
    ck_assert_uint_eq(number, 7);
}
END_TEST

START_TEST(id_ranges)
{
    struct id_range range;

    ck_assert_int_eq(parse_id_range("0:1000:1", &range), 0);
    ck_assert_uint_eq(range.inside, 0);
    ck_assert_uint_eq(range.outside, 1000);
    ck_assert_uint_eq(range.count, 1);
    ck_assert_int_eq(parse_id_range("4294967294:0:1", &range), 0);
    ck_assert_int_eq(parse_id_range("0:0:4294967295", &range), 0);
}
END_TEST

static const char *const bad_ranges[] = {
    "",
    "0",
    "0:0",
    "0:0:0",
    "0:0:1:1",
    "a:0:1",
    "0:-1:1",
    "0:0:",
    ":0:1",
    "0 0 1",
    "0:0:1 ",
    "4294967295:0:1",
    "0:4294967295:1",
    "4294967294:0:2",
    "0:2:4294967294",

    "0:0:00000000000000000000000000000000000000000000000000000000000000001",
};

START_TEST(id_ranges_refused)
{
    struct id_range range = {1, 2, 3};

    ck_assert_int_eq(parse_id_range(bad_ranges[_i], &range), -1);
    ck_assert(errno == EINVAL || errno == ERANGE);
    ck_assert_uint_eq(range.inside, 1);
}
END_TEST

START_TEST(good_volumes)
{
    struct volume volume;

    ck_assert_int_eq(parse_volume("/a b:/c", &volume), 0);
    ck_assert_str_eq(volume.source, "/a b");
    ck_assert_str_eq(volume.target, "/c");
    ck_assert(!volume.read_only);
    ck_assert_int_eq(parse_volume(".:/c/d:ro", &volume), 0);
    ck_assert_str_eq(volume.source, ".");
    ck_assert_str_eq(volume.target, "/c/d");
    ck_assert(volume.read_only);
}
END_TEST

static const char *const bad_volumes[] = {
    "",         ":",        "/a",         "/a:",      ":/b",
    "/a:b",     "/a:/",     "/a:/..",     "/a:/./..", "/a:/b:",
    "/a:/b:rw", "/a:/b:RO", "a:/b:ro:ro",
};

START_TEST(volumes_refused)
{
    struct volume volume = {.source = NULL};

    ck_assert_int_eq(parse_volume(bad_volumes[_i], &volume), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_ptr_null(volume.source);
}
END_TEST

START_TEST(capabilities)
{
    static const char *const names[] = {"CAP_SYS_ADMIN", "cap_sys_admin",
                                        "SYS_ADMIN", "Sys_Admin"};
    uint64_t mask;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(parse_capability(names[i], &mask), 0);
        ck_assert_uint_eq(mask, UINT64_C(1) << CAP_SYS_ADMIN);
    }
    ck_assert_int_eq(parse_capability("all", &mask), 0);
    ck_assert_uint_eq(mask, UINT64_MAX);
    ck_assert_int_eq(parse_capability("chown", &mask), 0);
    ck_assert_uint_eq(mask, 1);
}
END_TEST

static const char *const bad_capabilities[] = {
    "",
    "CAP_",
    "CAP_CAP_CHOWN",
    "0",
    "21",
    "CAP_21",
    "chown,kill",
    "no",
    " chown",
    "chown ",
    "an_absurdly_long_name_that_no_kernel_will_ever_have_for_a_capability",
};

START_TEST(capabilities_refused)
{
    uint64_t mask = 7;

    ck_assert_int_eq(parse_capability(bad_capabilities[_i], &mask), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_uint_eq(mask, 7);
}
END_TEST

START_TEST(docker_keeps_fourteen)
{
    ck_assert_uint_eq(DEFAULT_CAPABILITIES, UINT64_C(0xa80425fb));
}
END_TEST

/* ---- network, limits ------------------------------------------------------
 */

static const char *const bad_addresses[] = {
    "",    "10.240.0", "10.240.0.256", "10.240.0.1/24", "10.240.0.1 ",
    "box", "::1",      "010.240.0.1"};

START_TEST(addresses_refused)
{
    struct in_addr address = {.s_addr = 7};

    ck_assert_int_eq(parse_address(bad_addresses[_i], &address), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_uint_eq(address.s_addr, 7);
}
END_TEST

START_TEST(published_ports)
{
    struct publish port;

    ck_assert_int_eq(parse_publish("8080:80", &port), 0);
    ck_assert_uint_eq(port.address.s_addr, INADDR_ANY);
    ck_assert_uint_eq(port.outside, 8080);
    ck_assert_uint_eq(port.inside, 80);
    ck_assert(!port.udp);
    ck_assert_int_eq(parse_publish("127.0.0.1:1:65535/udp", &port), 0);
    ck_assert_uint_eq(port.address.s_addr, htonl(INADDR_LOOPBACK));
    ck_assert_uint_eq(port.outside, 1);
    ck_assert_uint_eq(port.inside, 65535);
    ck_assert(port.udp);
    ck_assert_int_eq(parse_publish("1:1/tcp", &port), 0);
    ck_assert(!port.udp);
}
END_TEST

static const char *const bad_ports[] = {
    "",
    "80",
    ":",
    "80:",
    ":80",
    "0:80",
    "80:0",
    "65536:80",
    "80:65536",
    "-1:80",
    "80:80/",
    "80:80/TCP",
    "80:80/sctp",
    "80:80:80",
    "1.2.3:80:80",
    "host:1:1",
    "1.2.3.4:80",
    "8 0:80",
    "1e3:80",
    "80:80/tcp/udp",
    "80:80/udp ",
    "1.2.3.4::80",
    "1.2.3.4:80:",
    "4294967376:80",
    "111.111.111.111:00000000000000000000000000000000000080:80000"};

START_TEST(published_ports_refused)
{
    struct publish port = {.outside = 7};

    ck_assert_int_eq(parse_publish(bad_ports[_i], &port), -1);
    ck_assert(errno == EINVAL || errno == ERANGE);
    ck_assert_uint_eq(port.outside, 7);
}
END_TEST

static bool overlap(const char *a, const char *b)
{
    struct publish first, second;

    ck_assert_int_eq(parse_publish(a, &first), 0);
    ck_assert_int_eq(parse_publish(b, &second), 0);
    ck_assert(publishes_overlap(&first, &second) ==
              publishes_overlap(&second, &first));
    return publishes_overlap(&first, &second);
}

START_TEST(published_ports_overlap)
{
    ck_assert(overlap("80:80", "80:81"));
    ck_assert(overlap("80:80", "127.0.0.1:80:80"));
    ck_assert(overlap("127.0.0.1:80:80", "127.0.0.1:80:81"));
    ck_assert(!overlap("127.0.0.1:80:80", "127.0.0.2:80:80"));
    ck_assert(!overlap("80:80", "81:80"));
    ck_assert(!overlap("80:80/tcp", "80:80/udp"));
}
END_TEST

START_TEST(sizes)
{
    uint64_t bytes;

    ck_assert_int_eq(parse_size("0", &bytes), 0);
    ck_assert_uint_eq(bytes, 0);
    ck_assert_int_eq(parse_size("20m", &bytes), 0);
    ck_assert_uint_eq(bytes, 20971520);
    ck_assert_int_eq(parse_size("1K", &bytes), 0);
    ck_assert_uint_eq(bytes, 1024);
    ck_assert_int_eq(parse_size("2G", &bytes), 0);
    ck_assert_uint_eq(bytes, UINT64_C(2147483648));
    ck_assert_int_eq(parse_size("9223372036854775807", &bytes), 0);
    ck_assert_uint_eq(bytes, INT64_MAX);
    ck_assert_int_eq(parse_size("8589934591g", &bytes), 0);
    ck_assert_uint_eq(bytes, UINT64_C(8589934591) << 30);
}
END_TEST

static const struct {
    const char *text;
    int error;
} bad_sizes[] = {
    {"", EINVAL},
    {"m", EINVAL},
    {"-1", EINVAL},
    {"1e9", EINVAL},
    {"1.5g", EINVAL},
    {"1t", EINVAL},
    {"1mb", EINVAL},
    {"1 m", EINVAL},
    {" 1", EINVAL},
    {"9223372036854775808", ERANGE},
    {"8589934592g", ERANGE},
    {"18446744073709551617", ERANGE},
    {"1000000000000000000000000000000000000000", ERANGE},
};

START_TEST(sizes_refused)
{
    uint64_t bytes = 7;

    errno = 0;
    ck_assert_int_eq(parse_size(bad_sizes[_i].text, &bytes), -1);
    ck_assert_int_eq(errno, bad_sizes[_i].error);
    ck_assert_uint_eq(bytes, 7);
}
END_TEST

START_TEST(cpu_shares)
{
    ck_assert_uint_eq(cpus_option("0.01"), 1000);
    ck_assert_uint_eq(cpus_option("0.2"), 20000);
    ck_assert_uint_eq(cpus_option("1"), 100000);
    ck_assert_uint_eq(cpus_option("1.5"), 150000);
    ck_assert_uint_eq(cpus_option("2.125"), 212500);
    ck_assert_uint_eq(cpus_option("10000"), 1000000000);
}
END_TEST

static const char *const bad_cpus[] = {"",
                                       "0",
                                       "0.009",
                                       "0.0",
                                       "-1",
                                       ".5",
                                       "1.",
                                       "1,5",
                                       "1e1",
                                       "1.5.1",
                                       "two",
                                       "0.0001",
                                       "10000.001",
                                       "10001",
                                       " 1",
                                       "1 ",
                                       "99999999999999999999999999999999999"};

START_TEST(cpus_refused)
{
    cpus_option(bad_cpus[_i]);
}
END_TEST

static const char *const bad_cpu_lists[] = {"", ",", " ", ",,"};

START_TEST(cpu_lists_refused)
{
    cpuset_option(bad_cpu_lists[_i]);
}
END_TEST

/* ---- namespaces -----------------------------------------------------------
 */

static const struct namespace_flag known[] = {
    {"uts", CLONE_NEWUTS},
    {"pid", CLONE_NEWPID},
    {NULL, 0},
};

START_TEST(shares)
{
    ck_assert_uint_eq(share_option(known, "uts"), CLONE_NEWUTS);
    ck_assert_uint_eq(share_option(known, "pid,uts"),
                      CLONE_NEWUTS | CLONE_NEWPID);
    ck_assert_uint_eq(share_option(known, "uts,uts"), CLONE_NEWUTS);
}
END_TEST

static const char *const bad_shares[] = {"",    "net",     "uts,",   ",uts",
                                         "UTS", "uts pid", "uts,net"};

START_TEST(shares_refused)
{
    share_option(known, bad_shares[_i]);
}
END_TEST

START_TEST(a_conflict_is_refused)
{
    refuse_conflict(known, CLONE_NEWNET);
    refuse_conflict(known, CLONE_NEWPID);
}
END_TEST

START_TEST(maps)
{
    struct id_map map = {.count = 0};

    ck_assert_str_eq(map_text(&map, 1234), "0 1234 1");
    ck_assert_uint_eq(map_first_id(&map), 0);
    map_option(&map, "50:1000:1");
    ck_assert_uint_eq(map_first_id(&map), 50);
    map_option(&map, "0:2000:10");
    ck_assert_uint_eq(map_first_id(&map), 0);
    ck_assert_str_eq(map_text(&map, 1234), "50 1000 1\n0 2000 10");
    ck_assert(!map.none);
    map_option(&map, "none");
    ck_assert(map.none);
}
END_TEST

START_TEST(a_hundred_lines_fit_a_page)
{
    struct id_map map = {.count = 0};
    char line[64];

    for (uint32_t i = 0; i < MAX_RANGES; i++) {
        snprintf(line, sizeof line, "%u:%u:1", 4294967000U + i,
                 4294967000U + i);
        map_option(&map, line);
    }
    ck_assert_uint_lt(strlen(map_text(&map, 0)), 4096);
}
END_TEST

START_TEST(one_line_more_is_refused)
{
    struct id_map map = {.count = 0};
    char line[64];

    for (uint32_t i = 0; i <= MAX_RANGES; i++) {
        snprintf(line, sizeof line, "%u:%u:1", i, i);
        map_option(&map, line);
    }
}
END_TEST

START_TEST(none_beside_a_map_is_refused)
{
    struct id_map map = {.count = 0};

    map_option(&map, "0:0:1");
    map_option(&map, "none");
    check_map(&map);
}
END_TEST

START_TEST(a_missing_rootfs_is_refused)
{
    rootfs_option("/no/such/directory");
}
END_TEST

START_TEST(a_rootfs_that_is_a_file_is_refused)
{
    rootfs_option("/proc/self/exe");
}
END_TEST

START_TEST(a_missing_source_is_refused)
{
    struct binds volumes = {.count = 0};

    volume_option(&volumes, "/no/such/source:/x");
}
END_TEST

START_TEST(too_many_volumes_are_refused)
{
    struct binds volumes = {.count = 0};

    for (int i = 0; i <= MAX_BINDS; i++)
        volume_option(&volumes, "/:/x");
}
END_TEST

START_TEST(an_unknown_capability_is_refused)
{
    capability_option("cap-add", "CAP_EVERYTHING");
}
END_TEST

START_TEST(the_environment_is_new)
{
    setenv("LAB_SECRET", "1", 1);
    setenv("TERM", "xterm", 1);
    set_environment("leopard");
    ck_assert_ptr_null(getenv("LAB_SECRET"));
    ck_assert_str_eq(getenv("TERM"), "xterm");
    ck_assert_str_eq(getenv("PS1"), "leopard# ");
    ck_assert_str_eq(getenv("HOME"), "/root");
    unsetenv("TERM");
    set_environment("x");
    ck_assert_ptr_null(getenv("TERM"));
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof(array)[0])

int main(void)
{
    TCase *values = tcase_create("values"), *exits = tcase_create("exits");
    TCase *const cases[] = {values, exits, NULL};

    tcase_add_test(values, numbers);
    tcase_add_loop_test(values, numbers_refused, 0, LENGTH(bad_numbers));
    tcase_add_test(values, id_ranges);
    tcase_add_loop_test(values, id_ranges_refused, 0, LENGTH(bad_ranges));
    tcase_add_test(values, good_volumes);
    tcase_add_loop_test(values, volumes_refused, 0, LENGTH(bad_volumes));
    tcase_add_test(values, capabilities);
    tcase_add_loop_test(values, capabilities_refused, 0,
                        LENGTH(bad_capabilities));
    tcase_add_test(values, docker_keeps_fourteen);
    tcase_add_test(values, shares);
    tcase_add_test(values, maps);
    tcase_add_test(values, a_hundred_lines_fit_a_page);
    tcase_add_test(values, the_environment_is_new);
    tcase_add_loop_test(values, addresses_refused, 0, LENGTH(bad_addresses));
    tcase_add_test(values, published_ports);
    tcase_add_loop_test(values, published_ports_refused, 0, LENGTH(bad_ports));
    tcase_add_test(values, published_ports_overlap);
    tcase_add_test(values, sizes);
    tcase_add_loop_test(values, sizes_refused, 0, LENGTH(bad_sizes));
    tcase_add_test(values, cpu_shares);
    tcase_add_loop_exit_test(exits, cpus_refused, BOX_FAILED, 0,
                             LENGTH(bad_cpus));

    tcase_add_loop_exit_test(exits, cpu_lists_refused, BOX_FAILED, 0,
                             LENGTH(bad_cpu_lists));
    tcase_add_loop_exit_test(exits, shares_refused, BOX_FAILED, 0,
                             LENGTH(bad_shares));
    tcase_add_exit_test(exits, a_conflict_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, one_line_more_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, none_beside_a_map_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, a_missing_rootfs_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, a_rootfs_that_is_a_file_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, a_missing_source_is_refused, BOX_FAILED);
    tcase_add_exit_test(exits, too_many_volumes_are_refused, BOX_FAILED);
    tcase_add_exit_test(exits, an_unknown_capability_is_refused, BOX_FAILED);
    return run_cases("parse and options", cases, 10);
}
