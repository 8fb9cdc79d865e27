/*
 * What helps where the kernel refuses a step for a reason that its errno does
 * not tell: the first argument of die_with_hint(). Each *_hint() looks at
 * errno and at the machine, changes neither, and returns a string, or NULL if
 * it has nothing to say. `make doctor` runs the stages and shows their errors;
 * by "use sudo" and "`make sandbox`" it knows what these would change.
 */
#ifndef COMMON_HINTS_H
#define COMMON_HINTS_H

#include "options.h"

#include <stdbool.h>

/*
 * Ubuntu since 23.10 restricts user namespaces, sysctl
 * kernel.apparmor_restrict_unprivileged_userns: those of a program without a
 * profile are refused, or come without their capabilities. This is looked up
 * once, before the clone, since /proc may not be in sight any more later on.
 */
bool is_restricted_by_apparmor(void);

/*
 * A step was refused that takes a capability in the new user namespace: names
 * AppArmor, if that keeps a capability from us that we hold. die() and
 * die_with_hint() ask it first, so no call has to.
 */
const char *capability_hint(void);

/*
 * What die() says, and die_with_hint() without a hint: a kernel that is
 * too old, or a seccomp filter.
 */
const char *default_hint(void);

/* Whether a seccomp(2) filter is active, as Docker's profile: it answers EPERM.
 */
bool is_filtered(void);

/* clone(2) with CLONE_NEW* flags was refused. */
const char *clone_hint(unsigned long flags);

/* A write to setgroups, uid_map or gid_map was refused, user_namespaces(7). */
const char *map_hint(const struct id_map *map);

#endif
