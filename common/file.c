#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int write_file(const char *text, const char *format, ...)
{
    const size_t length = strlen(text);
    char path[PATH_MAX];
    va_list args;
    ssize_t written;
    int fd, saved_errno;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd == -1)
        return -1;
    written = write(fd, text, length);
    saved_errno = written == -1 ? errno : EIO;
    close(fd);
    errno = saved_errno;
    return written == (ssize_t)length ? 0 : -1;
}

long read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    long number = -1;

    if (file == NULL)
        return -1;
    if (fscanf(file, "%ld", &number) != 1)
        number = -1;
    fclose(file);
    return number;
}
