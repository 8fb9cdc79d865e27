/*
 * make doctor: can this machine run the lab, and if not, why?
 *
 * Each thing that a stage needs is attempted in a throwaway child, in
 * namespaces that end with it, the way the stages do it. What fails is named
 * with its cause and the narrowest remedy. Exits with 0 only if every stage
 * can run here, as the caller or with sudo.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../04-mount/mounts.h"
#include "../file.h"
#include "../hints.h"
#include "../launch.h"
#include "../options.h"

/* From best to worst, so that the worst of several is their maximum. */
enum verdict { AS_YOU, IN_SANDBOX, WITH_SUDO, NO };

static const char *const stages[] = {
    "01-uts",  "02-user",    "03-pid",    "04-mount",
    "05-proc", "06-network", "07-cgroup", "08-overlay",
};
static enum verdict verdicts[8];

/* ---- telling ---------------------------------------------------------------
 */

static void tell(const char *kind, const char *what, const char *format,
                 va_list args)
{
    printf("%-7s %-18s ", kind, what);
    vprintf(format, args);
    putchar('\n');
}

static void ok(const char *what, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tell("ok", what, format, args);
    va_end(args);
}

static void note(const char *what, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tell("note", what, format, args);
    va_end(args);
}

/*
 * This stage, and those that build on it, are at best this; with the blocker
 * in words. A later stage runs without a bridge (06) and without limits (07).
 */
static void blocked(int stage, enum verdict verdict, const char *what,
                    const char *format, ...)
{
    const int last = stage == 6 || stage == 7 ? stage : 8;
    va_list args;

    va_start(args, format);
    tell(verdict == NO ? "no" : "not you", what, format, args);
    va_end(args);
    for (; stage <= last; stage++)
        if (verdicts[stage - 1] < verdict)
            verdicts[stage - 1] = verdict;
}

/* This stage alone needs root, or the sandbox, where you are root. */
static void limited(int stage, const char *what, const char *text)
{
    printf("%-7s %-18s %s\n", "not you", what, text);
    if (verdicts[stage - 1] < IN_SANDBOX)
        verdicts[stage - 1] = IN_SANDBOX;
}

static void remedy(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printf("%35s", "remedy: ");
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

/* ---- trying ----------------------------------------------------------------
 */

/* What an attempt came to: 0, or errno, the step that set it, and a hint. */
struct outcome {
    int error;
    char step[48];
    const char *hint;
};

/* The step that an attempt is at; only its child process sees changes. */
static const char *current_step;

static int at(const char *name)
{
    current_step = name;
    return 0;
}

static bool map_child(pid_t pid)
{
    const struct id_map map = {.count = 0};

    if (!has_capability(CAP_SETGID) &&
        write_file("deny", "/proc/%d/setgroups", pid) == -1)
        return false;
    return write_file(map_text(&map, getegid()), "/proc/%d/gid_map", pid) ==
               0 &&
           write_file(map_text(&map, geteuid()), "/proc/%d/uid_map", pid) == 0;
}

/*
 * Runs act() in a child with new namespaces; with CLONE_NEWUSER as root
 * inside. act returns -1 with errno and the step where it failed.
 */
static struct outcome attempt(unsigned long flags, int (*act)(void))
{
    struct outcome outcome = {.error = 0, .step = "clone", .hint = NULL};
    int go[2], result[2];
    char byte = 0;
    pid_t pid;

    if (pipe2(go, O_CLOEXEC) == -1 || pipe2(result, O_CLOEXEC) == -1)
        abort();
    fflush(NULL);
    pid = clone_process(flags, 0);
    if (pid == -1) {
        outcome.error = errno;
        outcome.hint = clone_hint(flags);
    } else if (pid == 0) {
        close(go[1]);
        if (read(go[0], &byte, 1) == 1) {
            if (act() == -1) {
                outcome.error = errno;
                outcome.hint = capability_hint();
            }
            snprintf(outcome.step, sizeof outcome.step, "%s", current_step);
            if (write(result[1], &outcome, sizeof outcome) == -1)
                _exit(1);
        }
        _exit(0);
    } else if ((flags & CLONE_NEWUSER) && !map_child(pid)) {
        outcome.error = errno;
        outcome.hint = map_hint(&(struct id_map){.count = 0});
        snprintf(outcome.step, sizeof outcome.step, "write the maps");
    } else if (write(go[1], &byte, 1) == -1 || close(result[1]) == -1 ||
               read(result[0], &outcome, sizeof outcome) != sizeof outcome) {
        outcome.error = ECHILD;
    } else {
        result[1] = -1;
    }
    close(go[0]);
    close(go[1]);
    close(result[0]);
    if (result[1] != -1)
        close(result[1]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return outcome;
}

static int do_nothing(void)
{
    return at("nothing");
}

static int use_capabilities(void)
{
    at("sethostname");
    if (sethostname("doctor", 6) == -1)
        return -1;
    at("make mounts private");
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static int change_root(void)
{
    if (use_capabilities() == -1)
        return -1;
    at("mount a tmpfs");
    if (mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == -1)
        return -1;
    at("bind onto itself");
    if (mount("/tmp", "/tmp", NULL, MS_BIND | MS_REC, NULL) == -1)
        return -1;
    at("mount_setattr");
    if (set_mount_attributes("/tmp", MOUNT_ATTR_NODEV, true) == -1)
        return -1;
    at("chdir");
    if (chdir("/tmp") == -1)
        return -1;
    at("pivot_root");
    if (pivot_root(".", ".") == -1)
        return -1;
    at("detach the old root");
    return umount2(".", MNT_DETACH);
}

static int clone_devices(void)
{
    static const char *const paths[] = {"/dev/null",    "/dev/zero",
                                        "/dev/full",    "/dev/random",
                                        "/dev/urandom", "/dev/tty"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        at(paths[i]);
        if (clone_mount(paths[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID) == -1)
            return -1;
    }
    at("devpts");
    if (new_mount("devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC) == -1)
        return -1;
    return 0;
}

static int mount_proc(void)
{
    at("mount proc");
    return new_mount("proc", MOUNT_ATTR_NOSUID) == -1 ? -1 : 0;
}

static int join_keyring(void)
{
    at("keyctl");
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 &&
        errno != ENOSYS)
        return -1;
    return 0;
}

/* Includes what Linux before 6.6 cannot: a directory over a removed one. */
static int mount_overlay(void)
{
    at("mount a tmpfs");
    if (mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == -1 || chdir("/tmp") == -1)
        return -1;
    at("make the layers");
    if (mkdir("lower", 0755) == -1 || mkdir("lower/x", 0755) == -1 ||
        mkdir("upper", 0755) == -1 || mkdir("work", 0755) == -1 ||
        mkdir("all", 0755) == -1)
        return -1;
    at("mount overlay");
    if (mount("overlay", "all", "overlay", 0,
              "lowerdir=lower,upperdir=upper,workdir=work,userxattr") == -1)
        return -1;
    at("replace a directory");
    if (rmdir("all/x") == -1)
        return -1;
    return mkdir("all/x", 0755);
}

/* Runs a program; errno is ENOENT if it is missing, EPROTO if it fails. */
static int run_program(char *const *argv, const char *input)
{
    int ends[2], status;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return -1;
    pid = fork();
    if (pid == 0) {
        const int null = open("/dev/null", O_WRONLY);

        dup2(ends[0], 0);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[0]);
    if (write(ends[1], input, strlen(input)) == -1)
        errno = EPIPE;
    close(ends[1]);
    if (pid == -1 || waitpid(pid, &status, 0) == -1)
        return -1;
    errno = WEXITSTATUS(status) == 127 ? ENOENT : EPROTO;
    return status == 0 ? 0 : -1;
}

static int make_links(void)
{
    char *ip[] = {"ip", "-batch", "-", NULL};

    at("ip: a bridge and a veth pair");
    return run_program(ip, "link set lo up\n"
                           "link add box0 type bridge\n"
                           "link add veth0 type veth peer name eth0\n"
                           "link set veth0 master box0\n"
                           "link set veth0 up\n");
}

static int masquerade(void)
{
    char *nft[] = {"nft", "-f", "-", NULL};

    at("nft: masquerade");
    return run_program(nft, "add table ip box\n"
                            "add chain ip box out { type nat hook postrouting "
                            "priority 100; }\n"
                            "add rule ip box out masquerade\n");
}

/* nft keeps a published port's table as long as the box that made it lives. */
static int own_a_table(void)
{
    char *nft[] = {"nft", "-f", "-", NULL};

    at("nft: a table with an owner");
    return run_program(nft, "table ip box { flags owner; }\n");
}

/* ---- why -------------------------------------------------------------------
 */

static bool file_contains(const char *path, const char *text)
{
    static char content[1 << 16];
    FILE *file = fopen(path, "re");
    size_t length;

    if (file == NULL)
        return false;
    length = fread(content, 1, sizeof content - 1, file);
    content[length] = '\0';
    fclose(file);
    return strstr(content, text) != NULL;
}

/* A word among others, as in cgroup.controllers: cpu is not cpuset. */
static bool file_has_word(const char *path, const char *word)
{
    char next[64];
    FILE *file = fopen(path, "re");
    bool found = false;

    while (file != NULL && !found && fscanf(file, "%63s", next) == 1)
        found = strcmp(next, word) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

/* Inside a chroot the root directory is no mount point of its own. */
static bool is_chrooted(void)
{
    return access("/proc/self/mountinfo", R_OK) == 0 &&
           !file_contains("/proc/self/mountinfo", " / / ");
}

static bool is_filtered(void)
{
    return file_contains("/proc/self/status", "Seccomp:\t2");
}

static void explain_user_namespace(const struct outcome *outcome)
{
    static const char what[] = "user namespace";
    const char *reason = strerror(outcome->error);

    if (outcome->error == ENOSPC) {
        blocked(2, NO, what, "%s: %s; user.max_user_namespaces is %ld",
                outcome->step, reason,
                read_number("/proc/sys/user/max_user_namespaces"));
        remedy("sudo sysctl user.max_user_namespaces=10000");
    } else if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0 &&
               geteuid() != 0) {
        blocked(2, WITH_SUDO, what,
                "%s: %s; kernel.unprivileged_userns_clone is 0", outcome->step,
                reason);
        remedy("sudo sysctl kernel.unprivileged_userns_clone=1, or sudo");
    } else if (outcome->hint == apparmor_hint) {
        blocked(2, WITH_SUDO, what,
                "%s: %s; AppArmor restricts user namespaces "
                "(kernel.apparmor_restrict_unprivileged_userns)",
                outcome->step, reason);
        remedy("make allow, which loads a profile for the lab's programs "
               "alone; or sudo");
    } else if (is_filtered()) {
        blocked(2, NO, what,
                "%s: %s; a seccomp filter is active, as Docker's profile",
                outcome->step, reason);
        remedy("docker run --privileged, or a VM");
    } else if (is_chrooted()) {
        blocked(2, NO, what, "%s: %s; a process in a chroot may not make one",
                outcome->step, reason);
        remedy("leave the chroot, or enter it with pivot_root");
    } else if (outcome->error == EACCES) {
        blocked(2, WITH_SUDO, what, "%s: %s; a security module forbids it",
                outcome->step, reason);
        remedy("sudo, or an unconfined login; SELinux logs it as "
               "user_namespace create");
    } else {
        blocked(2, NO, what, "%s: %s", outcome->step, reason);
        remedy("a VM, for example with Lima or Multipass");
    }
}

/* For steps inside a user namespace that works. */
static void explain(int stage, const char *what, const struct outcome *outcome,
                    const char *otherwise)
{
    blocked(stage, NO, what, "%s: %s%s", outcome->step,
            strerror(outcome->error),
            is_filtered() ? "; a seccomp filter is active, as Docker's" : "");
    remedy("%s",
           is_filtered() ? "docker run --privileged, or a VM" : otherwise);
}

/* ---- the examination --------------------------------------------------------
 */

static void examine_kernel(void)
{
    struct utsname uts;
    int major = 0, minor = 0;

    uname(&uts);
    sscanf(uts.release, "%d.%d", &major, &minor);
    if (major < 5 || (major == 5 && minor < 12)) {
        blocked(4, NO, "kernel",
                "Linux %s; 5.12 is the oldest with "
                "mount_setattr(2)",
                uts.release);
        remedy("a newer distribution, or a VM of one");
    } else {
        ok("kernel", "Linux %s, %s", uts.release, uts.machine);
    }
    if (access("/proc/self/ns", F_OK) == -1) {
        blocked(1, NO, "/proc", "is not mounted here");
        remedy("mount -t proc proc /proc");
    }
}

static void examine_uts(void)
{
    const struct outcome outcome = attempt(CLONE_NEWUTS, do_nothing);

    if (outcome.error == 0) {
        ok("UTS namespace", "made");
    } else if (geteuid() != 0) {
        limited(1, "UTS namespace", "01 alone has no user namespace around it");
    } else {
        blocked(1, NO, "UTS namespace", "%s: %s", outcome.step,
                strerror(outcome.error));
        remedy("this root lacks CAP_SYS_ADMIN: docker run --privileged, or a "
               "VM");
    }
}

static const unsigned long up_to_mounts =
    CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS;

/* Whether the rest can be tried at all. */
static bool examine_user(void)
{
    struct outcome outcome = attempt(CLONE_NEWUSER, do_nothing);

    if (outcome.error == 0)
        outcome = attempt(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS,
                          use_capabilities);
    if (outcome.error != 0) {
        explain_user_namespace(&outcome);
        return false;
    }
    ok("user namespace", "made, ids mapped, capabilities usable");
    return true;
}

static void examine_boxes(void)
{
    struct outcome outcome = attempt(up_to_mounts, do_nothing);

    if (outcome.error != 0)
        explain(3, "PID and IPC", &outcome,
                "a kernel with CONFIG_PID_NS and CONFIG_IPC_NS");
    else
        ok("PID and IPC", "namespaces made");
    outcome = attempt(up_to_mounts, change_root);
    if (outcome.error != 0)
        explain(4, "pivot_root", &outcome,
                "a root file system that is no initramfs; before Linux 7.0 "
                "that cannot be pivoted");
    else
        ok("pivot_root", "mounts private, root changed");
    outcome = attempt(up_to_mounts, clone_devices);
    if (outcome.error != 0)
        explain(4, "devices", &outcome, "mknod what is missing in /dev");
    else
        ok("devices", "six nodes bound, devpts made");
    outcome = attempt(up_to_mounts, mount_proc);
    if (outcome.error == EPERM && !is_filtered()) {
        blocked(5, NO, "proc", "%s: %s; parts of /proc are covered",
                outcome.step, strerror(outcome.error));
        remedy("docker run --security-opt systempaths=unconfined; elsewhere, "
               "unmount what /proc/mounts lists below /proc");
    } else if (outcome.error != 0) {
        explain(5, "proc", &outcome, "a kernel with CONFIG_PROC_FS");
    } else {
        ok("proc", "a new one mounted");
    }
    outcome = attempt(up_to_mounts, join_keyring);
    if (outcome.error != 0)
        explain(5, "keyring", &outcome, "sysctl kernel.keys.maxkeys");
    else
        ok("keyring", "a new one joined");
}

static void examine_network(void)
{
    const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNET;
    struct outcome outcome = attempt(flags, make_links);
    const bool own_network = has_capability(CAP_NET_ADMIN);

    if (outcome.error == ENOENT) {
        blocked(6, NO, "ip", "the program is missing");
        remedy("make prepare");
    } else if (outcome.error != 0) {
        explain(6, "bridge and veth", &outcome,
                "a kernel with CONFIG_NET_NS, CONFIG_BRIDGE and CONFIG_VETH: "
                "sudo modprobe bridge veth");
    } else if (!own_network) {
        limited(6, "bridge and veth",
                "work in `make sandbox`; on the host's network they need sudo");
    } else {
        ok("bridge and veth", "made");
    }
    outcome = attempt(flags, masquerade);
    if (outcome.error == ENOENT) {
        blocked(6, NO, "nft", "the program is missing");
        remedy("make prepare");
    } else if (outcome.error != 0) {
        explain(6, "masquerade", &outcome,
                "a kernel with CONFIG_NFT_MASQ: sudo modprobe nft_masq");
    } else {
        ok("masquerade", "works");
        if (attempt(flags, own_a_table).error != 0) {
            note("--publish", "this nft or kernel has no tables with an owner");
            remedy("nftables 1.0 and Linux 5.12, or newer ones");
        }
    }
    if (read_number("/proc/sys/net/ipv4/ip_forward") == 0) {
        note("ip_forward", "is 0: boxes reach this host, but not beyond it");
        remedy("sudo sysctl net.ipv4.ip_forward=1, or make sandbox");
    }
}

/* Another table's drop is not undone by an accept in the lab's own. */
static void examine_firewall(void)
{
    static char line[4096];
    bool forward = false, drops = false;
    FILE *rules;

    if (!has_capability(CAP_NET_ADMIN))
        return;
    rules = popen("nft list chains 2>/dev/null", "re");
    if (rules == NULL)
        return;
    while (fgets(line, sizeof line, rules) != NULL) {
        forward = strstr(line, "hook forward") != NULL;
        drops = drops || (forward && strstr(line, "policy drop") != NULL);
    }
    pclose(rules);
    if (drops) {
        note("forwarding", "another table drops what is forwarded, so boxes "
                           "do not reach beyond this host");
        remedy("Docker: sudo iptables -I DOCKER-USER -i box0 -j ACCEPT, and "
               "the same with -o; firewalld: sudo firewall-cmd --zone=trusted "
               "--add-interface=box0");
    }
}

/* The directory of our own cgroup v2, or false. */
static bool own_cgroup(char *path, size_t size)
{
    char line[PATH_MAX - 64];
    FILE *file = fopen("/proc/self/cgroup", "re");
    const char *root = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0
                           ? "/sys/fs/cgroup"
                           : "/sys/fs/cgroup/unified";
    bool found = false;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "0::", 3) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(path, size, "%s%s", root, line + 3);
            found = true;
        }
    if (file != NULL)
        fclose(file);
    return found;
}

/* A cgroup of our own below parent, made and removed. */
static bool can_make_cgroup(const char *parent)
{
    char path[PATH_MAX];

    if (snprintf(path, sizeof path, "%s/box-doctor-%d", parent, getpid()) >=
            (int)sizeof path ||
        mkdir(path, 0755) == -1)
        return false;
    return rmdir(path) == 0;
}

/* Root of the machine, not of a user namespace as in the sandbox. */
static bool is_host_root(void)
{
    char map[64] = "";

    read_line(map, sizeof map, "/proc/self/uid_map");
    return geteuid() == 0 && strstr(map, "4294967295") != NULL;
}

static void examine_controller(const char *name, const char *own)
{
    char path[PATH_MAX];
    const bool root = is_host_root();
    bool v2;

    snprintf(path, sizeof path, "%s/cgroup.controllers",
             root ? "/sys/fs/cgroup" : own);
    v2 = file_has_word(path, name);
    if (!v2) {
        snprintf(path, sizeof path, "/sys/fs/cgroup/%s", name);
        if (access(path, F_OK) == -1) {
            blocked(7, root ? NO : WITH_SUDO, name,
                    root ? "this kernel offers no such controller"
                         : "is not delegated to you");
            remedy(root ? "cgroup_enable=%s on the kernel's command line, or "
                          "mount -t cgroup2 none /sys/fs/cgroup"
                        : "systemd-run --user --scope -p Delegate=yes "
                          "COMMAND, if that gives you %s",
                   name);
            return;
        }
    } else {
        snprintf(path, sizeof path, "%s", root ? "/sys/fs/cgroup" : own);
    }
    if (can_make_cgroup(path)) {
        ok(name, "controller on cgroup v%d, a cgroup made", v2 ? 2 : 1);
    } else {
        blocked(7, root ? NO : WITH_SUDO, name,
                "no cgroup can be made in %s: %s", path, strerror(errno));
        remedy(root ? "mount -o remount,rw %s"
                    : "systemd-run --user --scope -p Delegate=yes COMMAND, or "
                      "sudo",
               path);
    }
}

static void examine_cgroups(void)
{
    static const char *const controllers[] = {"memory", "cpu", "pids",
                                              "cpuset"};
    char own[PATH_MAX] = "";

    if (!own_cgroup(own, sizeof own))
        own[0] = '\0';
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++)
        examine_controller(controllers[i], own);
}

static void examine_overlay(void)
{
    const struct outcome outcome =
        attempt(CLONE_NEWUSER | CLONE_NEWNS, mount_overlay);

    if (outcome.error == 0)
        ok("overlay", "scratch on tmpfs works");
    else if (strcmp(outcome.step, "replace a directory") == 0)
        ok("overlay", "works with its scratch on disk (Linux before 6.6)");
    else
        explain(8, "overlay", &outcome,
                "a kernel with CONFIG_OVERLAY_FS (5.11 for user namespaces): "
                "sudo modprobe overlay");
}

static void examine_surroundings(void)
{
    if (access("build/rootfs", F_OK) == -1) {
        blocked(4, NO, "rootfs", "build/rootfs is missing");
        remedy("make rootfs");
    } else {
        ok("rootfs", "build/rootfs");
    }
    if (read_number("/proc/sys/dev/tty/legacy_tiocsti") != 0) {
        note("TIOCSTI", "a program in a box can type into your terminal");
        remedy("sudo sysctl dev.tty.legacy_tiocsti=0 (Linux 6.2 or newer)");
    }
}

int main(void)
{
    static const char *const texts[] = {
        [AS_YOU] = "yes, as you",
        [IN_SANDBOX] = "yes, with sudo or in `make sandbox`",
        [WITH_SUDO] = "yes, with sudo",
        [NO] = "no",
    };
    const char *path = getenv("PATH");
    char with_sbin[PATH_MAX];
    int status = EXIT_SUCCESS;

    /* An ordinary user's PATH lacks the directory where nft is. */
    snprintf(with_sbin, sizeof with_sbin, "%s:/usr/sbin:/sbin",
             path != NULL ? path : "/usr/bin:/bin");
    setenv("PATH", with_sbin, 1);
    /* A program that is missing does not read what is written to it. */
    signal(SIGPIPE, SIG_IGN);
    examine_kernel();
    examine_uts();
    if (examine_user()) {
        examine_boxes();
        examine_network();
        examine_firewall();
        examine_overlay();
    } else if (verdicts[0] == IN_SANDBOX) {
        /* The sandbox of an ordinary user is in a user namespace, too. */
        verdicts[0] = WITH_SUDO;
    }
    examine_cgroups();
    examine_surroundings();
    putchar('\n');
    for (int i = 0; i < 8; i++) {
        printf("%-11s %s\n", stages[i],
               verdicts[i] == AS_YOU && is_host_root() ? "yes"
                                                       : texts[verdicts[i]]);
        if (verdicts[i] == NO)
            status = EXIT_FAILURE;
    }
    return status;
}
