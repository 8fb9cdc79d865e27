#include "launch.h"

#include "error.h"
#include "file.h"
#include "hints.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* ---- begin -------------------------------------------------------------- */

static void open_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}

/* "03-pid/box" if the program lies in a stage's directory, else "box". */
static const char *stage_name(const char *path)
{
    const char *base = strrchr(path, '/');
    const char *stage;

    if (base == NULL)
        return path;
    for (stage = base; stage > path && stage[-1] != '/'; stage--)
        ;
    if (stage[0] == '0' && stage + 3 < base && stage[2] == '-')
        return stage;
    return base + 1;
}

void begin_program(char **argv)
{
    static char path[PATH_MAX];
    ssize_t length;

    open_standard_descriptors();
    length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        snprintf(path, sizeof path, "%s", argv[0] ? argv[0] : "box");
    argv[0] = program_invocation_name = (char *)stage_name(path);
}

/* ---- start -------------------------------------------------------------- */

static void block_signals(struct launch *launch)
{
    static const int numbers[] = {SIGCHLD, SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                  SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU};
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    struct sigaction action;

    /* A caller that ignores SIGCHLD would take the child's status from us. */
    sigaction(SIGCHLD, &by_default, &launch->old_sigchld);
    /* Once blocked, even a signal that nohup(1) has ignored would arrive. */
    sigemptyset(&launch->blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            sigaddset(&launch->blocked, numbers[i]);
    sigprocmask(SIG_BLOCK, &launch->blocked, &launch->old_mask);
}

static int open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static bool has_terminal(void)
{
    const int terminal = open_terminal();
    bool has;

    if (terminal == -1)
        return false;
    has = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return has;
}

/* What clone3(2) takes; the headers of older kernels lack the last fields. */
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack;
    uint64_t stack_size, tls, set_tid, set_tid_size, cgroup;
};

/*
 * Docker's seccomp profile answers clone3 with ENOSYS, clone is left. Then the
 * child is moved, which takes the kernel many times as long, and its cgroup
 * namespace has the wrong root.
 */
static long clone_and_move(unsigned long flags, int cgroup)
{
    const long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

    if (pid <= 0 || cgroup == 0 ||
        write_number((uint64_t)pid, "/proc/self/fd/%d/cgroup.procs", cgroup) ==
            0)
        return pid;
    kill((pid_t)pid, SIGKILL);
    waitpid((pid_t)pid, NULL, 0);
    return -1;
}

/*
 * fork(2) with flags, CLONE_NEW* of namespaces(7), without a new stack. cgroup
 * as in struct launch.
 */
static pid_t clone_process(unsigned long flags, int cgroup)
{
    const struct clone_arguments arguments = {
        .flags = flags | (cgroup > 0 ? CLONE_INTO_CGROUP : 0),
        .exit_signal = SIGCHLD,
        .cgroup = (uint64_t)cgroup,
    };
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);

    if (pid == -1 && errno == ENOSYS)
        pid = clone_and_move(flags, cgroup);
    return (pid_t)pid;
}

/* The child that exit(3) still has to end, or -1. */
static pid_t running_child = -1;

/* exit(3) in the launcher: whatever ended it, no child is left behind. */
static void end_child(void)
{
    if (running_child == -1)
        return;
    kill(running_child, SIGKILL);
    waitpid(running_child, NULL, 0);
}

pid_t start_box(struct launch *launch, unsigned long flags)
{
    int ends[2];
    char here;

    step("launcher, child of %d", getppid());
    launch->had_terminal = has_terminal();
    launch->is_pid_1 = (flags & CLONE_NEWPID) != 0;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
         "socketpair");
    block_signals(launch);
    fflush(NULL);
    /* The child will not see /proc any more. */
    is_restricted_by_apparmor();
    launch->pid = clone_process(flags, launch->cgroup);
    if (launch->pid == -1)
        die_with_hint(clone_hint(flags), "clone");
    launch->channel = ends[launch->pid == 0];
    close(ends[launch->pid != 0]);
    if (launch->pid == 0) {
        mark_as_child();
        syscall(SYS_close_range, 3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
        umask(022);
        return 0;
    }
    step("started the child %d", launch->pid);
    running_child = launch->pid;
    atexit(end_child);
    while (read(launch->channel, &here, 1) == -1 && errno == EINTR)
        ;
    return launch->pid;
}

void release_box(struct launch *launch)
{
    /* MSG_NOSIGNAL: a child that is gone is finish_box()'s to report. */
    send(launch->channel, "", 1, MSG_NOSIGNAL);
}

/* ---- child -------------------------------------------------------------- */

void wait_for_next_release(struct launch *launch)
{
    char go;

    if (recv(launch->channel, &go, 1, 0) != 1)
        _exit(BOX_FAILED);
}

void wait_for_release(struct launch *launch)
{
    send(launch->channel, "", 1, MSG_NOSIGNAL);
    wait_for_next_release(launch);
}

void die_with_launcher(struct launch *launch)
{
    char byte;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
        die("prctl PR_SET_PDEATHSIG");
    if (recv(launch->channel, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        _exit(BOX_FAILED);
}

void prepare_exec(struct launch *launch)
{
    send(launch->channel, "", 1, MSG_NOSIGNAL);
    sigaction(SIGCHLD, &launch->old_sigchld, NULL);
    sigprocmask(SIG_SETMASK, &launch->old_mask, NULL);
}

/* ---- wait --------------------------------------------------------------- */

static int wait_for_signal(const struct launch *launch, siginfo_t *info)
{
    int number;

    do
        number = sigwaitinfo(&launch->blocked, info);
    while (number == -1 && errno == EINTR);
    return number;
}

/* The kernel has sent it to the whole foreground group, not to us alone. */
static bool from_terminal(int number, const siginfo_t *info)
{
    return info->si_code == SI_KERNEL &&
           (number == SIGINT || number == SIGQUIT);
}

void close_from(unsigned int first)
{
    syscall(SYS_close_range, first, UINT_MAX, 0);
}

static bool stops_jobs(int number)
{
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

int next_signal(const struct launch *launch)
{
    siginfo_t info;
    int number;

    do
        number = wait_for_signal(launch, &info);
    while (from_terminal(number, &info) || stops_jobs(number));
    return number;
}

/*
 * Whether a signal is in one of the masks of /proc/PID/status, proc(5):
 * SigCgt, it has a handler; SigBlk, it is blocked, as we do; SigIgn.
 */
static bool is_in_mask(pid_t pid, int number, const char *mask)
{
    const uint64_t signals = read_field(mask, 16, "/proc/%d/status", pid);

    return (signals >> (number - 1)) & 1;
}

static bool handles_signal(pid_t pid, int number)
{
    return is_in_mask(pid, number, "SigCgt") ||
           is_in_mask(pid, number, "SigBlk");
}

/* SIGINT or SIGTERM: the second one kills. */
static void ask_to_end(struct launch *launch, int number, bool terminal,
                       int *asked)
{
    const bool handled = handles_signal(launch->pid, number);

    if (terminal && handled)
        return;
    if (++*asked == 1) {
        if (!terminal)
            kill(launch->pid, number);
        return;
    }
    warn_user("killed after a second %s%s",
              number == SIGINT ? "SIGINT" : "SIGTERM",
              handled ? ""
                      : "; the command ignored the first, as PID 1 of a "
                        "namespace does without a handler: see --init");
    kill(launch->pid, SIGKILL);
}

/*
 * The job is stopped: first what runs inside, then the launcher. Of the three
 * signals a PID 1 feels none, but SIGSTOP from outside.
 */
static void stop_and_continue(const struct launch *launch, int number)
{
    kill(launch->pid, launch->is_pid_1 ? SIGSTOP : number);
    raise(SIGSTOP);
    kill(launch->pid, SIGCONT);
}

static void pass_on(struct launch *launch, int number, const siginfo_t *info,
                    int *asked)
{
    const bool terminal = from_terminal(number, info);
    const pid_t pid = launch->pid;

    if (number == SIGINT || number == SIGTERM)
        ask_to_end(launch, number, terminal, asked);
    else if (stops_jobs(number))
        stop_and_continue(launch, number);
    else if (number == SIGHUP && launch->is_pid_1 &&
             !handles_signal(pid, number) && !is_in_mask(pid, number, "SigIgn"))
        kill(pid, SIGKILL);
    else if (!terminal)
        kill(pid, number);
}

static int wait_for_end(struct launch *launch)
{
    int asked = 0, wait_status;

    for (;;) {
        siginfo_t info;
        const int number = wait_for_signal(launch, &info);

        if (number != SIGCHLD) {
            pass_on(launch, number, &info, &asked);
        } else if (waitpid(launch->pid, &wait_status, WNOHANG) == launch->pid) {
            launch->pid = running_child = -1;
            return wait_status;
        }
    }
}

/*
 * An interactive shell makes its own process group the terminal's foreground
 * group; in a PID namespace that shell is killed before it can give it back.
 * A group that still has processes is left alone: it is that of the caller's
 * shell, say, which has put us into the background.
 */
static void restore_terminal(const struct launch *launch)
{
    const int terminal = launch->had_terminal ? open_terminal() : -1;

    if (terminal == -1)
        return;
    /* SIGTTOU, which stops a background group that does this, is blocked. */
    if (kill(-tcgetpgrp(terminal), 0) == -1 && errno == ESRCH)
        tcsetpgrp(terminal, getpgrp());
    close(terminal);
}

int finish_box(struct launch *launch)
{
    const int wait_status = wait_for_end(launch);
    char byte;

    launch->started = recv(launch->channel, &byte, 1, MSG_DONTWAIT) == 1;
    restore_terminal(launch);
    if (launch->started)
        return exit_status(wait_status);
    if (WIFSIGNALED(wait_status))
        refuse("the box was killed by signal %d before its command started",
               WTERMSIG(wait_status));
    return BOX_FAILED;
}

int exit_status(int wait_status)
{
    if (WIFSIGNALED(wait_status))
        return 128 + WTERMSIG(wait_status);
    return WEXITSTATUS(wait_status);
}
