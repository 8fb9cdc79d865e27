#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_text(const char *text, const char *path)
{
    const size_t length = strlen(text);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written;
    int saved_errno;

    if (fd == -1)
        return -1;
    written = write(fd, text, length);
    saved_errno = written == -1 ? errno : EIO;
    close(fd);
    errno = saved_errno;
    return written == (ssize_t)length ? 0 : -1;
}

int write_file(const char *text, const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    return write_text(text, path);
}

int write_number(uint64_t number, const char *format, ...)
{
    char path[PATH_MAX], text[32];
    va_list args;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    snprintf(text, sizeof text, "%" PRIu64, number);
    return write_text(text, path);
}

int read_line(char *line, size_t size, const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;
    ssize_t length;
    int fd, saved_errno;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return -1;
    length = read(fd, line, size - 1);
    saved_errno = errno;
    close(fd);
    errno = saved_errno;
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return length == -1 ? -1 : 0;
}

long read_number(const char *path)
{
    char text[32], *end;
    long number;

    if (read_line(text, sizeof text, "%s", path) == -1)
        return -1;
    number = strtol(text, &end, 10);
    return end == text ? -1 : number;
}

uint64_t read_field(const char *name, int base, const char *format, ...)
{
    const size_t length = strlen(name);
    char path[PATH_MAX], line[256];
    uint64_t number = 0;
    va_list args;
    FILE *file;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, length) == 0 && line[length] != '\0' &&
            strchr(" :\t", line[length]) != NULL)
            number = strtoull(line + length + 1, NULL, base);
    if (file != NULL)
        fclose(file);
    return number;
}

int open_directory(int parent, const char *path, int flags)
{
    return openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}
