#include "error.h"

#include "hints.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool steps_wanted;
static bool is_child;

/*
 * One line, one write(2): lines of the launcher and of the child do not mix,
 * and nothing stays in a buffer that a clone could double.
 */
static void print_line(const char *prefix, const char *format, va_list args,
                       const char *end)
{
    /* Long enough for a path and what is wrong with it. */
    char line[2 * PATH_MAX];
    const size_t room = sizeof line - 1;
    size_t used = (size_t)snprintf(line, room, "%s", prefix);

    if (used < room)
        used += (size_t)vsnprintf(line + used, room - used, format, args);
    if (used < room)
        used += (size_t)snprintf(line + used, room - used, "%s", end);
    if (used >= room)
        used = room - 1;
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) == -1)
        return; /* stderr is full or gone: there is nobody left to tell */
}

static void print_error(const char *format, va_list args, const char *end)
{
    char prefix[256];

    snprintf(prefix, sizeof prefix, "%s: ", program_invocation_name);
    print_line(prefix, format, args, end);
}

static _Noreturn void leave(void)
{
    if (is_child)
        _exit(BOX_FAILED);
    exit(BOX_FAILED);
}

void die_at(const char *function, int line, const char *hint,
            const char *format, ...)
{
    const char *reason = strerror(errno);
    const char *cause = capability_hint();
    char end[1024];
    va_list args;

    if (cause != NULL)
        hint = cause;
    else if (hint == NULL)
        hint = default_hint();
    snprintf(end, sizeof end, ": %s%s%s", reason,
             hint && *hint ? "\n  hint: " : "", hint ? hint : "");
    step("fails in %s(), line %d", function, line);
    va_start(args, format);
    print_error(format, args, end);
    leave();
}

void refuse_at(const char *function, int line, const char *format, ...)
{
    va_list args;

    step("fails in %s(), line %d", function, line);
    va_start(args, format);
    print_error(format, args, "");
    va_end(args);
    leave();
}

void warn_user(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_error(format, args, "");
    va_end(args);
}

void step(const char *format, ...)
{
    char prefix[32];
    va_list args;
    const int saved_errno = errno;

    if (!steps_wanted)
        return;
    snprintf(prefix, sizeof prefix, "%s %d: ", is_child ? "inside" : "outside",
             getpid());
    va_start(args, format);
    print_line(prefix, format, args, "");
    va_end(args);
    errno = saved_errno;
}

void tell_steps(bool wanted)
{
    steps_wanted = wanted;
}

void mark_as_child(void)
{
    is_child = true;
}

void tell_not_written(int task, const char *name, int line)
{
    static unsigned int told;

    if (((told >> task) & 1) == 0)
        warn_user("task %d, %s, is not written yet (line %d)", task, name,
                  line);
    told |= 1U << task;
}

void end_not_written(void)
{
    leave();
}
