#include "confine.h"

#include "../04-mount/mounts.h"
#include "../common/error.h"
#include "../common/hints.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <unistd.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

int make_read_only(const char *path)
{
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) == -1)
        return -1;
    return set_mount_attributes(path, MOUNT_ATTR_RDONLY, true);
}

int link_descriptors(void)
{
    if (symlink("/proc/self/fd", "/dev/fd") == -1 ||
        symlink("/proc/self/fd/0", "/dev/stdin") == -1 ||
        symlink("/proc/self/fd/1", "/dev/stdout") == -1)
        return -1;
    return symlink("/proc/self/fd/2", "/dev/stderr");
}

int parse_capability(const char *text, uint64_t *mask)
{
    char name[64] = "cap_";
    cap_value_t number;

    if (strcasecmp(text, "all") == 0) {
        *mask = UINT64_MAX;
        return 0;
    }
    if (strncasecmp(text, "cap_", 4) == 0)
        text += 4;
    /* cap_from_name(3) takes bare numbers and what begins with a name, too. */
    if (text[strspn(text, LETTERS)] != '\0' || strlen(text) > sizeof name - 5)
        text = "";
    errno = EINVAL;
    if (cap_from_name(strcat(name, text), &number) == -1)
        return -1;
    *mask = UINT64_C(1) << number;
    return 0;
}

uint64_t capability_option(const char *option, const char *text)
{
    uint64_t mask;

    if (parse_capability(text, &mask) == -1)
        refuse("--%s '%s': expected a name of capabilities(7), with or "
               "without CAP_, or ALL",
               option, text);
    return mask;
}

/* ---- what helps ----------------------------------------------------------
 */

const char *proc_hint(void)
{
    if (errno == EPERM && !is_filtered())
        return "no uncovered /proc is in sight: the old root is gone already, "
               "or parts of /proc are covered, as in Docker: docker run "
               "--security-opt systempaths=unconfined; elsewhere, unmount what "
               "/proc/mounts lists below /proc";
    if (errno == ENODEV)
        return "this kernel has no procfs: CONFIG_PROC_FS";
    return NULL;
}

const char *keyring_hint(void)
{
    if (errno == EDQUOT)
        return "you may hold no more keys: see /proc/key-users and sysctl "
               "kernel.keys.maxkeys";
    return NULL;
}
