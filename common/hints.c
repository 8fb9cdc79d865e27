#include "hints.h"

#include "file.h"
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char apparmor_hint[] =
    "AppArmor restricts user namespaces "
    "(kernel.apparmor_restrict_unprivileged_userns): `make allow` loads a "
    "profile for the lab's programs alone, or use sudo";
static const char filter_hint[] =
    "a seccomp filter is active, as Docker's profile: docker run --privileged, "
    "or a VM";

bool is_restricted_by_apparmor(void)
{
    static const char path[] =
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    static bool known, restricted;

    if (!known)
        restricted = read_number(path) == 1;
    known = true;
    return restricted;
}

/*
 * Whether this process may not use a capability that it holds, by trying one.
 * There is no capability of this number: without CAP_SETPCAP the kernel answers
 * EPERM, and else EINVAL. Nothing is dropped.
 */
static bool is_capability_refused(void)
{
    return has_capability(CAP_SETPCAP) &&
           prctl(PR_CAPBSET_DROP, ULONG_MAX, 0, 0, 0) == -1 && errno == EPERM;
}

const char *capability_hint(void)
{
    const int error = errno;
    const bool refused = (error == EPERM || error == EACCES) &&
                         is_restricted_by_apparmor() && is_capability_refused();

    errno = error;
    return refused ? apparmor_hint : NULL;
}

bool is_filtered(void)
{
    const int error = errno;
    /* A kernel without seccomp(2) answers EINVAL. */
    const int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);

    errno = error;
    return mode == SECCOMP_MODE_FILTER;
}

const char *default_hint(void)
{
    if (errno == ENOSYS)
        return "an old kernel, or a seccomp filter; expected Linux 5.12 or "
               "newer: a newer distribution, or a VM of one";
    return errno == EPERM && is_filtered() ? filter_hint : NULL;
}

/*
 * Whether the launcher's own profile forbids what it does to its child's user
 * namespace: it holds no capability that it could try. A seccomp filter, which
 * Docker sets besides its profile, is the likelier cause.
 */
static bool is_confined(void)
{
    char label[256];

    return is_restricted_by_apparmor() &&
           read_line(label, sizeof label, "/proc/self/attr/current") == 0 &&
           strstr(label, " (enforce)") != NULL && !is_filtered();
}

/* Inside a chroot the root directory is no mount point of its own. */
static bool is_chrooted(void)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    bool found = mounts == NULL;
    char line[2 * PATH_MAX], point[3];

    while (!found && fgets(line, sizeof line, mounts) != NULL)
        found = sscanf(line, "%*s %*s %*s %*s %2s", point) == 1 &&
                strcmp(point, "/") == 0;
    if (mounts != NULL)
        fclose(mounts);
    return !found;
}

static const char *limit_hint(void)
{
    static char text[256];

    snprintf(text, sizeof text,
             "user.max_user_namespaces is %ld: sudo sysctl "
             "user.max_user_namespaces=10000; if that is not it, see its "
             "neighbours, or leave 32 nested user namespaces",
             read_number("/proc/sys/user/max_user_namespaces"));
    return text;
}

/* A user namespace was refused, with EPERM or EACCES. */
static const char *user_namespace_hint(int error)
{
    if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0 &&
        geteuid() != 0)
        return "kernel.unprivileged_userns_clone is 0: sudo sysctl "
               "kernel.unprivileged_userns_clone=1, or use sudo";
    /* A program without a profile gets EACCES, unless it has CAP_SYS_ADMIN. */
    if (is_confined() || (error == EACCES && is_restricted_by_apparmor() &&
                          !has_capability(CAP_SYS_ADMIN)))
        return apparmor_hint;
    if (is_filtered())
        return filter_hint;
    if (is_chrooted())
        return "a process in a chroot may not make a user namespace: leave "
               "the chroot, or enter it with pivot_root";
    return error == EACCES
               ? "a security module forbids it (SELinux logs it as "
                 "user_namespace create): an unconfined login, or use sudo"
               : "a VM helps, for example with Lima or Multipass";
}

const char *clone_hint(unsigned long flags)
{
    const int error = errno;
    const char *hint = NULL;

    if (error == ENOSPC)
        hint = limit_hint();
    else if (error == EINVAL)
        hint = "this kernel lacks a kind of namespace (CONFIG_UTS_NS, USER_NS, "
               "PID_NS, IPC_NS, NET_NS), or this PID namespace belongs to "
               "another user namespace";
    else if ((error == EPERM || error == EACCES) && (flags & CLONE_NEWUSER))
        hint = user_namespace_hint(error);
    else if (error == EPERM && geteuid() == 0)
        hint = "this root lacks CAP_SYS_ADMIN, or a seccomp filter forbids it: "
               "docker run --privileged, or a VM";
    else if (error == EPERM)
        hint = "without a user namespace of its own this needs root: sudo, or "
               "`make sandbox`; from 02-user on there is one, but with --share "
               "user";
    errno = error;
    return hint;
}

/* Whether /proc numbers processes otherwise than we do. */
static bool is_foreign_proc(void)
{
    char text[32];
    const ssize_t length = readlink("/proc/self", text, sizeof text - 1);

    text[length > 0 ? length : 0] = '\0';
    return atoi(text) != getpid();
}

const char *map_hint(const struct id_map *map)
{
    static char text[256];
    const int error = errno;
    const bool confined = is_confined(), foreign = is_foreign_proc(),
               missing = access("/proc/sys", F_OK) == -1;

    errno = error;
    if ((error == EPERM || error == EACCES) && confined)
        return apparmor_hint;
    if (missing)
        return "/proc is not mounted here: mount -t proc proc /proc";
    if (foreign)
        return "/proc shows another PID namespace, where this number is "
               "somebody else: mount -t proc proc /proc first";
    if (error == EINVAL)
        return "two --map overlap; expected each id once on either side";
    if (error != EPERM)
        return NULL;
    if (map->count > 0 && has_capability(CAP_SETUID) &&
        has_capability(CAP_SETGID))
        return "--map: expected OUTSIDE ids that exist in your own user "
               "namespace, see /proc/self/uid_map and gid_map";
    snprintf(text, sizeof text,
             "without root: expected one --map, whose OUTSIDE is both your uid "
             "(%u) and your gid (%u), with COUNT 1; each map is written once, "
             "and setgroups denied before gid_map",
             geteuid(), getegid());
    return text;
}
