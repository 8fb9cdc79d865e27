/*
 * 01-uts: a process with a hostname of its own
 *
 * The baseline is fork and exec: this program (the launcher) makes a child,
 * and the child becomes the command. `--share uts` leaves it at that. One
 * flag more, and the child lives in a new UTS namespace: it has the same
 * hostname as before, but from now on a copy, which it may change.
 *
 * New here
 *   clone(2), clone3    like fork(2), and namespaces are made on the way
 *   sethostname(2)      changes the hostname of the caller's UTS namespace
 *   execve(2)           replaces the program, keeps process and namespaces
 *   namespaces(7), uts_namespaces(7)
 *
 * Run it (it needs root: sudo, or `make sandbox`)
 *   01-uts/box hostname                  prints box
 *   01-uts/box --share uts hostname      prints the host's
 *   01-uts/box -v --hostname leopard     a shell, and who is whose parent
 *
 * Still shared with the host: users, processes, mounts, network, everything
 * else. The command runs as you, and as root it may do what root may. Hence
 * 02-user.
 */
#include <argp.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "../common/command.h"
#include "../common/error.h"
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
};

/* ---- options: nothing about containers here ----------------------------- */

static const struct namespace_flag namespaces[] = {
    {"uts", CLONE_NEWUTS}, /* hostname */
    {NULL, 0},
};

enum {
    OPTION_SHARE = 256,
    OPTION_HOSTNAME,
};

/* The last column, argp's group: the namespace that the option needs. */
static const struct argp_option options[] = {
    {"share", OPTION_SHARE, "NS[,NS...]", 0, "Keep these of the caller", 0},
    {"verbose", 'v', NULL, 0, "Tell each step, outside and inside", 0},
    {"hostname", OPTION_HOSTNAME, "NAME", 0, "Name inside (box)", CLONE_NEWUTS},
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

/* ---- the story ---------------------------------------------------------- */

/* One flag for each namespace that is not the caller's any more. */
static unsigned long clone_flags(const struct box *box)
{
    unsigned long flags = 0;

    flags |= CLONE_NEWUTS;
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
    wait_for_release(&box->launch);
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
    release_box(&box.launch);
    return finish_box(&box.launch);
}
