/*
 * Starting a box and seeing it through to its end: the parts that are the
 * same in every stage and no part of the lesson.
 *
 * The launcher (outside) and its child (inside) hold the two ends of a socket
 * pair. In order, the child says that it is there, the launcher prepares it
 * and lets it go, the child prepares itself and says that it is about to
 * exec. If either end dies, the other one reads end of file.
 */
#ifndef COMMON_LAUNCH_H
#define COMMON_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct launch {
    /* The child as the launcher sees it; 0 in the child; -1 once it ended. */
    pid_t pid;
    /* This side's end of the socket pair. */
    int channel;
    /*
     * The cgroup v2 that the child is born into, a descriptor of its directory;
     * 0 for the launcher's own. From 07 on.
     */
    int cgroup;
    /* The launcher's process group had the terminal when it started. */
    bool had_terminal;
    /* The command was reached: the status is its own. After finish_box(). */
    bool started;
    /* The first process inside is PID 1 of a namespace. */
    bool is_pid_1;
    /* The signals that the launcher, and --init, take one by one. */
    sigset_t blocked;
    /* What the child gets back: the mask and the action for SIGCHLD. */
    sigset_t old_mask;
    struct sigaction old_sigchld;
};

/*
 * The first call in main(). Descriptors 0, 1 and 2 that are closed are opened
 * on /dev/null, so that no later open(2) lands there; errors are named after
 * the stage (argv[0] and program_invocation_name become "03-pid/box").
 */
void begin_program(char **argv);

/*
 * Starts the child with flags, CLONE_NEW* of namespaces(7): clone3(2), or
 * clone(2) where clone3 is not to be had. Returns twice, with the child's PID
 * in the launcher and 0 in the child.
 *
 * In the launcher it blocks the signals that finish_box() takes, and returns
 * when the child has said that it is there; at exit(3) a child that still
 * runs is killed. In the child all descriptors above 2 become close-on-exec,
 * and the umask is 022.
 * On failure it ends the process with 125 and says why.
 */
pid_t start_box(struct launch *launch, unsigned long flags);

/* Launcher: lets the child go on from where it waits. */
void release_box(struct launch *launch);

/*
 * Launcher: waits for the child's end and returns the exit status for main():
 * the command's own, 128+n if signal n ended it, 125 if the box failed before
 * its command started (signal(7), waitpid(2)).
 *
 * Meanwhile it forwards SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2,
 * unless the caller had them ignored. What the terminal sends (Ctrl-C) reaches
 * the command without us. A second SIGINT or SIGTERM kills the box, unless they
 * came from the terminal and the command handles them; so does a SIGHUP that
 * a PID 1 would not feel. Ctrl-Z, and what else stops a job, stops the first
 * process inside and then the launcher, since a PID 1 does not stop by itself.
 * At the end the terminal is taken back, tcsetpgrp(3), if nobody has it.
 */
int finish_box(struct launch *launch);

/*
 * Child: says that it is there, and waits for release_box(). If the launcher
 * died instead, the child exits.
 */
void wait_for_release(struct launch *launch);

/* Child: waits for release_box() once more. */
void wait_for_next_release(struct launch *launch);

/*
 * Child: from here on the kernel kills this process when the launcher ends
 * (PR_SET_PDEATHSIG, prctl(2)). Any later change of user or group would
 * cancel that, so it stands after the last one. If the launcher died before,
 * the child exits. A command may cancel it, too (prctl(2)), and outlive a
 * launcher that is killed; what runs under --init cannot.
 */
void die_with_launcher(struct launch *launch);

/*
 * Child, immediately before execve(2): restores the signal mask and SIGCHLD,
 * and tells the launcher that a status is the command's own from now on.
 */
void prepare_exec(struct launch *launch);

/* Closes every descriptor from first on, close_range(2). */
void close_from(unsigned int first);

/*
 * Waits for the next of the signals that start_box() blocked, sigwaitinfo(2).
 * SIGINT and SIGQUIT from the terminal are left out, since the kernel has
 * sent those to the command as well, and so are those that stop a job.
 * Returns the signal's number.
 */
int next_signal(const struct launch *launch);

/*
 * An exit status out of a wait status: the status itself, or 128+n after
 * signal n (waitpid(2)).
 */
int exit_status(int wait_status);

#endif
