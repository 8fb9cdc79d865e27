/*
 * Runs a command, and ends all that is left when it has ended:
 * reaper [--quiet] COMMAND [ARG...]
 *
 * It is the first process of the sandbox's PID namespace. Without such a
 * namespace it gets orphans all the same, as the nearest subreaper above them,
 * prctl(2) PR_SET_CHILD_SUBREAPER. What the command has left is named and makes
 * the exit status 99, but for --quiet; otherwise the status is the command's
 * own.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void name_process(pid_t pid)
{
    char path[64], command[256] = "";
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    file = fopen(path, "re");
    if (file == NULL)
        return;
    length = fread(command, 1, sizeof command - 1, file);
    for (size_t i = 0; i + 1 < length; i++)
        if (command[i] == '\0')
            command[i] = ' ';
    fclose(file);
    fprintf(stderr, "left behind: process %d, %s\n", pid, command);
}

/* A process that is ending has no program any more, but is not yet a zombie. */
static int is_ending(pid_t pid)
{
    char path[64], program[1];

    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return readlink(path, program, sizeof program) == -1 && errno == ENOENT;
}

/*
 * Kills the children that we have now; their own become ours then. Those of a
 * fork bomb have more before we are through: all at once, as PID 1 of a
 * namespace may.
 */
static int kill_children(bool quiet)
{
    char path[64];
    int count = 0, pid;
    FILE *children;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    children = fopen(path, "re");
    if (children == NULL)
        return 0;
    while (fscanf(children, "%d", &pid) == 1) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            continue; /* it had ended: only its status was left */
        if (!is_ending(pid)) {
            if (!quiet)
                name_process(pid);
            count++;
        }
        if (getpid() == 1)
            continue;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    fclose(children);
    if (getpid() == 1)
        for (kill(-1, SIGKILL); wait(NULL) != -1;)
            ;
    return count;
}

int main(int argc, char **argv)
{
    const bool quiet = argc > 1 && strcmp(argv[1], "--quiet") == 0;
    pid_t command, ended;
    int status, command_status = 0, left = 0;

    if (quiet) {
        argc--;
        argv++;
    }
    if (argc < 2) {
        fprintf(stderr, "reaper: expected a command\n");
        return 125;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    command = fork();
    if (command == 0) {
        execvp(argv[1], argv + 1);
        fprintf(stderr, "reaper: %s: %s\n", argv[1], strerror(errno));
        _exit(127);
    }
    do {
        ended = wait(&status);
        if (ended == command)
            command_status = status;
    } while (ended != command && ended != -1);
    for (int found = kill_children(quiet); found > 0;
         found = kill_children(quiet))
        left += found;
    if (left > 0 && !quiet)
        return 99;
    if (WIFSIGNALED(command_status))
        return 128 + WTERMSIG(command_status);
    return WEXITSTATUS(command_status);
}
