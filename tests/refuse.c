/*
 * Runs a command on a kernel that refuses some system calls, as Docker's
 * seccomp profile and others do: refuse CALL=ERROR[,...] COMMAND [ARG...]
 *
 * CALL is clone3, mount, pivot_root, keyctl, unshare, setns, fsopen, fsetxattr,
 * or userns, which is clone with CLONE_NEWUSER; ERROR is EPERM, ENOSYS or
 * EACCES. seccomp(2).
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

static const struct {
    const char *name;
    unsigned int number;
} calls[] = {
    {"userns", SYS_clone},        {"clone3", SYS_clone3},
    {"mount", SYS_mount},         {"pivot_root", SYS_pivot_root},
    {"keyctl", SYS_keyctl},       {"unshare", SYS_unshare},
    {"fsopen", SYS_fsopen},       {"setns", SYS_setns},
    {"fsetxattr", SYS_fsetxattr},
};

static unsigned int find_call(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strncmp(calls[i].name, name, length) == 0 &&
            calls[i].name[length] == '\0')
            return calls[i].number;
    return 0;
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
        fprintf(stderr, "refuse: expected CALL=ERROR[,...] COMMAND\n");
        return 125;
    }
    for (char *rest = argv[1], *item; (item = strsep(&rest, ",")) != NULL;) {
        const size_t length = strcspn(item, "=");
        const unsigned int call = find_call(item, length);

        if (call == 0 || item[length] != '=') {
            fprintf(stderr, "refuse: '%s': expected CALL=ERROR\n", item);
            return 125;
        }
        filter[n++] = (struct sock_filter)BPF_STMT(
            BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        if (call == SYS_clone) {
            filter[n++] = (struct sock_filter)BPF_JUMP(
                BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3);
            filter[n++] = (struct sock_filter)BPF_STMT(
                BPF_LD | BPF_W | BPF_ABS,
                offsetof(struct seccomp_data, args[0]));
            filter[n++] = (struct sock_filter)BPF_JUMP(
                BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1);
        } else {
            filter[n++] = (struct sock_filter)BPF_JUMP(
                BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
        }
        filter[n++] = (struct sock_filter)BPF_STMT(
            BPF_RET | BPF_K, SECCOMP_RET_ERRNO | find_error(item + length + 1));
    }
    filter[n++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = n;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1) {
        fprintf(stderr, "refuse: seccomp: %s\n", strerror(errno));
        return 125;
    }
    execvp(argv[2], argv + 2);
    fprintf(stderr, "refuse: %s: %s\n", argv[2], strerror(errno));
    return 127;
}
