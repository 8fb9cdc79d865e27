/*
 * hog: uses up what a box may have, and says how far it came.
 *
 *   hog memory MB          allocates and touches memory, MB by MB
 *   hog cpu N [SECONDS]    computes on N CPUs, until it is ended
 *   hog fork N             has N processes at once, itself included
 *
 * It runs inside the box, which has no libraries: so it is a static program,
 * and `make rootfs` puts it into /bin. 0: it got all that it wanted; 1: not.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB (1024 * 1024)
#define PAGE 4096 /* or a part of one: some kernels have larger pages */

/*
 * malloc(3) alone takes no memory: the kernel gives a page when it is first
 * written to. At the limit it does not refuse that write, it kills. Nobody
 * reads what is written, so without volatile a compiler may leave it out, and
 * clang does.
 */
static int use_memory(int count)
{
    for (int i = 1; i <= count; i++) {
        volatile char *memory = malloc(MB);

        if (memory == NULL) {
            printf("no more memory after %d MB\n", i - 1);
            return 1;
        }
        for (size_t at = 0; at < MB; at += PAGE)
            memory[at] = 1;
        printf("Allocated %d MB\n", i);
        fflush(stdout);
    }
    printf("Finished allocation\n");
    return 0;
}

static void stop(int signal)
{
    (void)signal;
    _exit(0);
}

static _Noreturn void use_cpu(int count, int seconds)
{
    volatile unsigned long rounds = 0;

    printf("CPUs in use: %d\n", count);
    fflush(stdout);
    for (int i = 1; i < count; i++)
        if (fork() == 0)
            break;
    /* SIGALRM ends a process; a child has a timer of its own. */
    if (seconds > 0) {
        signal(SIGALRM, stop);
        alarm((unsigned int)seconds);
    }
    for (;;)
        rounds++;
}

static int use_processes(int count)
{
    int made = 1, error = 0, ends[2];
    char byte;

    /* The children wait for the end of this pipe. */
    if (pipe(ends) == -1)
        return 1;
    while (made < count && error == 0) {
        const pid_t pid = fork();

        if (pid == 0) {
            close(ends[1]);
            _exit(read(ends[0], &byte, 1) != 0);
        }
        if (pid == -1)
            error = errno;
        else
            made++;
    }
    printf("%d processes%s%s\n", made, error ? ", then fork: " : "",
           error ? strerror(error) : "");
    fflush(stdout);
    close(ends[1]);
    while (wait(NULL) > 0)
        ;
    return error != 0;
}

static int number(const char *text)
{
    char *end;
    const long value = text != NULL ? strtol(text, &end, 10) : 0;

    return value > 0 && value <= 1000000 && *end == '\0' ? (int)value : 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const int count = number(argc > 2 ? argv[2] : NULL);

    if (strcmp(what, "memory") == 0 && count > 0)
        return use_memory(count);
    if (strcmp(what, "cpu") == 0 && count > 0)
        use_cpu(count, number(argc > 3 ? argv[3] : NULL));
    if (strcmp(what, "fork") == 0 && count > 0)
        return use_processes(count);
    fprintf(stderr, "hog: expected memory MB, cpu N [SECONDS] or fork N, "
                    "each a number from 1\n");
    return 125;
}
