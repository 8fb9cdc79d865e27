/*
 * What keeps the command of a box from the kernel of the whole machine, as far
 * as it is no lesson: the names of capabilities(7), a read-only mount, and the
 * links in /dev that need a /proc.
 */
#ifndef PROC_CONFINE_H
#define PROC_CONFINE_H

#include <stdint.h>

/*
 * Makes the mount at path, and all below it, read-only for the caller's mount
 * namespace alone: a bind mount onto itself, with attributes of its own.
 * Returns 0, or -1 with errno from mount(2) or mount_setattr(2).
 */
int make_read_only(const char *path);

/*
 * The names under which programs expect their own descriptors: /dev/fd,
 * /dev/stdin, /dev/stdout and /dev/stderr, links into /proc/self/fd. Returns
 * 0, or -1 with errno from symlink(2).
 */
int link_descriptors(void);

/* Docker's fourteen: a bit for each capability(7) that a box keeps. */
#define CAPABILITY(name) (UINT64_C(1) << CAP_##name)
#define DEFAULT_CAPABILITIES                                                   \
    (CAPABILITY(CHOWN) | CAPABILITY(DAC_OVERRIDE) | CAPABILITY(FSETID) |       \
     CAPABILITY(FOWNER) | CAPABILITY(MKNOD) | CAPABILITY(NET_RAW) |            \
     CAPABILITY(SETGID) | CAPABILITY(SETUID) | CAPABILITY(SETFCAP) |           \
     CAPABILITY(SETPCAP) | CAPABILITY(NET_BIND_SERVICE) |                      \
     CAPABILITY(SYS_CHROOT) | CAPABILITY(KILL) | CAPABILITY(AUDIT_WRITE))

/*
 * A capability by its name in capabilities(7), in either case, with or
 * without CAP_, as a mask with its bit; "ALL" is every bit.
 */
int parse_capability(const char *text, uint64_t *mask);

/* The bits of --cap-add or --cap-drop; option is that name. */
uint64_t capability_option(const char *option, const char *text);

/* What helps where the kernel refuses, see common/hints.h. */

/* A new procfs was refused. */
const char *proc_hint(void);

/* A new session keyring was refused, keyctl(2). */
const char *keyring_hint(void);

#endif
