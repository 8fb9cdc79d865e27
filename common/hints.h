/*
 * What helps where the kernel refuses a step for a reason that its errno does
 * not tell. The stages print these after their errors, `make doctor` after
 * its findings.
 */
#ifndef COMMON_HINTS_H
#define COMMON_HINTS_H

#define HINT_APPARMOR                                                          \
    "AppArmor on Ubuntu from 23.10 takes the capabilities away: give this "    \
    "program a profile with \"userns,\", or use sudo; see `make doctor`"
#define HINT_PIVOT                                                             \
    "Docker's seccomp profile forbids it (--privileged), and where / is an "   \
    "initramfs it needs Linux 7.0; see `make doctor`"
#define HINT_PATH                                                              \
    "root inside has no more rights to files than you: each directory on the " \
    "way must be open to you; namei -l shows it"
#define HINT_PROC                                                              \
    "parts of /proc are covered here, as in a Docker container: start that "   \
    "with --security-opt systempaths=unconfined"
#define HINT_KEYS                                                              \
    "you may hold no more keys: see /proc/key-users and sysctl "               \
    "kernel.keys.maxkeys"

#endif
