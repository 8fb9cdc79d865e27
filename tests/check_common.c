/* The calls of the library that change something, without a box around them. */
#include "check.h"

#include "../04-mount/mounts.h"
#include "../06-network/bridge.h"
#include "../06-network/nft.h"
#include "../06-network/rtnetlink.h"
#include "../common/command.h"
#include "../common/error.h"
#include "../common/file.h"
#include "../common/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[4096];

/* A new one below the working directory. */
static void enter_directory(void)
{
    char name[] = "check-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(name));
    ck_assert_int_eq(chdir(name), 0);
    ck_assert_ptr_nonnull(getcwd(directory, sizeof directory));
}

static void leave_directory(void)
{
    char command[5000];

    ck_assert_int_eq(chdir(".."), 0);
    snprintf(command, sizeof command, "rm -rf --one-file-system '%s'",
             directory);
    ck_assert_int_eq(system(command), 0);
}

/* ---- error.h --------------------------------------------------------------
 */

/* What a function prints on stderr before it ends its process. */
static int output_of(void (*function)(void), char *output, size_t size)
{
    int ends[2], status;
    size_t used = 0;
    ssize_t length;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        function();
        _exit(0);
    }
    close(ends[1]);
    while ((length = read(ends[0], output + used, size - 1 - used)) > 0)
        used += (size_t)length;
    output[used] = '\0';
    close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return exit_status(status);
}

static void call_die(void)
{
    program_invocation_name = (char *)"03-pid/box";
    errno = ENOENT;
    die("mount %s", "/proc");
}

static void call_die_with_hint(void)
{
    program_invocation_name = (char *)"03-pid/box";
    errno = EPERM;
    die_with_hint("do this", "write %d", 7);
}

static void call_refuse(void)
{
    program_invocation_name = (char *)"03-pid/box";
    errno = EPERM;
    refuse("--map '%s': expected none", "x");
}

static void call_must(void)
{
    program_invocation_name = (char *)"03-pid/box";
    must(0, "not this");
    must(5, "nor this");
    errno = EBUSY;
    must(-1, "but %s", "this");
}

static void call_step_without_wish(void)
{
    step("nobody wants to know");
}

static void call_step(void)
{
    tell_steps(1);
    errno = EBUSY;
    step("before");
    mark_as_child();
    step("after");
    _exit(errno == EBUSY ? 3 : 4);
}

static void call_die_with_much_text(void)
{
    static char text[10000];

    memset(text, 'x', sizeof text - 1);
    errno = EINVAL;
    die("%s", text);
}

START_TEST(errors)
{
    static char output[4 * 4096];

    ck_assert_int_eq(output_of(call_die, output, sizeof output), 125);
    ck_assert_str_eq(output,
                     "03-pid/box: mount /proc: No such file or directory\n");
    ck_assert_int_eq(output_of(call_die_with_hint, output, sizeof output), 125);
    ck_assert_str_eq(output, "03-pid/box: write 7: Operation not permitted\n"
                             "  hint: do this\n");
    ck_assert_int_eq(output_of(call_refuse, output, sizeof output), 125);
    ck_assert_str_eq(output, "03-pid/box: --map 'x': expected none\n");
    ck_assert_int_eq(output_of(call_must, output, sizeof output), 125);
    ck_assert_str_eq(output, "03-pid/box: but this: Device or resource busy\n");
    ck_assert_int_eq(output_of(call_step_without_wish, output, sizeof output),
                     0);
    ck_assert_str_eq(output, "");
    ck_assert_int_eq(output_of(call_step, output, sizeof output), 3);
    ck_assert_msg(strstr(output, ": before\ninside ") != NULL, "%s", output);
    ck_assert_int_eq(strncmp(output, "outside ", 8), 0);
    ck_assert_int_eq(output_of(call_die_with_much_text, output, sizeof output),
                     125);
    ck_assert_int_eq(output[strlen(output) - 1], '\n');
}
END_TEST

START_TEST(die_ends_with_125)
{
    die("x");
}
END_TEST

/* ---- file.h ----------------------------------------------------------------
 */

START_TEST(files)
{
    enter_directory();
    ck_assert_int_eq(write_file("1", "%s/%s", directory, "none"), -1);
    ck_assert_int_eq(errno, ENOENT);
    close(creat("value", 0600));
    ck_assert_int_eq(write_file("42\n", "%s/%s", directory, "value"), 0);
    ck_assert_int_eq(read_number("value"), 42);
    ck_assert_int_eq(write_file("x", "value"), 0);
    ck_assert_int_eq(read_number("value"), -1);
    ck_assert_int_eq(read_number("none"), -1);
    ck_assert_int_eq(write_file("x", "/dev/full"), -1);
    ck_assert_int_eq(errno, ENOSPC);
    leave_directory();
}
END_TEST

/* ---- launch.h --------------------------------------------------------------
 */

START_TEST(lines_and_numbers)
{
    char line[8];

    enter_directory();
    ck_assert_int_eq(write_number(1, "file"), -1);
    ck_assert_int_eq(errno, ENOENT);
    close(open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ck_assert_int_eq(read_line(line, sizeof line, "file"), 0);
    ck_assert_str_eq(line, "");
    ck_assert_int_eq(write_number(UINT64_MAX, "%s", "file"), 0);
    ck_assert_int_eq(read_line(line, sizeof line, "file"), 0);
    ck_assert_str_eq(line, "1844674");
    ck_assert_int_eq(write_file("one\ntwo", "file"), 0);
    ck_assert_int_eq(read_line(line, sizeof line, "%s", "file"), 0);
    ck_assert_str_eq(line, "one");
    ck_assert_int_eq(read_line(line, sizeof line, "none"), -1);
    ck_assert_int_eq(errno, ENOENT);
    leave_directory();
}
END_TEST

static struct in_addr address(const char *text)
{
    struct in_addr result;

    ck_assert_int_eq(parse_address(text, &result), 0);
    return result;
}

/* In the network namespace of a child, by the errors that ip(8) would print. */
START_TEST(links_addresses_routes)
{
    const struct in_addr gateway = address("10.240.0.1");
    const struct ethernet_address ethernet = ethernet_address(gateway);
    static const unsigned char expected[] = {0x02, 0x00, 10, 240, 0, 1};

    ck_assert_mem_eq(ethernet.bytes, expected, sizeof expected);
    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    ck_assert(!ip_link_is_up("lo"));
    ck_assert_int_eq(ip_link_set_up("lo"), 0);
    ck_assert(ip_link_is_up("lo"));
    ck_assert(!ip_link_is_up("none"));
    ck_assert(!is_bridge("lo"));
    ck_assert(!is_bridge("none"));
    ck_assert_int_eq(ip_link_add_bridge("b", ethernet), 0);
    ck_assert_int_eq(ip_link_add_bridge("b", ethernet), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert(is_bridge("b"));
    ck_assert_int_eq(ip_link_add_bridge("a-name-too-long-", ethernet), -1);
    ck_assert_int_ne(errno, 0);
    ck_assert_int_eq(ip_address_add("b", gateway, 24), 0);
    ck_assert_int_eq(ip_address_add("b", gateway, 24), -1);
    ck_assert_int_eq(errno, EEXIST);
    ck_assert_int_eq(ip_route_add_default(address("10.240.0.2")), -1);
    ck_assert_int_eq(errno, ENETUNREACH);
    ck_assert_int_eq(ip_link_set_no_ipv6("b"), 0);
    ck_assert_int_eq(ip_link_set_up("b"), 0);
    ck_assert_int_eq(ip_route_add_default(address("10.240.0.2")), 0);
    ck_assert_int_eq(ip_link_add_veth("v", "none", "p", ethernet, getpid()),
                     -1);
    ck_assert_int_eq(ip_link_add_veth("v", "b", "p", ethernet, getpid()), 0);
    ck_assert_int_eq(ip_link_delete("v"), 0);
    ck_assert_int_eq(ip_link_delete("v"), -1);
    ck_assert_int_eq(errno, ENODEV);
}
END_TEST

/* Needs CAP_NET_ADMIN, as everything of nft's. */
START_TEST(rules_are_held_or_refused)
{
    struct nft_holder holder = {.pid = 0};

    ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
    ck_assert_int_eq(run_nft("nonsense\n"), -1);
    ck_assert_int_eq(errno, EIO);
    ck_assert_int_eq(hold_nft(&holder, "add rule ip none none accept"), -1);
    ck_assert_int_eq(errno, EIO);
    ck_assert_int_eq(holder.pid, 0);
    end_nft(&holder);
    /* What the terminal library says first is no error. */
    setenv("TERM", "no-such-terminal", 1);
    ck_assert_int_eq(
        hold_nft(&holder, "add table ip box-test { flags owner; }"), 0);
    ck_assert_int_eq(run_nft("list table ip box-test\n"), 0);
    end_nft(&holder);
    ck_assert_int_eq(run_nft("list table ip box-test\n"), -1);
}
END_TEST

START_TEST(statuses)
{
    for (int code = 0; code < 256; code++)
        ck_assert_int_eq(exit_status(code << 8), code);
    ck_assert_int_eq(exit_status(SIGTERM), 128 + SIGTERM);
    ck_assert_int_eq(exit_status(SIGSEGV | 0x80), 128 + SIGSEGV);
}
END_TEST

START_TEST(commands)
{
    enter_directory();
    mkdir("one", 0755);
    mkdir("two", 0755);
    close(creat("one/plain", 0644));
    close(creat("two/both", 0755));
    close(creat("two/program", 0755));
    close(creat("one/both", 0644));
    setenv("PATH", "one:two", 1);
    ck_assert_str_eq(find_command("program"), "two/program");
    ck_assert_str_eq(find_command("both"), "two/both");
    mkdir("one/directory", 0755);
    close(creat("two/directory", 0755));
    ck_assert_str_eq(find_command("directory"), "two/directory");
    ck_assert_str_eq(find_command("plain"), "one/plain");
    ck_assert_str_eq(find_command("./program"), "./program");
    ck_assert_str_eq(find_command("/bin/x"), "/bin/x");
    /* What is nowhere must not be found in the working directory. */
    close(creat("here", 0755));
    ck_assert_int_eq(access(find_command("here"), F_OK), -1);
    /* Whatever lies at /NAME. */
    ck_assert_str_eq(find_command("proc"), "");
    ck_assert_str_eq(find_command(""), "");
    setenv("PATH", "/usr/bin:/bin", 1);
    leave_directory();
}
END_TEST

START_TEST(closed_descriptors_are_opened)
{
    char path[] = "box";
    char *argv[] = {path, NULL};
    struct stat standard, null;

    close(0);
    close(2);
    begin_program(argv);
    ck_assert_int_eq(stat("/dev/null", &null), 0);
    ck_assert_int_eq(fstat(0, &standard), 0);
    ck_assert_uint_eq(standard.st_rdev, null.st_rdev);
    ck_assert_int_eq(fstat(2, &standard), 0);
    ck_assert_uint_eq(standard.st_rdev, null.st_rdev);
}
END_TEST

/* ---- mounts.h --------------------------------------------------------------
 */

START_TEST(mount_points)
{
    struct stat status;
    char path[5000];

    enter_directory();
    snprintf(path, sizeof path, "%s/a/b/c", directory);
    ck_assert_int_eq(make_mount_point(path, true), 0);
    ck_assert_int_eq(make_mount_point(path, true), 0);
    ck_assert_int_eq(make_mount_point(path, false), -1);
    ck_assert_int_eq(errno, EISDIR);
    snprintf(path, sizeof path, "%s/d/file", directory);
    ck_assert_int_eq(make_mount_point(path, false), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert(S_ISREG(status.st_mode));
    ck_assert_int_eq(make_mount_point(path, true), -1);
    ck_assert_int_eq(errno, ENOTDIR);
    snprintf(path, sizeof path, "%s/d/file/x", directory);
    ck_assert_int_eq(make_mount_point(path, true), -1);
    ck_assert_int_eq(errno, ENOTDIR);
    leave_directory();
}
END_TEST

START_TEST(mounts_that_fail_set_errno)
{
    ck_assert_int_eq(clone_mount("/no/such/path", 0), -1);
    ck_assert_int_ne(errno, 0);
    errno = 0;
    ck_assert_int_eq(new_mount("no-such-type", 0), -1);
    ck_assert_int_ne(errno, 0);
    errno = 0;
    ck_assert_int_eq(attach_mount(open("/dev/null", O_RDONLY), "/dev/null"),
                     -1);
    ck_assert_int_ne(errno, 0);
}
END_TEST

START_TEST(the_rootfs_is_found_above_the_program)
{
    const char *path = rootfs_option(NULL);
    const char *end = path + strlen(path) - strlen("/build/rootfs");

    ck_assert_str_eq(end, "/build/rootfs");
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("common");
    TCase *const cases[] = {all, NULL};

    tcase_add_test(all, errors);
    tcase_add_exit_test(all, die_ends_with_125, BOX_FAILED);
    tcase_add_test(all, files);
    tcase_add_test(all, lines_and_numbers);
    tcase_add_test(all, links_addresses_routes);
    tcase_add_test(all, rules_are_held_or_refused);
    tcase_add_test(all, statuses);
    tcase_add_test(all, commands);
    tcase_add_test(all, closed_descriptors_are_opened);
    tcase_add_test(all, mount_points);
    tcase_add_test(all, mounts_that_fail_set_errno);
    tcase_add_test(all, the_rootfs_is_found_above_the_program);
    return run_cases("common", cases, 10);
}
