/*
 * Runs a command on a kernel that refuses some system calls, as Docker's
 * seccomp profile and others do: seccomp CALL=ERROR[,...] COMMAND [ARG...]
 *
 * CALL is a name in calls[] below, a system call's but for two: userns is clone
 * with CLONE_NEWUSER, capability is prctl with PR_CAPBSET_DROP, by which a
 * program can learn whether it may use one. ERROR is EPERM, ENOSYS or EACCES.
 * seccomp(2).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* Only with a first argument that passes this test, if there is one. */
static const struct call {
    const char *name;
    unsigned int number;
    unsigned short test;
    unsigned int argument;
} calls[] = {
    {"userns", SYS_clone, BPF_JSET, CLONE_NEWUSER},
    {"capability", SYS_prctl, BPF_JEQ, PR_CAPBSET_DROP},
    {"clone3", SYS_clone3, 0, 0},
    {"sethostname", SYS_sethostname, 0, 0},
    {"mount", SYS_mount, 0, 0},
    {"open_tree", SYS_open_tree, 0, 0},
    {"mount_setattr", SYS_mount_setattr, 0, 0},
    {"move_mount", SYS_move_mount, 0, 0},
    {"fsopen", SYS_fsopen, 0, 0},
    {"pivot_root", SYS_pivot_root, 0, 0},
    {"umount2", SYS_umount2, 0, 0},
    {"keyctl", SYS_keyctl, 0, 0},
    {"unshare", SYS_unshare, 0, 0},
    {"setns", SYS_setns, 0, 0},
    {"setresuid", SYS_setresuid, 0, 0},
    {"fsetxattr", SYS_fsetxattr, 0, 0},
};

static const struct call *find_call(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strncmp(calls[i].name, name, length) == 0 &&
            calls[i].name[length] == '\0')
            return &calls[i];
    return NULL;
}

static unsigned int find_error(const char *name)
{
    return strncmp(name, "ENOSYS", 6) == 0   ? ENOSYS
           : strncmp(name, "EACCES", 6) == 0 ? EACCES
                                             : EPERM;
}

int main(int argc, char **argv)
{
    struct sock_filter filter[128];
    unsigned short n = 0;
    struct sock_fprog program = {.filter = filter};

    if (argc < 3) {
        fprintf(stderr, "seccomp: expected CALL=ERROR[,...] COMMAND\n");
        return 125;
    }
    for (char *rest = argv[1], *item; (item = strsep(&rest, ",")) != NULL;) {
        const size_t length = strcspn(item, "=");
        const struct call *call = find_call(item, length);

        if (call == NULL || item[length] != '=') {
            fprintf(stderr, "seccomp: '%s': expected CALL=ERROR\n", item);
            return 125;
        }
        filter[n++] = (struct sock_filter)BPF_STMT(
            BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        filter[n++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, call->number, 0, call->test ? 3 : 1);
        if (call->test != 0) {
            filter[n++] = (struct sock_filter)BPF_STMT(
                BPF_LD | BPF_W | BPF_ABS,
                offsetof(struct seccomp_data, args[0]));
            filter[n++] = (struct sock_filter)BPF_JUMP(
                BPF_JMP | call->test | BPF_K, call->argument, 0, 1);
        }
        filter[n++] = (struct sock_filter)BPF_STMT(
            BPF_RET | BPF_K, SECCOMP_RET_ERRNO | find_error(item + length + 1));
    }
    filter[n++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = n;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1) {
        fprintf(stderr, "seccomp: %s\n", strerror(errno));
        return 125;
    }
    execvp(argv[2], argv + 2);
    fprintf(stderr, "seccomp: %s: %s\n", argv[2], strerror(errno));
    return 127;
}
