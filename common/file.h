/* Files of the kernel's, which hold one value or a few, and directories. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes text in a single write(2), as the files under /proc and /sys want
 * it, to the path that format and its arguments make. The file must exist.
 * Returns 0, or -1 with errno from open(2) or write(2).
 */
int write_file(const char *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a decimal number. */
int write_number(uint64_t number, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The first line of a file, without its end, into line, which has room for
 * size bytes. Returns 0, or -1 with errno from open(2) or read(2).
 */
int read_line(char *line, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The number in a file, or -1 if there is no such file or no number. */
long read_number(const char *path);

/*
 * The number, in that base, behind a name at the beginning of a line:
 * "oom_kill" of cgroups(7), "SigCgt" of /proc/PID/status, proc(5). 0 without.
 */
uint64_t read_field(const char *name, int base, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Opens a directory, close-on-exec, below the directory parent (AT_FDCWD for
 * the working directory); flags: O_NOFOLLOW, O_PATH. Returns a descriptor, or
 * -1 with errno from openat(2).
 */
int open_directory(int parent, const char *path, int flags);

#endif
