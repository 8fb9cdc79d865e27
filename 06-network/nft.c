#include "nft.h"

#include "../common/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not by PATH: an ordinary user's has no sbin, also where he is root. */
static const char *nft_path(void)
{
    static const char *const paths[] = {"/usr/sbin/nft", "/usr/bin/nft",
                                        "/sbin/nft", "/usr/local/sbin/nft"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

bool has_nft(void)
{
    return nft_path() != NULL;
}

/*
 * Starts nft with its standard input, and its output if wanted, in pipes of
 * ours. In a session of its own: Ctrl-C is not meant for it. Returns its PID,
 * or -1 with errno.
 */
static pid_t start_nft(const char *option, int *input, int *output)
{
    char *arguments[] = {"nft", (char *)option, "-", NULL};
    /* At its end an `nft -i` writes ~/.nft.history. */
    char *environment[] = {"HOME=/nonexistent", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int in[2], out[2] = {-1, -1};
    pid_t pid;
    int error;

    if (!has_nft()) {
        errno = ENOENT;
        return -1;
    }
    if (pipe2(in, O_CLOEXEC) == -1 || (output && pipe2(out, O_CLOEXEC) == -1))
        return -1;
    if (strcmp(option, "-i") == 0)
        arguments[2] = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output ? out[1] : STDERR_FILENO,
                                     STDOUT_FILENO);
    if (output)
        posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    error = posix_spawn(&pid, nft_path(), &actions, &attributes, arguments,
                        environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(in[0]);
    *input = in[1];
    if (output) {
        close(out[1]);
        *output = out[0];
    }
    errno = error;
    return error == 0 ? pid : -1;
}

/* A write to a pipe that nobody reads any more: EPIPE, but no signal. */
static void send_text(int fd, const char *text)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;

    sigaction(SIGPIPE, &ignore, &before);
    if (write(fd, text, strlen(text)) == -1)
        errno = 0; /* its exit status, or its silence, will tell */
    sigaction(SIGPIPE, &before, NULL);
}

int run_nft(const char *rules)
{
    int input, status;
    const pid_t pid = start_nft("-f", &input, NULL);

    if (pid == -1)
        return -1;
    send_text(input, rules);
    close(input);
    if (waitpid(pid, &status, 0) == pid && status == 0)
        return 0;
    warn_user("nft has refused the rules; this kernel may lack "
              "CONFIG_NFT_MASQ: sudo modprobe nft_masq");
    errno = EIO;
    return -1;
}

int hold_nft(struct nft_holder *holder, const char *rules)
{
    char answer[4096] = "\n";
    size_t used = 1;
    ssize_t length;

    holder->pid = start_nft("-i", &holder->input, &holder->output);
    if (holder->pid == -1) {
        holder->pid = 0;
        return -1;
    }
    /* Rules that are taken get no answer; so one that always comes is asked. */
    send_text(holder->input, rules);
    send_text(holder->input, "\nlist tables\n");
    /*
     * The answer stands at the beginning of a line. Before it there may be what
     * nft says of a terminal that it does not have, and an echo of the rules,
     * behind its prompt.
     */
    do {
        if (used > sizeof answer / 2) {
            memmove(answer, answer + used - 16, 17);
            used = 16;
        }
        length = read(holder->output, answer + used, sizeof answer - 1 - used);
        used += length > 0 ? (size_t)length : 0;
        answer[used] = '\0';
    } while (length > 0 && strstr(answer, "\nError") == NULL &&
             strstr(answer, "\ntable ip ") == NULL);
    if (length > 0 && strstr(answer, "\nError") == NULL)
        return 0;
    end_nft(holder);
    if (strstr(answer, "unexpected owner") != NULL)
        refuse("this nft or kernel has no tables with an owner; expected "
               "nftables 1.0 and Linux 5.12, or newer ones");
    warn_user("nft: %s", used > 1 ? answer + 1 : "ended without an answer");
    errno = EIO;
    return -1;
}

void end_nft(struct nft_holder *holder)
{
    if (holder->pid == 0)
        return;
    close(holder->input);
    close(holder->output);
    kill(holder->pid, SIGKILL);
    waitpid(holder->pid, NULL, 0);
    holder->pid = 0;
}
