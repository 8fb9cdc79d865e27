/*
 * The command of a box: finding it, its environment, and what it means when it
 * cannot be executed.
 */
#ifndef COMMON_COMMAND_H
#define COMMON_COMMAND_H

/*
 * The path of a command as a shell would find it: name itself if it contains
 * a slash, else the first executable file of that name in PATH. If there is
 * none, a path is returned all the same, and execve(2) gives the reason. The
 * string lives until the next call.
 *
 * A command, or the interpreter of its #! line, that is a link of the kernel's
 * as /proc/self/exe is, ends the process with 126: until execve(2) that is
 * the launcher's own program, a file of the host (CVE-2019-5736).
 */
const char *find_command(const char *name);

/* The caller's hostname, gethostname(2). Lives until the next call. */
const char *current_hostname(void);

/*
 * The environment of the command: Docker's PATH, HOME=/root, the caller's
 * TERM, PS1 with the hostname; nothing else, environ(7).
 */
void set_environment(const char *hostname);

/*
 * After execve(2) failed: says why and ends the process with 127 if the
 * command does not exist (ENOENT), else with 126, as shells and Docker do.
 */
_Noreturn void exec_failed(const char *name);

#endif
