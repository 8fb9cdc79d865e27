/*
 * Errors and the story that --verbose tells.
 *
 * All text goes to stderr. An error begins with its stage, "03-pid/box: ",
 * because eight programs share the name box; a step with its side.
 */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

/* The exit status when box itself fails or is misused, as Docker's. */
#define BOX_FAILED 125

/*
 * Prints "stage/box: MESSAGE: errno text" and ends the process with 125.
 * In the launcher that is exit(3), with its clean-up; in the child _exit(2),
 * because the clean-up belongs to the launcher. errno(3). Where AppArmor is
 * the cause a hint says so. With tell_steps(true) a step before the message
 * tells the function and the line that it comes from.
 */
#define die(...) die_at(__func__, __LINE__, NULL, __VA_ARGS__)

/*
 * The same, and a second line "hint: HINT" with the likely cause and what
 * helps. A hint that is NULL or empty is left out.
 */
#define die_with_hint(hint, ...) die_at(__func__, __LINE__, hint, __VA_ARGS__)

/* die() if result, that of a system call, is -1. */
#define must(result, ...) ((result) == -1 ? die(__VA_ARGS__) : (void)0)

/*
 * The same as die() without errno, in one line: for what the user asked that
 * cannot be. The message says what was given and what is expected.
 */
#define refuse(...) refuse_at(__func__, __LINE__, __VA_ARGS__)

_Noreturn void die_at(const char *function, int line, const char *hint,
                      const char *format, ...)
    __attribute__((format(printf, 4, 5)));
_Noreturn void refuse_at(const char *function, int line, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

/* Prints "stage/box: MESSAGE"; the box goes on. */
void warn_user(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Tells one step, if tell_steps(true) was called before: "outside 2620: …"
 * from the launcher, "inside 1: …" from the child, with the PID that the
 * process itself sees (getpid(2)).
 */
void step(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_steps(_Bool wanted);

/*
 * For exercises: says once that a task, the function of that name, is not
 * written yet, and in which line it stands. The box goes on; or it ends with
 * 125, where going on would leave the host in reach.
 */
#define not_written(task, name) tell_not_written(task, name, __LINE__)
#define stop_not_written(task, name)                                           \
    (tell_not_written(task, name, __LINE__), end_not_written())
void tell_not_written(int task, const char *name, int line);
_Noreturn void end_not_written(void);

/* Says that this process is the child from now on: see die() and step(). */
void mark_as_child(void);

#endif
