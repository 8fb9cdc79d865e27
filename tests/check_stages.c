/*
 * What no verify script proves of a stage, since it is easier in C than in
 * shell: wrong options by the dozen, descriptors, signals, terminals, storms.
 *
 * Runs as root and as an ordinary user.
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a box under test ------------------------------------------------------
 */

struct run {
    /* The launcher, and the first process inside. */
    pid_t launcher, inside;
    /* The box's stdin, stdout and stderr, from our side. */
    int in, out, error;
    char output[8192], errors[8192];
    int status;
};

static char *stage_box[9];

static void find_stages(void)
{
    static glob_t found; /* its strings are used to the end */

    if (glob("0[1-8]-*/box", 0, NULL, &found) != 0 || found.gl_pathc != 8)
        abort();
    for (int i = 0; i < 8; i++)
        stage_box[i + 1] = found.gl_pathv[i];
    /* Whatever outlives its launcher becomes ours, see nothing_is_left(). */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* 01-uts has no user namespace, so it is root's alone. */
static int first_stage(int wanted)
{
    return wanted == 1 && geteuid() != 0 ? 2 : wanted;
}

/* Starts stage's box with arguments, a list that NULL ends. */
static struct run start(int stage, char *const *arguments)
{
    int in[2], out[2], error[2];
    char *argv[64] = {stage_box[stage]};
    struct run run = {.inside = -1};

    for (int i = 0; arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(error, O_CLOEXEC), 0);
    run.launcher = fork();
    ck_assert_int_ne(run.launcher, -1);
    if (run.launcher == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(error[1], 2);
        execv(argv[0], argv);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    close(error[1]);
    run.in = in[1];
    run.out = out[0];
    run.error = error[0];
    return run;
}

#define START(stage, ...) start(stage, (char *[]){__VA_ARGS__, NULL})

static void read_all(int fd, char *text, size_t size)
{
    size_t used = 0;
    ssize_t length;

    while (used < size - 1 &&
           (length = read(fd, text + used, size - 1 - used)) > 0)
        used += (size_t)length;
    text[used] = '\0';
    close(fd);
}

/* Waits for the box's end without ending its stdin. */
static void wait_for_end(struct run *run)
{
    int status;

    read_all(run->out, run->output, sizeof run->output);
    read_all(run->error, run->errors, sizeof run->errors);
    ck_assert_int_eq(waitpid(run->launcher, &status, 0), run->launcher);
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    if (run->in != -1)
        close(run->in);
}

static void finish(struct run *run)
{
    close(run->in);
    run->in = -1;
    wait_for_end(run);
}

static struct run run_box(int stage, char *const *arguments)
{
    struct run run = start(stage, arguments);

    finish(&run);
    return run;
}

#define RUN(stage, ...) run_box(stage, (char *[]){__VA_ARGS__, NULL})

static bool runs_program(pid_t pid, const char *name);

/* The launcher's child. Beside it there may be an nft that holds rules. */
static pid_t only_child(pid_t parent)
{
    char path[64];
    pid_t child;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    file = fopen(path, "re");
    if (file == NULL)
        return -1;
    do
        if (fscanf(file, "%d", &child) != 1)
            child = -1;
    while (child != -1 && runs_program(child, "nft"));
    fclose(file);
    return child;
}

static void expect_line(struct run *run, const char *expected)
{
    char line[256];
    size_t length = 0;

    while (length < sizeof line - 1 && read(run->out, &line[length], 1) == 1 &&
           line[length] != '\n')
        length++;
    line[length] = '\0';
    ck_assert_str_eq(line, expected);
}

/* A box that stays until its stdin ends, with options in front. */
static struct run hold(int stage, char *const *options)
{
    char *arguments[64];
    int n = 0;
    struct run run;

    for (; options[n] != NULL; n++)
        arguments[n] = options[n];
    arguments[n++] = (char *)"sh";
    arguments[n++] = (char *)"-c";
    arguments[n++] = (char *)"echo ready; exec cat";
    arguments[n] = NULL;
    run = start(stage, arguments);
    expect_line(&run, "ready");
    run.inside = only_child(run.launcher);
    ck_assert_int_gt(run.inside, 0);
    return run;
}

#define HOLD(stage, ...) hold(stage, (char *[]){__VA_ARGS__ NULL})

/* Waits for everything that became ours; fails if something stays alive. */
static void nothing_is_left(void)
{
    int status;

    alarm(10);
    while (wait(&status) > 0 || errno == EINTR)
        ;
    ck_assert_int_eq(errno, ECHILD);
    alarm(0);
}

static void read_file(char *text, size_t size, const char *format, int pid)
{
    char path[128];
    int fd;

    snprintf(path, sizeof path, format, pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ne(fd, -1);
    read_all(fd, text, size);
}

/* A shell may handle signals until it has become the program it runs. */
static bool runs_program(pid_t pid, const char *name)
{
    char path[64], comm[32] = "";
    int fd;

    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return false;
    read_all(fd, comm, sizeof comm);
    return strncmp(comm, name, strlen(name)) == 0;
}

static void wait_for_program(pid_t pid, const char *name)
{
    alarm(10);
    while (!runs_program(pid, name))
        ;
    alarm(0);
}

/* ---- misuse ----------------------------------------------------------------
 */

#define LONG_NAME                                                              \
    "12345678901234567890123456789012345678901234567890123456789012345"

static const struct {
    int from;
    const char *option, *value, *expected;
} misuses[] = {
    {1, "--hostname", "", "expected 1 to 64"},
    {1, "--hostname", LONG_NAME, "has 65 bytes"},
    {1, "--share", "none", "not a namespace of this stage"},
    {1, "--share", "time", "not a namespace of this stage"},
    {1, "--share", "", "not a namespace of this stage"},
    {1, "--no-such-option", "x", "unrecognized option"},
    {1, "--hostname=x", "--share=uts", "expected one of the two"},
    {2, "--map", "0:0", "INSIDE:OUTSIDE:COUNT"},
    {2, "--map", "0:0:0", "COUNT of 1 or more"},
    {2, "--map", "0:-1:1", "ids from 0"},
    {2, "--map", "x", "INSIDE:OUTSIDE:COUNT"},
    {2, "--map=0:0:1", "--map=0:1:1", "overlap"},
    {2, "--map=none", "--map=0:0:1", "expected one of the two"},
    {2, "--map=none", "--share=user", "expected one of the two"},
    {3, "--init", "--share=pid", "expected one of the two"},
    {4, "--map=none", "--hostname=x", "expected a range"},
    {4, "--rootfs", "/no/such", "expected a directory"},
    {4, "--rootfs", "/etc/passwd", "not a directory"},
    {4, "--volume", "/tmp", "SOURCE:TARGET"},
    {4, "--volume", "/tmp:tmp", "absolute path below /"},
    {4, "--volume", "/tmp:/", "absolute path below /"},
    {4, "--volume", "/tmp:/tmp:rw", "SOURCE:TARGET:ro"},
    {4, "--volume", "/no/such:/tmp", "expected what exists"},
    {4, "--read-only", "--share=mnt", "expected one of the two"},
    {5, "--cap-add", "CAP_NONSENSE", "capabilities(7)"},
    {5, "--cap-drop", "0", "capabilities(7)"},
    {6, "--network", "host", "expected bridge or none"},
    {6, "--network=none", "--ip=10.240.0.9", "expected one of the two"},
    {6, "--network=none", "--publish=80:80", "expected one of the two"},
    {6, "--network=none", "--share=net", "expected one of the two"},
    {6, "--publish=80:80", "--share=net", "expected one of the two"},
    {6, "--ip", "10.240.0.1", "from 10.240.0.2 to 10.240.0.254"},
    {6, "--ip", "10.240.0.255", "from 10.240.0.2 to 10.240.0.254"},
    {6, "--ip", "10.240.1.9", "from 10.240.0.2 to 10.240.0.254"},
    {6, "--ip", "10.240.0", "from 10.240.0.2 to 10.240.0.254"},
    {6, "--publish", "0:80", "each from 1 to 65535"},
    {6, "--publish", "80:65536", "each from 1 to 65535"},
    {6, "--publish", "80", "the host's port first"},
    {6, "--publish", "80:80/sctp", "[/tcp|/udp]"},
    {6, "-p80:80", "-p127.0.0.1:80:81", "taken by an earlier"},
    {7, "--memory", "0", "a whole number from 1"},
    {7, "--memory", "1e9", "a whole number from 1"},
    {7, "--memory", "-1", "a whole number from 1"},
    {7, "--memory", "", "a whole number from 1"},
    {7, "--memory", "1t", "a whole number from 1"},
    {7, "--memory", "8589934592g", "a whole number from 1"},
    {7, "--cpus", "0.009", "from 0.01"},
    {7, "--cpus", "two", "from 0.01"},
    {7, "--pids-limit", "0", "from 1"},
    {7, "--cpuset-cpus", "", "numbers and ranges"},
    {7, "--cpuset-cpus", ",", "numbers and ranges"},
    {8, "--layer", "/no/such", "expected a directory"},
    {8, "--layer", "/etc/passwd", "expected one"},
    {8, "--keep", "/no/such", "expected a directory"},
    {8, "--layer=/etc", "--share=mnt", "expected one of the two"},
};

START_TEST(misuse_is_refused)
{
    for (int stage = first_stage(misuses[_i].from); stage <= 8; stage++) {
        struct run run = RUN(stage, (char *)misuses[_i].option,
                             (char *)misuses[_i].value, "true");

        ck_assert_int_eq(run.status, 125);
        ck_assert_str_eq(run.output, "");
        ck_assert_msg(strstr(run.errors, misuses[_i].expected) != NULL,
                      "stage %d: %s", stage, run.errors);
        /* Each error begins with its stage: "03-pid/box: ". */
        ck_assert_int_eq(
            strncmp(run.errors, stage_box[stage], strlen(stage_box[stage])), 0);
        ck_assert_int_eq(run.errors[strlen(stage_box[stage])], ':');
        nothing_is_left();
    }
}
END_TEST

START_TEST(an_ordinary_user_maps_only_himself)
{
    struct run run = RUN(_i, "--map", "0:0:1", "true");

    ck_assert_int_eq(run.status, 125);
    run = RUN(_i, "--map", "0:100000:65536", "true");
    ck_assert_int_eq(run.status, 125);
    ck_assert_ptr_nonnull(strstr(run.errors, "expected"));
    run = RUN(_i, "--share", "user", "true");
    ck_assert_int_eq(run.status, 125);
    ck_assert_ptr_nonnull(strstr(run.errors, "needs root"));
}
END_TEST

/* ---- descriptors -----------------------------------------------------------
 */

START_TEST(closed_descriptors_do_no_harm)
{
    for (int closed = 1; closed < 8; closed++) {
        const pid_t pid = fork();
        int status;

        if (pid == 0) {
            /* Those that stay are no terminal: reading it would stop us. */
            const int null = open("/dev/null", O_RDWR);

            for (int fd = 0; fd < 3; fd++)
                if (closed & (1 << fd))
                    close(fd);
                else
                    dup2(null, fd);
            close(null);
            execl(stage_box[_i], stage_box[_i], "sh", "-c",
                  "test -c /dev/null; read x; echo x; echo x >&2; exit 7",
                  NULL);
            _exit(99);
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(WEXITSTATUS(status), 7);
    }
}
END_TEST

START_TEST(a_full_device_as_stdout)
{
    const int full = open("/dev/full", O_WRONLY);
    pid_t pid;
    int status;

    pid = fork();
    if (pid == 0) {
        dup2(full, 1);
        dup2(full, 2);
        execl(stage_box[_i], stage_box[_i], "-v", "sh", "-c",
              "echo x || exit 9", NULL);
        _exit(99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WEXITSTATUS(status), 9);
}
END_TEST

/* ---- signals ---------------------------------------------------------------
 */

/* Waits until the process has taken the signals that were sent to it. */
static void wait_until_taken(pid_t pid)
{
    char status[4096];
    const char *pending;

    do {
        read_file(status, sizeof status, "/proc/%d/status", pid);
        pending = strstr(status, "ShdPnd:");
        ck_assert_ptr_nonnull(pending);
    } while (strtoull(pending + 7, NULL, 16) != 0);
}

START_TEST(sigterm_is_forwarded)
{
    struct run run;

    run = START(_i, "sh", "-c",
                "trap 'exit 5' TERM; echo ready; while read line; do :; done");
    expect_line(&run, "ready");
    kill(run.launcher, SIGTERM);
    /* A shell runs a trap between two commands: it gets lines until then. */
    signal(SIGPIPE, SIG_IGN);
    while (write(run.in, "x\n", 2) == 2)
        ;
    finish(&run);
    ck_assert_int_eq(run.status, 5);
}
END_TEST

START_TEST(init_forwards_other_signals)
{
    struct run run = HOLD(_i, "--init", );

    wait_for_program(only_child(run.inside), "cat");
    kill(run.launcher, SIGUSR1);
    wait_for_end(&run);
    ck_assert_int_eq(run.status, 128 + SIGUSR1);
}
END_TEST

START_TEST(a_second_signal_kills)
{
    static const int numbers[] = {SIGTERM, SIGINT};

    for (int i = 0; i < 2; i++) {
        struct run run = HOLD(_i);

        wait_for_program(run.inside, "cat");
        kill(run.launcher, numbers[i]);
        wait_until_taken(run.launcher);
        kill(run.launcher, numbers[i]);
        wait_for_end(&run);
        ck_assert_int_eq(run.status, 137);
        ck_assert_ptr_nonnull(strstr(run.errors, "--init"));
    }
}
END_TEST

START_TEST(an_ignored_sigchld_does_no_harm)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        signal(SIGCHLD, SIG_IGN);
        execl(stage_box[_i], stage_box[_i], "sh", "-c", "exit 7", NULL);
        _exit(99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
    struct run run;
    char line[2];

    signal(SIGTERM, SIG_IGN);
    run = START(_i, "sh", "-c", "echo ready; read line; echo $line");
    signal(SIGTERM, SIG_DFL);
    expect_line(&run, "ready");
    kill(run.launcher, SIGTERM);
    kill(run.launcher, SIGTERM);
    ck_assert_int_eq(write(run.in, "x\n", 2), 2);
    ck_assert_int_eq(read(run.out, line, 2), 2);
    finish(&run);
    ck_assert_int_eq(run.status, 0);
}
END_TEST

START_TEST(the_mask_is_given_back)
{
    char status[4096];
    struct run run;

    run = HOLD(_i);
    read_file(status, sizeof status, "/proc/%d/status", run.inside);
    ck_assert_ptr_nonnull(strstr(status, "SigBlk:\t0000000000000000"));
    finish(&run);
}
END_TEST

/* ---- kill ------------------------------------------------------------------
 */

static void mounts_of_this_namespace(char *text, size_t size)
{
    read_file(text, size, "/proc/self/mountinfo", 0);
}

/* Names, modes and sizes of all files that a box could write to. */
static void list_rootfs(char *sum, size_t size)
{
    FILE *list = popen("find build/rootfs -printf '%p %M %s\\n' | sort | "
                       "cksum",
                       "re");

    ck_assert_ptr_nonnull(fgets(sum, (int)size, list));
    ck_assert_int_eq(pclose(list), 0);
}

/*
 * SIGKILL at a hundred moments between nothing and the whole of a start, to
 * the launcher and to the first process inside.
 */
START_TEST(sigkill_leaves_nothing)
{
    static char before[65536], after[65536];
    char hostname_before[65], hostname_after[65];
    char files_before[64], files_after[64];

    /* Which of the two is killed changes with i, so the step is odd. */
    const int step = atoi(getenv("SLOW") ? getenv("SLOW") : "1") | 1;

    mounts_of_this_namespace(before, sizeof before);
    list_rootfs(files_before, sizeof files_before);
    gethostname(hostname_before, sizeof hostname_before);
    for (int i = 0; i < 200; i += step) {
        struct run run =
            START(_i, "--hostname", "other", "sh", "-c", "exec cat");

        usleep((useconds_t)(i / 2 * 60));
        if (i % 2 == 0) {
            kill(run.launcher, SIGKILL);
        } else {
            run.inside = only_child(run.launcher);
            if (run.inside > 0)
                kill(run.inside, SIGKILL);
        }
        finish(&run);
        ck_assert_msg(run.status == -SIGKILL || run.status == 137 ||
                          run.status == 125 || run.status == 0,
                      "status %d: %s", run.status, run.errors);
        nothing_is_left();
    }
    gethostname(hostname_after, sizeof hostname_after);
    ck_assert_str_eq(hostname_before, hostname_after);
    mounts_of_this_namespace(after, sizeof after);
    ck_assert_str_eq(before, after);
    list_rootfs(files_after, sizeof files_after);
    ck_assert_str_eq(files_before, files_after);
}
END_TEST

START_TEST(ten_at_once)
{
    struct run runs[10];

    for (int i = 0; i < 10; i++)
        runs[i] = START(_i, "sh", "-c", "echo ready; cat; exit 3");
    for (int i = 0; i < 10; i++)
        expect_line(&runs[i], "ready");
    for (int i = 0; i < 10; i++) {
        /* The others' ends of the pipes are close-on-exec: this one ends. */
        finish(&runs[i]);
        ck_assert_int_eq(runs[i].status, 3);
    }
    nothing_is_left();
}
END_TEST

/* ---- the terminal ----------------------------------------------------------
 */

static void type(int terminal, const char *text)
{
    ck_assert_int_eq(write(terminal, text, strlen(text)),
                     (ssize_t)strlen(text));
}

/* What the terminal has shown and no expect_screen() has looked for yet. */
static char screen[65536];
static size_t shown;

/* Reads the terminal until it has shown text, and no further. */
static void expect_screen(int terminal, const char *text)
{
    const char *found;

    while ((found = strstr(screen, text)) == NULL) {
        struct pollfd wait = {.fd = terminal, .events = POLLIN};
        ssize_t length;

        ck_assert_msg(poll(&wait, 1, 5000) == 1, "no '%s' in '%s'", text,
                      screen);
        length = read(terminal, screen + shown, sizeof screen - 1 - shown);
        ck_assert_msg(length > 0, "no '%s' in '%s'", text, screen);
        shown += (size_t)length;
        screen[shown] = '\0';
    }
    found += strlen(text);
    shown -= (size_t)(found - screen);
    memmove(screen, found, shown + 1);
}

/* Waits until a program of this name is in the terminal's foreground. */
static void wait_for_foreground(int terminal, const char *name)
{
    alarm(10);
    while (!runs_program(tcgetpgrp(terminal), name))
        ;
    alarm(0);
}

static pid_t script_in_a_terminal(const char *script, int *terminal)
{
    const pid_t pid = forkpty(terminal, NULL, NULL, NULL);

    shown = 0;
    screen[0] = '\0';
    ck_assert_int_ne(pid, -1);
    if (pid == 0) {
        signal(SIGHUP, SIG_DFL);
        execl("/bin/sh", "sh", "-c", script, NULL);
        _exit(99);
    }
    return pid;
}

START_TEST(ctrl_c_in_an_interactive_shell)
{
    char script[256];
    int terminal, status;
    pid_t pid;

    snprintf(script, sizeof script,
             "%s --hostname leopard sh; read line; echo \"got $line\"",
             stage_box[_i]);
    pid = script_in_a_terminal(script, &terminal);
    expect_screen(terminal, "leopard# ");
    type(terminal, "sleep 1000\r");
    wait_for_foreground(terminal, "sleep");
    type(terminal, "\003");
    expect_screen(terminal, "leopard# ");
    type(terminal, "echo a''live\r");
    expect_screen(terminal, "alive");
    type(terminal, "exit\r");
    /* The script around the box reads the terminal again. */
    type(terminal, "afterwards\r");
    expect_screen(terminal, "got afterwards");
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    close(terminal);
}
END_TEST

START_TEST(ctrl_c_twice_ends_a_command_that_ignores_it)
{
    char script[256];
    int terminal, status;
    pid_t pid;

    snprintf(script, sizeof script,
             "trap : INT; %s sh -c 'echo ready; exec sleep 1000'; echo \"ended "
             "$?\"",
             stage_box[_i]);
    pid = script_in_a_terminal(script, &terminal);
    expect_screen(terminal, "ready");
    wait_for_program(only_child(only_child(pid)), "sleep");
    type(terminal, "\003");
    expect_screen(terminal, "^C");
    wait_until_taken(only_child(pid));
    type(terminal, "\003");
    expect_screen(terminal, "--init");
    expect_screen(terminal, "ended 137");
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    close(terminal);
}
END_TEST

START_TEST(ctrl_c_with_init_reaches_the_command_once)
{
    char script[256];
    int terminal, status;
    pid_t pid;

    snprintf(script, sizeof script,
             "trap : INT; %s --init sh -c 'echo ready; exec sleep 1000'; echo "
             "\"ended $?\"",
             stage_box[_i]);
    pid = script_in_a_terminal(script, &terminal);
    expect_screen(terminal, "ready");
    wait_for_program(only_child(only_child(only_child(pid))), "sleep");
    type(terminal, "\003");
    expect_screen(terminal, "ended 130");
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    close(terminal);
}
END_TEST

static char state_of(pid_t pid)
{
    char status[4096];
    const char *state;

    read_file(status, sizeof status, "/proc/%d/status", pid);
    state = strstr(status, "State:");
    ck_assert_ptr_nonnull(state);
    return state[7];
}

static void wait_for_state(pid_t pid, char state)
{
    alarm(10);
    while (state_of(pid) != state)
        ;
    alarm(0);
}

/* The child of a process that runs this program. */
static pid_t child_that_runs(pid_t parent, const char *name)
{
    char path[64];
    pid_t child, found = -1;

    alarm(10);
    while (found == -1) {
        FILE *children;

        snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent,
                 parent);
        children = fopen(path, "re");
        while (children != NULL && fscanf(children, "%d", &child) == 1)
            if (runs_program(child, name))
                found = child;
        if (children != NULL)
            fclose(children);
    }
    alarm(0);
    return found;
}

START_TEST(a_background_box_stops_when_it_reads_the_terminal)
{
    char command[256];
    int terminal;
    pid_t shell, launcher, inside;

    shell = script_in_a_terminal("PS1='shell> ' exec sh -i", &terminal);
    expect_screen(terminal, "shell> ");
    snprintf(command, sizeof command, "%s cat &\r", stage_box[_i]);
    type(terminal, command);
    launcher = child_that_runs(shell, "box");
    inside = child_that_runs(launcher, "cat");
    /* A PID 1 does not stop by itself: it would spin. */
    wait_for_state(inside, 'T');
    wait_for_state(launcher, 'T');
    type(terminal, "fg\r");
    wait_for_state(inside, 'S');
    type(terminal, "he''llo\r");
    type(terminal, "\004");
    expect_screen(terminal, "he''llo\r\nhe''llo");
    type(terminal, "exit\r");
    ck_assert_int_eq(waitpid(shell, NULL, 0), shell);
    close(terminal);
    nothing_is_left();
}
END_TEST

START_TEST(a_box_that_ends_in_the_background_leaves_the_terminal)
{
    char command[256];
    int terminal;
    pid_t shell, launcher;

    shell = script_in_a_terminal("PS1='shell> ' exec sh -i", &terminal);
    expect_screen(terminal, "shell> ");
    snprintf(command, sizeof command, "%s sh -c 'exec sleep 1000'\r",
             stage_box[_i]);
    type(terminal, command);
    launcher = child_that_runs(shell, "box");
    child_that_runs(launcher, "sleep");
    type(terminal, "\032");
    wait_for_state(launcher, 'T');
    expect_screen(terminal, "shell> ");
    type(terminal, "bg\r");
    wait_for_state(launcher, 'S');
    kill(child_that_runs(launcher, "sleep"), SIGKILL);
    /* Whoever has lost the terminal cannot read this any more. */
    type(terminal, "wait; echo a''live\r");
    expect_screen(terminal, "alive");
    type(terminal, "exit\r");
    type(terminal, "exit\r");
    ck_assert_int_eq(waitpid(shell, NULL, 0), shell);
    close(terminal);
}
END_TEST

START_TEST(a_closed_terminal_ends_the_box)
{
    char script[256];
    int terminal;
    pid_t shell;

    snprintf(script, sizeof script,
             "%s sh -c 'echo ready; exec sleep 1000'; :", stage_box[_i]);
    shell = script_in_a_terminal(script, &terminal);
    expect_screen(terminal, "ready");
    child_that_runs(child_that_runs(shell, "box"), "sleep");
    close(terminal);
    ck_assert_int_eq(waitpid(shell, NULL, 0), shell);
    nothing_is_left();
}
END_TEST

/* ---- what root inside may not do -------------------------------------------
 */

START_TEST(the_launcher_is_no_command)
{
    char evil[] = "/tmp/check-evil-XXXXXX", volume[64];
    struct stat before, after;
    struct run run;
    int fd;

    ck_assert_int_eq(stat(stage_box[_i], &before), 0);
    /* Before 05 /proc/1 may be the host's: nothing is tried with it there. */
    run = RUN(_i, "/proc/self/exe", "sh", "-c",
              _i >= 5 ? "chmod 4755 /proc/1/exe" : "true");
    ck_assert_int_eq(run.status, _i == 4 ? 127 : 126);
    if (_i >= 5) {
        /* The same through the #! line of a script, and through a link. */
        fd = mkstemp(evil);
        ck_assert_int_eq(fchmod(fd, 0755), 0);
        snprintf(volume, sizeof volume, "%s:/tmp/evil", evil);
        ck_assert_int_eq(dprintf(fd, "#! /proc/self/exe -v\n"), 21);
        close(fd);
        run = RUN(_i, "--volume", volume, "/tmp/evil");
        ck_assert_int_eq(run.status, 126);
        run = RUN(_i, "--init", "--volume", volume, "/tmp/evil");
        ck_assert_int_eq(run.status, 126);
        unlink(evil);
    }
    ck_assert_int_eq(stat(stage_box[_i], &after), 0);
    ck_assert_uint_eq(before.st_mode, after.st_mode);
}
END_TEST

START_TEST(the_callers_umask_stays_outside)
{
    struct run run;

    umask(077);
    run = RUN(_i, "sh", "-c", "umask");
    umask(022);
    ck_assert_str_eq(run.output, "0022\n");
}
END_TEST

/* The exit status of `sh -c 'exit 4'` in a box on a kernel that refuses this.
 */
static int status_where(const char *refused, int stage)
{
    const pid_t pid = fork();
    int status;

    if (pid == 0) {
        execl("build/seccomp", "seccomp", refused, stage_box[stage], "sh", "-c",
              "exit 4", NULL);
        _exit(99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

START_TEST(a_kernel_without_keys)
{
    ck_assert_int_eq(status_where("keyctl=ENOSYS", _i), 4);
}
END_TEST

START_TEST(clone_where_clone3_is_refused)
{
    ck_assert_int_eq(status_where("clone3=ENOSYS", _i), 4);
}
END_TEST

START_TEST(verbose_tells_both_sides)
{
    char expected[128];
    struct run run;

    run = RUN(_i, "-v", "true");
    ck_assert_int_eq(run.status, 0);
    ck_assert_str_eq(run.output, "");
    snprintf(expected, sizeof expected, "outside %d: launcher, child of %d\n",
             run.launcher, getpid());
    /* From 06 on the first line may say what the network needs. */
    ck_assert_msg(strstr(run.errors, expected) != NULL, "%s", run.errors);
    ck_assert_ptr_nonnull(strstr(run.errors, "\ninside "));
    ck_assert_ptr_nonnull(strstr(run.errors, ": becomes true (parent "));
    if (_i >= 3)
        ck_assert_ptr_nonnull(
            strstr(run.errors, "inside 1: becomes true (parent 0)\n"));
}
END_TEST

/* A test for each of the stages from this one on. */
static void add_from(int wanted, TCase *tcase, const TTest *test)
{
    tcase_add_loop_test(tcase, test, first_stage(wanted), 9);
}

int main(void)
{
    TCase *stages = tcase_create("stages"), *storms = tcase_create("storms");
    TCase *const cases[] = {stages, storms, NULL};

    find_stages();
    tcase_add_loop_test(stages, misuse_is_refused, 0,
                        (int)(sizeof misuses / sizeof misuses[0]));
    if (geteuid() != 0)
        add_from(2, stages, an_ordinary_user_maps_only_himself);
    add_from(1, stages, closed_descriptors_do_no_harm);
    add_from(1, stages, a_full_device_as_stdout);
    add_from(1, stages, sigterm_is_forwarded);
    add_from(3, stages, init_forwards_other_signals);
    add_from(3, stages, a_second_signal_kills);
    add_from(1, stages, an_ignored_sigchld_does_no_harm);
    add_from(1, stages, an_ignored_signal_stays_ignored);
    add_from(1, stages, the_mask_is_given_back);
    add_from(1, stages, ctrl_c_in_an_interactive_shell);
    add_from(3, stages, ctrl_c_twice_ends_a_command_that_ignores_it);
    add_from(3, stages, ctrl_c_with_init_reaches_the_command_once);
    add_from(1, stages, a_background_box_stops_when_it_reads_the_terminal);
    add_from(1, stages, a_box_that_ends_in_the_background_leaves_the_terminal);
    add_from(1, stages, a_closed_terminal_ends_the_box);
    add_from(1, stages, the_launcher_is_no_command);
    add_from(1, stages, the_callers_umask_stays_outside);
    add_from(5, stages, a_kernel_without_keys);
    add_from(1, stages, clone_where_clone3_is_refused);
    add_from(1, stages, verbose_tells_both_sides);

    add_from(1, storms, sigkill_leaves_nothing);
    add_from(1, storms, ten_at_once);
    return run_cases("stages", cases, 60);
}
