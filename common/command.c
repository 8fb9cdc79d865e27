#include "command.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef RESOLVE_NO_MAGICLINKS
#define RESOLVE_NO_MAGICLINKS 0x02
#endif

static bool is_file(const char *path, int mode)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, mode) == 0;
}

static const char *search_path(const char *name)
{
    static char path[PATH_MAX];
    const char *directory = getenv("PATH");
    bool found_one = false;
    char candidate[PATH_MAX];

    if (*name == '\0' || strchr(name, '/') != NULL || directory == NULL)
        return name;
    /* Not /NAME, which may exist: execve(2) finds nothing under this one. */
    *path = '\0';
    while (*directory != '\0') {
        const int length = (int)strcspn(directory, ":");

        snprintf(candidate, sizeof candidate, "%.*s/%s", length, directory,
                 name);
        if (is_file(candidate, X_OK)) {
            snprintf(path, sizeof path, "%s", candidate);
            return path;
        }
        /* A file that may not be executed is the better one to report. */
        if (!found_one && is_file(candidate, F_OK)) {
            snprintf(path, sizeof path, "%s", candidate);
            found_one = true;
        }
        directory += length + (directory[length] == ':');
    }
    return path;
}

/* openat2(2) with the kernel's struct open_how: 0, or errno. */
static int try_to_open(const char *path, uint64_t resolve)
{
    const struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = O_PATH | O_CLOEXEC, .resolve = resolve};
    const int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);

    if (fd == -1)
        return errno;
    close(fd);
    return 0;
}

/*
 * Whether the way to path leads over a link of the kernel's: it ends in ELOOP
 * with RESOLVE_NO_MAGICLINKS, and not without.
 */
static bool is_kernel_link(const char *path)
{
    return try_to_open(path, RESOLVE_NO_MAGICLINKS) == ELOOP &&
           try_to_open(path, 0) != ELOOP;
}

/* Replaces path by the interpreter in its #! line; false if it has none. */
static bool follow_interpreter(char *path)
{
    char line[256];
    /* O_NONBLOCK: a fifo is no script, and nobody may be writing to it. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length;

    if (fd == -1)
        return false;
    length = read(fd, line, sizeof line - 1);
    close(fd);
    line[length > 0 ? length : 0] = '\0';
    return strncmp(line, "#!", 2) == 0 && sscanf(line + 2, "%255s", path) == 1;
}

const char *find_command(const char *name)
{
    const char *command = search_path(name);
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", command);
    /* The kernel follows a chain of five interpreters. */
    for (int depth = 0; depth <= 5; depth++) {
        if (is_kernel_link(path)) {
            warn_user("%s: leads to %s, a link of the kernel's; expected a "
                      "file of the box",
                      name, path);
            _exit(126);
        }
        if (!follow_interpreter(path))
            break;
    }
    return command;
}

const char *current_hostname(void)
{
    static char name[65];

    must(gethostname(name, sizeof name), "gethostname");
    return name;
}

void set_environment(const char *hostname)
{
    const char *terminal = getenv("TERM");
    char *saved_terminal = terminal != NULL ? strdup(terminal) : NULL;
    char prompt[80];

    snprintf(prompt, sizeof prompt, "%s# ", hostname);
    clearenv();
    setenv("PATH",
           "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    setenv("PS1", prompt, 1);
    if (saved_terminal != NULL)
        setenv("TERM", saved_terminal, 1);
    free(saved_terminal);
}

void exec_failed(const char *name)
{
    const int error = errno;

    if (error == ENOENT && *name && access(search_path(name), F_OK) == 0)
        warn_user("%s: not found, though the file is there: its loader or the "
                  "interpreter of its #! line is missing in the box",
                  name);
    else
        warn_user("%s: %s", name, strerror(error));
    _exit(error == ENOENT ? 127 : 126);
}
