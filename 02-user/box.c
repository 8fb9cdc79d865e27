/*
 * 02-user: root inside, an ordinary user outside
 *
 * A user namespace has ids and capabilities of its own. The child starts in
 * it as nobody, with every capability there is, yet only over what belongs to
 * this namespace. The launcher then says who is who: uid 0 inside is you.
 * From here on nothing needs root.
 *
 * New here
 *   CLONE_NEWUSER                        user_namespaces(7)
 *   /proc/PID/setgroups, then gid_map; uid_map
 *   setgroups(2), setresgid(2), setresuid(2)
 *   cap_get_proc(3), cap_to_text(3)      libcap; capabilities(7)
 *
 * Run it
 *   02-user/box id                       uid=0 gid=0
 *   02-user/box --map none id            uid=65534: nobody is mapped
 *   02-user/box -v true                  the capabilities, before and after
 *
 * Still shared with the host: the command sees and can signal every process
 * of yours, and a child it leaves behind lives on. Hence 03-pid.
 */
#include <argp.h>
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "../common/command.h"
#include "../common/error.h"
#include "../common/file.h"
#include "../common/hints.h"
#include "../common/launch.h"
#include "../common/options.h"

/* What the user asked for. */
struct box {
    /* The process that we start, and the way to talk to it. */
    struct launch launch;
    /* The program to run and its arguments, with a NULL at the end. */
    char **command;
    /* The hostname inside, 1 to 64 bytes. */
    const char *hostname;
    /* CLONE_NEW* flags of the namespaces that stay the caller's (--share). */
    unsigned long shared;
    /* What the given options need: --share must not take that away. */
    unsigned long asked;
    /* For each id inside, the id outside that it stands for. */
    struct id_map map;
};

/* ---- options: nothing about containers here ----------------------------- */

static const struct namespace_flag namespaces[] = {
    {"uts", CLONE_NEWUTS}, /* hostname */
    {"user", CLONE_NEWUSER}, /* ids, capabilities */
    {NULL, 0},
};

enum {
    OPTION_SHARE = 256,
    OPTION_HOSTNAME,
    OPTION_MAP,
};

/* The last column, argp's group: the namespace that the option needs. */
static const struct argp_option options[] = {
    {"share", OPTION_SHARE, "NS[,NS...]", 0, "Keep these of the caller", 0},
    {"verbose", 'v', NULL, 0, "Tell each step, outside and inside", 0},
    {"hostname", OPTION_HOSTNAME, "NAME", 0, "Name inside (box)", CLONE_NEWUTS},
    {"map", OPTION_MAP, "INSIDE:OUTSIDE:COUNT|none", 0,
     "Users and groups inside (0 is you); repeatable", CLONE_NEWUSER},
    {0},
};

/* Whether the box leaves this namespace the caller's. */
static bool shares(const struct box *box, unsigned long namespace)
{
    return (box->shared & namespace) != 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct box *box = state->input;

    box->asked |= option_group(options, key);
    switch (key) {
    case OPTION_SHARE:
        box->shared = share_option(namespaces, value);
        break;
    case 'v':
        tell_steps(true);
        break;
    case OPTION_HOSTNAME:
        box->hostname = value;
        if (strlen(value) < 1 || strlen(value) > 64)
            refuse("--hostname '%s': has %zu bytes; expected 1 to 64", value,
                   strlen(value));
        break;
    case OPTION_MAP:
        map_option(&box->map, value);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Reads the options, and refuses what cannot be before anything is made. */
static void parse_options(struct box *box, int argc, char **argv)
{
    const int first = parse_arguments(options, parse_option, argc, argv, box);

    if (first < argc)
        box->command = &argv[first];
    refuse_conflict(namespaces, box->asked & box->shared);
    check_map(&box->map);
}

/* ---- 01 uts ------------------------------------------------------------- */

/*
 * A new UTS namespace starts with a copy of the host's hostname. This changes
 * the copy. It stands on the inside of the clone: the same call in the
 * launcher would rename the host.
 */
static void set_hostname(const struct box *box)
{
    if (shares(box, CLONE_NEWUTS))
        return;
    step("the hostname is %s, inherited", current_hostname());
    must(sethostname(box->hostname, strlen(box->hostname)), "sethostname %s",
         box->hostname);
    step("the hostname is %s now", current_hostname());
}

/*
 * execve(2) replaces the program in this process. The process stays: its PID,
 * its namespaces, its descriptors 0 to 2. It comes last, because nothing of
 * ours is left to run after it. The caller's environment ends here: its PATH
 * says where the host has its programs, and it may hold secrets.
 */
static _Noreturn void run_command(struct box *box)
{
    char *const *command = box->command;

    set_environment(current_hostname());
    step("becomes %s (parent %d)", command[0], getppid());
    prepare_exec(&box->launch);
    execve(find_command(command[0]), command, environ);
    exec_failed(command[0]);
}

/* ---- 02 user ------------------------------------------------------------ */

/*
 * A group can also shut people out of a file, and whoever could leave it would
 * get in. So an ordinary user must give up setgroups(2) for the new namespace
 * before the kernel takes a gid_map (EPERM without it, since Linux 3.19). A
 * launcher that may change groups on the host anyway (CAP_SETGID) gives nothing
 * up.
 */
static void deny_setgroups(const struct box *box)
{
    if (shares(box, CLONE_NEWUSER) || box->map.none ||
        has_capability(CAP_SETGID))
        return;
    if (write_file("deny", "/proc/%d/setgroups", box->launch.pid) == -1)
        die_with_hint(map_hint(&box->map), "deny setgroups");
    step("setgroups is denied inside");
}

/*
 * For each id inside, the id outside that it stands for. Until the map is
 * written everybody inside is 65534, nobody. It is written from outside, in a
 * single write, which the kernel takes only once; and before the box goes on:
 * a program started without a map starts without capabilities, and its own
 * files belong to nobody as it sees them.
 */
static void map_ids(const struct box *box)
{
    const pid_t pid = box->launch.pid;

    if (shares(box, CLONE_NEWUSER) || box->map.none)
        return;
    if (write_file(map_text(&box->map, getegid()), "/proc/%d/gid_map", pid) ==
            -1 ||
        write_file(map_text(&box->map, geteuid()), "/proc/%d/uid_map", pid) ==
            -1)
        die_with_hint(map_hint(&box->map), "write the maps of %d", pid);
    step("uid_map of the box: %s", map_text(&box->map, geteuid()));
}

/*
 * The map gives this process an id inside, but not always the wanted one:
 * host root under a map without host root is still nobody. Groups, gid, uid
 * is the order of every program that gives up root, since without uid 0 it
 * has no right to the other two; here the capabilities stay until execve(2).
 * EPERM: setgroups is denied, and the caller's groups stay.
 */
static void set_ids(const struct box *box)
{
    const uint32_t id = map_first_id(&box->map);

    if (shares(box, CLONE_NEWUSER) || box->map.none)
        return;
    if (setgroups(0, NULL) == -1 && errno != EPERM)
        die("setgroups");
    must(setresgid(id, id, id), "become gid %u inside", id);
    must(setresuid(id, id, id), "become uid %u inside", id);
}

/*
 * The first process of a user namespace holds every capability, already as
 * nobody: over the namespace and what belongs to it, not over the host. The
 * map changes who it is, not what it may do. What execve(2) leaves of it
 * depends on the id: uid 0 inside keeps what its bounding set allows, any
 * other id keeps none.
 */
static void show_capabilities(const char *when)
{
    cap_t mine = cap_get_proc();
    char *text = cap_to_text(mine, NULL);

    step("%s: uid %u, gid %u, capabilities %s", when, getuid(), getgid(), text);
    cap_free(text);
    cap_free(mine);
}

/* ---- the story ---------------------------------------------------------- */

/* One flag for each namespace that is not the caller's any more. */
static unsigned long clone_flags(const struct box *box)
{
    unsigned long flags = 0;

    flags |= CLONE_NEWUTS;
    flags |= CLONE_NEWUSER;
    return flags & ~box->shared;
}

/*
 * What happens inside, from the clone to the command. The child waits where
 * main() has something to prepare: from 02 on its ids, from 06 on eth0 (01 has
 * the same two lines, so that 02 only adds). From die_with_launcher() on the
 * kernel kills it if the launcher dies; a change of uid or gid would cancel
 * that.
 */
static _Noreturn void child_main(struct box *box)
{
    show_capabilities("before the map");
    wait_for_release(&box->launch);
    set_ids(box);
    show_capabilities("after the map");
    set_hostname(box);
    die_with_launcher(&box->launch);
    run_command(box);
}

/* What happens outside, from the options to the exit status. */
int main(int argc, char **argv)
{
    static char *shell[] = {"/bin/sh", NULL};
    static struct box box = {
        .command = shell,
        .hostname = "box",
    };

    begin_program(argv);
    parse_options(&box, argc, argv);
    if (start_box(&box.launch, clone_flags(&box)) == 0)
        child_main(&box);
    deny_setgroups(&box);
    map_ids(&box);
    release_box(&box.launch);
    return finish_box(&box.launch);
}
