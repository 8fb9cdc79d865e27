#include "hints.h"

#include "file.h"
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

const char apparmor_hint[] =
    "AppArmor keeps the capabilities of new user namespaces from programs "
    "without a profile: `make allow` loads one for the lab's, or use sudo";

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

/*
 * The launcher holds no capability that it could try. Whether a profile of its
 * own keeps from it what it may do to a user namespace that it makes; a seccomp
 * filter, which Docker sets besides its profile, is the likelier cause.
 */
static bool is_confined(void)
{
    char label[256];

    return is_restricted_by_apparmor() &&
           read_line(label, sizeof label, "/proc/self/attr/current") == 0 &&
           strstr(label, " (enforce)") != NULL &&
           prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0;
}

const char *clone_hint(unsigned long flags)
{
    const int error = errno;
    const long clone_allowed =
        read_number("/proc/sys/kernel/unprivileged_userns_clone");
    /* Whose programs have no profile gets EACCES, but for CAP_SYS_ADMIN. */
    const bool apparmor =
        is_confined() || (error == EACCES && is_restricted_by_apparmor() &&
                          !has_capability(CAP_SYS_ADMIN));

    errno = error;
    if (error == ENOSPC)
        return "a limit is reached: see sysctl user.max_user_namespaces and "
               "its neighbours, or leave 32 nested user namespaces";
    if (error == EPERM && !(flags & CLONE_NEWUSER))
        return "without a user namespace of its own this needs root: sudo, or "
               "`make sandbox`; from 02-user on there is one, but with --share "
               "user";
    if (error == EPERM && clone_allowed == 0)
        return "sysctl kernel.unprivileged_userns_clone is 0: set it to 1, or "
               "use sudo";
    if ((error == EPERM || error == EACCES) && apparmor)
        return apparmor_hint;
    if (error == EPERM)
        return "Docker's seccomp profile or a chroot forbids user namespaces: "
               "use a privileged container or a VM; `make doctor` looks closer";
    if (error == EACCES)
        return "a security module (SELinux user_namespace) forbids it: see "
               "its log, or use sudo";
    return NULL;
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
    const bool confined = is_confined();

    errno = error;
    if ((error == EPERM || error == EACCES) && confined)
        return apparmor_hint;
    if (is_foreign_proc())
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

const char *mount_hint(void)
{
    if (errno == EPERM || errno == EACCES)
        return "a seccomp filter, as Docker's, or a security module forbids "
               "mounts; see `make doctor`";
    return NULL;
}

const char *path_hint(void)
{
    if (errno == EACCES)
        return "root inside has no more rights to files than you, and none to "
               "those of users who are not mapped: namei -l shows the way";
    return NULL;
}

const char *pivot_hint(void)
{
    if (errno == EPERM)
        return "Docker's seccomp profile forbids it: --privileged, or a VM; "
               "see `make doctor`";
    if (errno == EINVAL || errno == EBUSY)
        return "the new root must be a mount of its own, and the old one not "
               "shared; before Linux 7.0 the old one may be no initramfs";
    return NULL;
}

const char *proc_hint(void)
{
    if (errno == EPERM)
        return "no uncovered /proc is in sight: the old root is gone already, "
               "or parts of it are covered, as in a Docker container "
               "(--security-opt systempaths=unconfined)";
    return NULL;
}

const char *bridge_hint(void)
{
    if (errno == EEXIST || errno == EOPNOTSUPP || errno == EINVAL)
        return "there is a link box0 that is no bridge: delete it (ip link "
               "delete box0), or --network none; or this kernel has no veth: "
               "modprobe veth";
    if (errno == EXFULL)
        return "a bridge has at most 1023 ports, and those of boxes that have "
               "just ended count for a moment";
    return NULL;
}

const char *overlay_hint(void)
{
    if (errno == EINVAL)
        return "changes cannot be kept on an overlay (as inside Docker), NFS "
               "or 9p: --keep a directory on ext4, xfs or btrfs; nor may there "
               "be mounts below the rootfs or a layer; dmesg says which it is";
    if (errno == ELOOP)
        return "one layer lies in another, or is named twice: each must be a "
               "directory of its own";
    if (errno == ENODEV)
        return "this kernel has no overlay: modprobe overlay";
    if (errno == EPERM)
        return "an overlay in a user namespace takes Linux 5.11 or later";
    return NULL;
}

const char *keyring_hint(void)
{
    if (errno == EDQUOT)
        return "you may hold no more keys: see /proc/key-users and sysctl "
               "kernel.keys.maxkeys";
    if (errno == EPERM)
        return "a seccomp filter, as Docker's, forbids keyctl(2); see `make "
               "doctor`";
    return NULL;
}
