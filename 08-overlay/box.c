/*
 * 08-overlay: the rootfs stays as it is
 *
 * An overlay shows several directories as one: read-only layers on top of each
 * other, and an upper one that takes every change. What is changed is copied
 * up first; what is deleted leaves a mark in the upper, a whiteout. So any
 * number of boxes start from the same rootfs, each one finds it fresh, and an
 * image is a stack of layers that is never written to.
 *
 * New here
 *   overlay, a file system               the kernel's filesystems/overlayfs
 *
 * Run it
 *   08-overlay/box sh -c 'rm -r /bin; ls /'     and the next box has it again
 *   08-overlay/box --layer DIR ls /             DIR on top of the rootfs
 *   08-overlay/box --keep DIR sh                DIR/upper holds your changes
 *
 * Still shared with the host: the kernel. There is no seccomp(2) filter, so
 * all of its system calls can be reached. The clocks, /proc/meminfo and
 * /proc/cpuinfo are the host's; there is no /sys; one user alone is mapped.
 * The command has the caller's terminal and may type into it (TIOCSTI), on
 * kernels that allow that. Mounts below the rootfs are not shown.
 */
#include <argp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../04-mount/mounts.h"
#include "../05-proc/confine.h"
#include "../06-network/bridge.h"
#include "../06-network/nft.h"
#include "../06-network/rtnetlink.h"
#include "../07-cgroup/cgroups.h"
#include "../07-cgroup/cgroups_v1.h"
#include "../08-overlay/scratch.h"
#include "../common/command.h"
#include "../common/error.h"
#include "../common/file.h"
#include "../common/hints.h"
#include "../common/launch.h"
#include "../common/options.h"

/* What the user asked for. */
struct box {
    /* The process that we start, and the way to talk to it. */
    struct launch launch;
    /* The program to run and its arguments, with a NULL at the end. */
    char **command;
    /* The hostname inside, 1 to 64 bytes. */
    const char *hostname;
    /* CLONE_NEW* flags of the namespaces that stay the caller's (--share). */
    unsigned long shared;
    /* What the given options need: --share must not take that away. */
    unsigned long asked;
    /* For each id inside, the id outside that it stands for. */
    struct id_map map;
    /* PID 1 is an init of ours, and the command its child. */
    bool init;
    /* The directory that becomes /. */
    const char *rootfs;
    /* What else of the host is to be seen inside. */
    struct binds volumes;
    /* Nothing can be written on the root mount. */
    bool read_only;
    /* A bit for each capability that root inside may keep. */
    uint64_t capabilities;
    /* The bridge or lo alone; address, ports. */
    struct network network;
    /* How much of the machine the box may use, and the cgroup for that. */
    struct limits limits;
    struct cgroup cgroup;
    /* What lies on the rootfs, and where changes go. */
    struct layers layers;
};

/* ---- options: nothing about containers here ----------------------------- */

static const struct namespace_flag namespaces[] = {
    {"uts", CLONE_NEWUTS}, /* hostname */
    {"user", CLONE_NEWUSER}, /* ids, capabilities */
    {"pid", CLONE_NEWPID}, /* process ids */
    {"ipc", CLONE_NEWIPC}, /* System V IPC, message queues */
    {"mnt", CLONE_NEWNS}, /* mounts */
    {"net", CLONE_NEWNET}, /* links, addresses, ports */
    {"cgroup", CLONE_NEWCGROUP}, /* the path in /proc/self/cgroup */
    {NULL, 0},
};

enum {
    OPTION_SHARE = 256,
    OPTION_HOSTNAME,
    OPTION_MAP,
    OPTION_INIT,
    OPTION_ROOTFS,
    OPTION_VOLUME,
    OPTION_READ_ONLY,
    OPTION_CAP_ADD,
    OPTION_CAP_DROP,
    OPTION_NETWORK,
    OPTION_IP,
    OPTION_CPUS,
    OPTION_PIDS_LIMIT,
    OPTION_CPUSET_CPUS,
    OPTION_LAYER,
    OPTION_KEEP,
};

/* The last column, argp's group: the namespace that the option needs. */
static const struct argp_option options[] = {
    {"share", OPTION_SHARE, "NS[,NS...]", 0, "Keep these of the caller", 0},
    {"verbose", 'v', NULL, 0, "Tell each step, outside and inside", 0},
    {"cap-add", OPTION_CAP_ADD, "CAP", 0, "Let root inside keep CAP", 0},
    {"cap-drop", OPTION_CAP_DROP, "CAP", 0, "Take CAP away, or ALL", 0},
    {"hostname", OPTION_HOSTNAME, "NAME", 0, "Name inside (box)", CLONE_NEWUTS},
    {"map", OPTION_MAP, "INSIDE:OUTSIDE:COUNT|none", 0,
     "Users and groups inside (0 is you); repeatable", CLONE_NEWUSER},
    {"init", OPTION_INIT, NULL, 0, "Run a small init as PID 1", CLONE_NEWPID},
    {"rootfs", OPTION_ROOTFS, "DIR", 0, "Becomes / inside", CLONE_NEWNS},
    {"volume", OPTION_VOLUME, "SOURCE:TARGET[:ro]", 0,
     "Show SOURCE of the host as TARGET; repeatable", CLONE_NEWNS},
    {"read-only", OPTION_READ_ONLY, NULL, 0, "Make / read-only", CLONE_NEWNS},
    {"network", OPTION_NETWORK, "bridge|none", 0,
     "On the bridge (if you may), or lo alone", CLONE_NEWNET},
    {"ip", OPTION_IP, "ADDRESS", 0, "In " SUBNET " (next free)", CLONE_NEWNET},
    {"publish", 'p', "[ADDRESS:]PORT:PORT[/tcp|/udp]", 0,
     "The host's port leads to the box's; repeatable", CLONE_NEWNET},
    {"memory", 'm', "SIZE", 0, "Bytes, or with k, m, g", 0},
    {"cpus", OPTION_CPUS, "N", 0, "As much CPU time, 0.01 or more", 0},
    {"pids-limit", OPTION_PIDS_LIMIT, "N", 0, "Processes and threads", 0},
    {"cpuset-cpus", OPTION_CPUSET_CPUS, "LIST", 0, "Only these CPUs, 0-3,5", 0},
    {"layer", OPTION_LAYER, "DIR", 0,
     "Lies on the rootfs, read-only; repeatable", CLONE_NEWNS},
    {"keep", OPTION_KEEP, "DIR", 0, "Changes stay in DIR/upper", CLONE_NEWNS},
    {0},
};

/* Whether the box leaves this namespace the caller's. */
static bool shares(const struct box *box, unsigned long namespace)
{
    return (box->shared & namespace) != 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct box *box = state->input;

    box->asked |= option_group(options, key);
    switch (key) {
    case OPTION_SHARE:
        box->shared = share_option(namespaces, value);
        break;
    case 'v':
        tell_steps(true);
        break;
    case OPTION_HOSTNAME:
        box->hostname = value;
        if (strlen(value) < 1 || strlen(value) > 64)
            refuse("--hostname '%s': has %zu bytes; expected 1 to 64", value,
                   strlen(value));
        break;
    case OPTION_MAP:
        map_option(&box->map, value);
        break;
    case OPTION_INIT:
        box->init = true;
        break;
    case OPTION_ROOTFS:
        box->rootfs = value;
        break;
    case OPTION_VOLUME:
        volume_option(&box->volumes, value);
        break;
    case OPTION_READ_ONLY:
        box->read_only = true;
        break;
    case OPTION_CAP_ADD:
        box->capabilities |= capability_option("cap-add", value);
        break;
    case OPTION_CAP_DROP:
        box->capabilities &= ~capability_option("cap-drop", value);
        break;
    case OPTION_NETWORK:
        network_option(&box->network, value);
        break;
    case OPTION_IP:
        address_option(&box->network, value);
        break;
    case 'p':
        publish_option(&box->network, value);
        break;
    case 'm':
        box->limits.memory = memory_option(value);
        break;
    case OPTION_CPUS:
        box->limits.cpu_quota = cpus_option(value);
        break;
    case OPTION_PIDS_LIMIT:
        box->limits.pids = pids_limit_option(value);
        break;
    case OPTION_CPUSET_CPUS:
        box->limits.cpuset_cpus = cpuset_option(value);
        break;
    case OPTION_LAYER:
        layer_option(&box->layers, value);
        break;
    case OPTION_KEEP:
        keep_option(&box->layers, value);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Reads the options, and refuses what cannot be before anything is made. */
static void parse_options(struct box *box, int argc, char **argv)
{
    const int first = parse_arguments(options, parse_option, argc, argv, box);

    if (first < argc)
        box->command = &argv[first];
    refuse_conflict(namespaces, box->asked & box->shared);
    check_map(&box->map);
    if (!shares(box, CLONE_NEWNET))
        choose_network(&box->network);
    if (shares(box, CLONE_NEWNS))
        return;
    box->rootfs = rootfs_option(box->rootfs);
    if (box->map.none)
        refuse("--map none: leaves files in /dev and /tmp without an owner; "
               "expected a range, or --share mnt");
}

/* ---- 01 uts ------------------------------------------------------------- */

/*
 * A new UTS namespace starts with a copy of the host's hostname. This changes
 * the copy. It stands on the inside of the clone: the same call in the
 * launcher would rename the host.
 */
static void set_hostname(const struct box *box)
{
    if (shares(box, CLONE_NEWUTS))
        return;
    step("the hostname is %s, inherited", current_hostname());
    must(sethostname(box->hostname, strlen(box->hostname)), "sethostname %s",
         box->hostname);
    step("the hostname is %s now", current_hostname());
}

/*
 * execve(2) replaces the program in this process. The process stays: its PID,
 * its namespaces, its descriptors 0 to 2. It comes last, because nothing of
 * ours is left to run after it. The caller's environment ends here: its PATH
 * says where the host has its programs, and it may hold secrets.
 */
static _Noreturn void run_command(struct box *box)
{
    char *const *command = box->command;

    set_environment(current_hostname());
    step("becomes %s (parent %d)", command[0], getppid());
    prepare_exec(&box->launch);
    execve(find_command(command[0]), command, environ);
    exec_failed(command[0]);
}

/* ---- 02 user ------------------------------------------------------------ */

/*
 * A group can also shut people out of a file, and whoever could leave it would
 * get in. So an ordinary user must give up setgroups(2) for the new namespace
 * before the kernel takes a gid_map (EPERM without it, since Linux 3.19). A
 * launcher that may change groups on the host anyway (CAP_SETGID) gives nothing
 * up.
 */
static void deny_setgroups(const struct box *box)
{
    if (shares(box, CLONE_NEWUSER) || box->map.none ||
        has_capability(CAP_SETGID))
        return;
    if (write_file("deny", "/proc/%d/setgroups", box->launch.pid) == -1)
        die_with_hint(map_hint(&box->map), "deny setgroups");
    step("setgroups is denied inside");
}

/*
 * For each id inside, the id outside that it stands for. Until the map is
 * written everybody inside is 65534, nobody. It is written from outside, in a
 * single write, which the kernel takes only once; and before the box goes on:
 * a program started without a map starts without capabilities, and its own
 * files belong to nobody as it sees them.
 */
static void map_ids(const struct box *box)
{
    const pid_t pid = box->launch.pid;

    if (shares(box, CLONE_NEWUSER) || box->map.none)
        return;
    if (write_file(map_text(&box->map, getegid()), "/proc/%d/gid_map", pid) ==
            -1 ||
        write_file(map_text(&box->map, geteuid()), "/proc/%d/uid_map", pid) ==
            -1)
        die_with_hint(map_hint(&box->map), "write the maps of %d", pid);
    step("uid_map of the box: %s", map_text(&box->map, geteuid()));
}

/*
 * The map gives this process an id inside, but not always the wanted one:
 * host root under a map without host root is still nobody. Groups, gid, uid
 * is the order of every program that gives up root, since without uid 0 it
 * has no right to the other two; here the capabilities stay until execve(2).
 * EPERM: setgroups is denied, and the caller's groups stay.
 */
static void set_ids(const struct box *box)
{
    const uint32_t id = map_first_id(&box->map);

    if (shares(box, CLONE_NEWUSER) || box->map.none)
        return;
    if (setgroups(0, NULL) == -1 && errno != EPERM)
        die("setgroups");
    must(setresgid(id, id, id), "become gid %u inside", id);
    must(setresuid(id, id, id), "become uid %u inside", id);
}

/*
 * The first process of a user namespace holds every capability, already as
 * nobody: over the namespace and what belongs to it, not over the host. The
 * map changes who it is, not what it may do. What execve(2) leaves of it
 * depends on the id: uid 0 inside keeps what its bounding set allows, any
 * other id keeps none.
 */
static void show_capabilities(const char *when)
{
    cap_t mine = cap_get_proc();
    char *text = cap_to_text(mine, NULL);

    step("%s: uid %u, gid %u, capabilities %s", when, getuid(), getgid(), text);
    cap_free(text);
    cap_free(mine);
}

/* ---- 03 pid ------------------------------------------------------------- */

/*
 * PID 1 has two duties: to reap orphans, which are zombies until somebody
 * waits for them, and to pass on signals. The kernel drops what a PID 1 has
 * no handler for, but keeps what it has blocked, and next_signal() waits for
 * that. When PID 1 ends, the kernel kills all the rest.
 *
 * It stays our own program, so /proc/1/exe leads to a file of the host. A
 * process that is not dumpable does not show it, prctl(2). That comes before
 * the fork: after it, the command could be there first.
 */
static void run_init(const struct box *box)
{
    pid_t command, ended;
    int signal, status;

    if (!box->init)
        return;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    command = fork();
    must(command, "fork");
    if (command == 0)
        return;
    step("is init, and the command its child %d", command);
    close_from(3);
    for (;;) {
        signal = next_signal(&box->launch);
        if (signal != SIGCHLD)
            kill(command, signal);
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
            if (ended == command)
                _exit(exit_status(status));
    }
}

/* ---- 04 mount ----------------------------------------------------------- */

/*
 * The new mount namespace is a copy, but where the host's mounts are shared
 * (systemd makes them so) the copies stay tied to them. In a new user
 * namespace they are slaves: the host's later mounts appear in the box. With
 * --share user they are peers: the box's mounts would appear on the host, and
 * pivot_root(2) fails (EINVAL). This cuts both ties, before the first mount
 * and for every mount below / (MS_REC).
 */
static void make_mounts_private(void)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
        die_with_hint(mount_hint(), "make all mounts private");
    step("mounts are private: none of ours reaches the host");
}

/*
 * mknod(2) is refused in a user namespace, so the box gets the host's own
 * nodes as bind mounts. They are read-only: writing to a device still works,
 * but chmod and chown, which would change the host's node, do not. That holds
 * as long as root inside may not remount them; see 05-proc.
 */
static struct binds clone_devices(void)
{
    static const char *const paths[] = {
        "/dev/null",   "/dev/zero",    "/dev/full",
        "/dev/random", "/dev/urandom", "/dev/tty",
    };
    struct binds devices = {.count = 0};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        add_bind(&devices, paths[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID);
    clone_binds(&devices);
    return devices;
}

/*
 * pivot_root(2) wants a mount, not a plain directory: a bind mount onto
 * itself makes one (EBUSY or EINVAL without it). MS_REC takes along what is
 * mounted below. Device nodes that lie in the rootfs must not work: nodev.
 */
static void bind_root(const struct box *box)
{
    if (mount(box->rootfs, box->rootfs, NULL, MS_BIND | MS_REC, NULL) == -1)
        die_with_hint(path_hint(), "bind %s onto itself", box->rootfs);
    must(set_mount_attributes(box->rootfs, MOUNT_ATTR_NODEV, true),
         "make %s nodev", box->rootfs);
}

/*
 * pivot_root(".", ".") makes the rootfs the root of the mount namespace and
 * stacks the old root on top of it, where umount takes it away. MNT_DETACH,
 * because other mounts lie below it, /sys for one (EBUSY without it). The
 * working directory is the new root all the time. chroot(2) alone would leave
 * the host mounted, and root inside a way back to it.
 *
 * Only from here on is it safe to follow paths of the rootfs: as long as the
 * old root is stacked there, ".." at / leads into it.
 */
static void enter_root(const struct box *box)
{
    must(chdir(box->rootfs), "chdir %s", box->rootfs);
    if (pivot_root(".", ".") == -1)
        die_with_hint(pivot_hint(), "pivot_root %s", box->rootfs);
    must(umount2(".", MNT_DETACH), "detach the old root");
    step("%s is / now, and the host's root is gone", box->rootfs);
}

/* A file system of memory alone: what is written there ends with the box. */
static void mount_tmpfs(const char *path, unsigned long flags, const char *data)
{
    must(make_mount_point(path, true), "make %s", path);
    must(mount("tmpfs", path, "tmpfs", MS_NOSUID | flags, data),
         "mount a tmpfs on %s", path);
}

/*
 * A program expects these names in /dev. The devpts instance is new: a
 * terminal that is opened inside belongs to the box. Hosts give terminals to
 * group 5, tty (gid=5); that group is not mapped here.
 */
static void mount_dev(const struct binds *devices)
{
    mount_tmpfs("/dev", MS_NODEV | MS_NOEXEC, "mode=755,size=64k");
    attach_binds(devices);
    must(mkdir("/dev/pts", 0755), "make /dev/pts");
    must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
               "newinstance,ptmxmode=0666,mode=620"),
         "mount a devpts on /dev/pts");
    must(symlink("pts/ptmx", "/dev/ptmx"), "make /dev/ptmx");
    mount_tmpfs("/dev/shm", MS_NODEV | MS_NOEXEC, "mode=1777");
    step("/dev holds six devices, pts and shm");
}

/*
 * Without it files in /tmp would land in the rootfs, for all boxes and for
 * ever. Mode 1777: everybody may write, and delete only their own files.
 */
static void mount_tmp(void)
{
    mount_tmpfs("/tmp", MS_NODEV, "mode=1777");
    step("/tmp is a tmpfs of the box's own");
}

/* ---- 05 proc ------------------------------------------------------------ */

/*
 * In a user namespace the kernel makes a new procfs only while one is in sight
 * that nothing covers: a process that may not see all of
 * the host's /proc must not get a fresh one. After enter_root() none is in
 * sight any more (EPERM). A procfs shows the PID namespace of the process that
 * makes it. With --share pid the host's own is taken along.
 */
static int new_proc(const struct box *box)
{
    const uint64_t attributes =
        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    const int proc = shares(box, CLONE_NEWPID)
                         ? clone_mount("/proc", attributes)
                         : new_mount("proc", attributes);

    if (proc == -1)
        die_with_hint(proc_hint(), "mount proc");
    return proc;
}

/*
 * ps and its like read /proc. It comes after enter_root(): a rootfs whose
 * /proc is a symbolic link would have sent the mount to the host. The names
 * for a process's own descriptors are links into it.
 */
static void mount_proc(int proc)
{
    must(make_mount_point("/proc", true), "make /proc");
    must(attach_mount(proc, "/proc"), "mount proc on /proc");
    must(link_descriptors(), "make the links in /dev");
    step("/proc is in place");
}

/*
 * Settings of the whole kernel. /proc/sys asks for uid 0 of the host, not for
 * a capability: started by root with the default map, the box could set the
 * host's kernel.core_pattern. A bind onto itself gives each of them a mount
 * that can be read-only by itself.
 *
 * Before that, one setting of the box's user namespace alone: none may be made
 * below it. Whoever makes one has every capability in it, and could mount the
 * host's cgroups there, which belong to uid 0.
 */
static void make_paths_read_only(const struct box *box)
{
    static const char *const paths[] = {"/proc/sys", "/proc/irq", "/proc/bus",
                                        "/proc/fs", "/proc/sysrq-trigger"};

    if (!shares(box, CLONE_NEWUSER))
        must(write_file("0", "/proc/sys/user/max_user_namespaces"),
             "forbid user namespaces inside");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], F_OK) == 0)
            must(make_read_only(paths[i]), "make %s read-only", paths[i]);
}

/*
 * These files describe the machine, not the box: its memory, keys, addresses,
 * hardware. A file is covered by /dev/null, a directory by an empty tmpfs.
 * Not every kernel has them all.
 */
static void mask_paths(void)
{
    static const char *const paths[] = {
        "/proc/acpi",  "/proc/asound",        "/proc/interrupts",
        "/proc/kcore", "/proc/key-users",     "/proc/keys",
        "/proc/kmsg",  "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi",  "/proc/timer_list",    "/proc/timer_stats",
    };
    struct stat status;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (stat(paths[i], &status) == -1)
            continue;
        if (S_ISDIR(status.st_mode))
            mount_tmpfs(paths[i], MS_RDONLY | MS_NODEV, "mode=555,size=4k");
        else
            must(mount("/dev/null", paths[i], NULL, MS_BIND, NULL), "mask %s",
                 paths[i]);
    }
}

/*
 * The session keyring is inherited through clone(2) and execve(2), into new
 * namespaces too, and with it the caller's keys: a login's, Kerberos tickets,
 * keyrings(7). A new, empty one takes its place. A kernel without keys answers
 * ENOSYS.
 */
static void join_new_keyring(void)
{
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 &&
        errno != ENOSYS)
        die_with_hint(keyring_hint(), "join a new session keyring");
}

/*
 * A program that uid 0 executes gets every capability of the bounding set, or,
 * under no_new_privs, of those that we hold. Both are cut down, so that
 * neither depends on the other; and under no_new_privs no set-user-ID file
 * gives anything back. The bounding set goes first: shrinking it takes
 * CAP_SETPCAP, which cap_set_proc() may take away, and which an ordinary user
 * with --share user does not have. No capability can be ambient without being
 * inheritable, so clearing one set clears both. All of the mounting and naming
 * is done, so nothing of ours needs the rest any more.
 */
static void drop_capabilities(const struct box *box)
{
    const bool may_shrink = has_capability(CAP_SETPCAP);
    cap_t keep = cap_get_proc();

    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        if ((box->capabilities >> cap) & 1)
            continue;
        if (may_shrink)
            must(cap_drop_bound(cap), "drop capability %d", cap);
        cap_set_flag(keep, CAP_PERMITTED, 1, &cap, CAP_CLEAR);
        cap_set_flag(keep, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR);
    }
    cap_clear_flag(keep, CAP_INHERITABLE);
    must(cap_set_proc(keep), "set the capabilities");
    cap_free(keep);
    show_capabilities("for the command");
}

/* ---- 06 network --------------------------------------------------------- */

/*
 * A bridge is a switch inside the kernel, and its own address is where the
 * host is plugged in: the boxes' gateway. The first box makes it. If two are
 * the first, the second one gets EEXIST and goes on: to repeat the rest does no
 * harm. The bridge comes up last, so where it is up all else has been done.
 *
 * Nobody outside knows the way to 10.240.0.0/24, so on its way out a packet
 * gets the host's address as its sender (masquerade). The second such rule is
 * for published ports (ct status dnat): a box that asks for one by the host's
 * address would be answered by a neighbour that it never asked, and no box can
 * answer to the host's 127.0.0.1. The drop rule keeps the boxes off 127.0.0.1,
 * which publish_ports() opens to the bridge; so who publishes makes sure of the
 * rules once more, since somebody may have flushed them.
 */
static void create_bridge(const struct box *box)
{
    static const char rules[] =
        "table ip box0\n"
        "flush table ip box0\n"
        "table ip box0 {\n"
        "  chain prerouting {\n"
        "    type filter hook prerouting priority -300;\n"
        "    iifname box0 ip daddr 127.0.0.0/8 drop\n"
        "  }\n"
        "  chain postrouting {\n"
        "    type nat hook postrouting priority 100;\n"
        "    ip saddr 10.240.0.0/24 oifname != box0 masquerade\n"
        "    ip saddr { 127.0.0.0/8, 10.240.0.0/24 } oifname box0 ct status "
        "dnat masquerade\n"
        "  }\n"
        "}\n";
    const struct in_addr gateway = gateway_address();

    if (!box->network.bridge)
        return;
    check_forwarding();
    if (ip_link_is_up(BRIDGE) && box->network.port_count == 0)
        return;
    if (run_nft(rules) == -1) {
        if (box->network.port_count > 0)
            die("keep the boxes off 127.0.0.1");
        warn_user("no way out of " SUBNET ": nft failed: %s", strerror(errno));
    }
    if (ip_link_add_bridge(BRIDGE, ethernet_address(gateway)) == -1 &&
        (errno != EEXIST || !is_bridge(BRIDGE)))
        die_with_hint(bridge_hint(), "ip link add " BRIDGE " type bridge");
    if (ip_address_add(BRIDGE, gateway, 24) == -1 && errno != EEXIST)
        die("ip address add " GATEWAY "/24 dev " BRIDGE);
    must(ip_link_set_up_without_ipv6(BRIDGE), "ip link set " BRIDGE " up");
    step("the bridge " BRIDGE " is up, " GATEWAY);
}

/*
 * A pair of Ethernet devices, joined by a cable that exists in memory alone.
 * One end is made in the box's network namespace. The kernel finds that by the
 * child's PID, so this comes after the clone. The other end becomes a port of
 * the bridge. When the namespace ends, both go. If the box has failed already
 * (ESRCH, ENODEV) nothing is said here: it reports its own error.
 */
static void connect_to_bridge(const struct box *box)
{
    const char *port = port_name();

    if (!box->network.bridge)
        return;
    if (ip_link_add_veth(port, BRIDGE, "eth0",
                         ethernet_address(box->network.address),
                         box->launch.pid) == 0 &&
        ip_link_set_up_without_ipv6(port) == 0)
        step("%s is a port of " BRIDGE ", the box's eth0 its other end", port);
    else if (errno != ESRCH && errno != ENODEV)
        die_with_hint(bridge_hint(), "ip link add %s master " BRIDGE, port);
}

/*
 * A published port is one rule: "tcp dport 8080 dnat to 10.240.0.2:80" puts
 * another destination into a packet, and the answers are changed back. These
 * rules live in a table of their own, which the kernel keeps as long as the
 * process that made it. Packets from 127.0.0.1 may leave over the bridge only
 * if the kernel is told so (route_localnet).
 */
static void publish_ports(struct box *box)
{
    if (box->network.port_count == 0)
        return;
    must(write_file("1", "/proc/sys/net/ipv4/conf/" BRIDGE "/route_localnet"),
         "allow 127.0.0.1 over " BRIDGE);
    must(hold_nft(&box->network.nft, publish_rules(&box->network)),
         "publish the ports");
    step("published ports: %zu", box->network.port_count);
}

/*
 * Inside: lo is 127.0.0.1, down in a new namespace, and much software counts
 * on it. eth0 gets its address and comes up, and the two together bring the
 * route to its neighbours; only then can the kernel tell that the gateway is
 * reachable, and takes it as the way to everybody else (ENETUNREACH before).
 * The network is IPv4 alone. With IPv6 every link would hear the announcements
 * of all the others, and the more boxes there are, the slower the next one
 * would start.
 */
static void configure_eth0(const struct box *box)
{
    const struct in_addr gateway = gateway_address();
    const char *address = inet_ntoa(box->network.address);

    if (shares(box, CLONE_NEWNET))
        return;
    must(ip_link_set_up("lo"), "ip link set lo up");
    if (!box->network.bridge)
        return;
    must(ip_address_add("eth0", box->network.address, 24),
         "ip address add %s/24 dev eth0", address);
    must(ip_link_set_no_ipv6("eth0"), "turn off IPv6 on eth0");
    must(ip_link_set_up("eth0"), "ip link set eth0 up");
    must(ip_route_add_default(gateway), "ip route add default via " GATEWAY);
    step("eth0 has %s, and the way out is " GATEWAY, address);
}

/*
 * The box asks the DNS servers of the host. If the rootfs has no place for the
 * file, or a dead link there, the box goes on without.
 */
static int clone_resolv_conf(const struct box *box)
{
    if (!box->network.bridge)
        return -1;
    return clone_mount(resolv_conf(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                          MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static void mount_resolv_conf(int file)
{
    if (file != -1 && (make_mount_point("/etc/resolv.conf", false) == -1 ||
                       attach_mount(file, "/etc/resolv.conf") == -1))
        step("/etc/resolv.conf stays the rootfs's: %s", strerror(errno));
}

/*
 * The last box takes the bridge away. Each launcher with a box on the bridge
 * holds a shared lock on the host's network namespace, so whoever gets it
 * exclusively is the last. The kernel releases the lock of a launcher that was
 * killed, too. In nft's words the first line makes the table if it is missing,
 * so that delete cannot fail.
 */
static void leave_bridge(struct box *box)
{
    end_nft(&box->network.nft);
    if (!box->network.bridge || !is_last_on_bridge(&box->network))
        return;
    if (is_bridge(BRIDGE) && ip_link_delete(BRIDGE) == 0)
        step("was the last one: the bridge " BRIDGE " is gone");
    if (has_nft())
        run_nft("table ip box0\ndelete table ip box0\n");
}

/* ---- 07 cgroup ---------------------------------------------------------- */

/*
 * The box's cgroup is base/box/PID, so base and base/box must hand each
 * controller down (subtree_control); if one does not, the files below are
 * missing (ENOENT). A cgroup that hands down may hold no processes, except the
 * root: those in base move to a leaf beside it.
 */
static void enable_controllers(const struct box *box)
{
    const char *base = box->cgroup.v2.base;
    char text[16];

    for (enum controller c = 0; c < CONTROLLERS; c++) {
        if (!wanted_in_v2(&box->cgroup, c))
            continue;
        must(move_callers(&box->cgroup), "move the processes of %s", base);
        snprintf(text, sizeof text, "+%s", controller_names[c]);
        must(write_file(text, "%s/cgroup.subtree_control", base),
             "hand %s down from %s", controller_names[c], base);
        must(write_file(text, "%s/box/cgroup.subtree_control", base),
             "hand %s down from %s/box", controller_names[c], base);
    }
}

/*
 * Memory and swap have limits of their own: without 0 for swap the box would
 * swap instead of stopping (kernels without swap have no such file). At the
 * limit the kernel kills; with memory.oom.group the whole box, not one process
 * of it.
 */
static void limit_memory(const struct box *box)
{
    const uint64_t bytes = box->limits.memory;
    const char *path = box->cgroup.v2.path;

    if (bytes == 0)
        return;
    if (wanted_in_v1(&box->cgroup, MEMORY)) {
        must(limit_memory_v1(&box->cgroup, bytes), "limit memory (v1)");
        return;
    }
    must(write_number(bytes, "%s/memory.max", path), "write memory.max");
    if (write_file("0", "%s/memory.swap.max", path) == -1 && errno != ENOENT)
        die("write memory.swap.max");
    must(write_file("1", "%s/memory.oom.group", path),
         "write memory.oom.group");
}

/*
 * Quota and period, in microseconds: when the box's processes have together
 * used up the quota, all of them wait for the next period. --cpus 1.5 is 150 ms
 * in every 100 ms, on two CPUs or more.
 */
static void limit_cpu(const struct box *box)
{
    char text[64];

    if (box->limits.cpu_quota == 0)
        return;
    snprintf(text, sizeof text, "%lu %d", box->limits.cpu_quota, CPU_PERIOD);
    if (wanted_in_v1(&box->cgroup, CPU))
        must(limit_cpu_v1(&box->cgroup, box->limits.cpu_quota),
             "limit CPU (v1)");
    else
        must(write_file(text, "%s/cpu.max", box->cgroup.v2.path),
             "write %s to cpu.max", text);
}

/*
 * At the limit fork(2) fails with EAGAIN, and a fork bomb goes nowhere. The
 * box is born into its cgroup, so it counts from its first process on.
 */
static void limit_pids(const struct box *box)
{
    const uint64_t count = box->limits.pids;

    if (count == 0)
        return;
    if (wanted_in_v1(&box->cgroup, PIDS))
        must(limit_pids_v1(&box->cgroup, count), "limit processes (v1)");
    else
        must(write_number(count, "%s/pids.max", box->cgroup.v2.path),
             "write pids.max");
}

/* ---- 08 overlay --------------------------------------------------------- */

/* The two directories that take the changes, open. */
struct scratch {
    int upper, work;
};

static int open_layer(int parent, const char *path, int flags)
{
    const int directory = open_directory(parent, path, O_PATH | flags);

    must(directory, "open %s", path);
    return directory;
}

/*
 * The place for what the box changes. Usually it is a tmpfs, which is gone when
 * the last mount of it is; it hangs on /sys, which goes with the host's root.
 * With --keep, and before Linux 6.6, it is a directory on disk (scratch.h). An
 * overlay wants two directories in it, on one mount: upper for the changes,
 * and work, where it prepares a file before it shows it in upper. Neither may
 * be a link: --keep may name what somebody else has filled.
 */
static struct scratch prepare_scratch(const struct box *box)
{
    const bool on_disk = box->layers.directory[0] != '\0';
    const char *path = on_disk ? box->layers.directory : "/sys";
    struct scratch scratch;
    int place;

    if (!on_disk)
        mount_tmpfs(path, MS_NODEV, "mode=755");
    place = open_layer(AT_FDCWD, path, 0);
    if (mkdirat(place, "upper", 0755) == -1 && errno != EEXIST)
        die_with_hint(path_hint(), "make %s/upper", path);
    if (mkdirat(place, "work", 0700) == -1 && errno != EEXIST)
        die_with_hint(path_hint(), "make %s/work", path);
    scratch.upper = open_layer(place, "upper", O_NOFOLLOW);
    scratch.work = open_layer(place, "work", O_NOFOLLOW);
    return scratch;
}

/*
 * The layers are named by the numbers of open directories, in /proc/self/fd.
 * So a path may hold what the options take for a separator (":" and ","), and
 * 500 of them fit into the one page that mount(2) copies. The topmost layer
 * comes first.
 *
 * A deleted file leaves a whiteout in upper, a device node 0:0. A directory in
 * place of a deleted one is marked in an attribute: a trusted.* one would take
 * capabilities over the host; with userxattr it is user.* (EIO without it).
 * volatile: nothing is forced to the disk, for nobody keeps these changes.
 * This comes before bind_root(), to which it is a file system like any other.
 */
static void mount_overlay(const struct box *box, struct scratch scratch)
{
    const struct layers *layers = &box->layers;
    char data[4096] = "userxattr,lowerdir=";
    char *end = data + strlen(data);
    int layer;

    for (size_t i = layers->count; i > 0; i--) {
        layer = open_layer(AT_FDCWD, layers->list[i - 1], 0);
        end += sprintf(end, "%d:", layer);
    }
    layer = open_layer(AT_FDCWD, box->rootfs, 0);
    end += sprintf(end, "%d", layer);
    sprintf(end, ",upperdir=%d,workdir=%d%s", scratch.upper, scratch.work,
            layers->keep ? "" : ",volatile");
    must(chdir("/proc/self/fd"), "chdir /proc/self/fd");
    if (mount("overlay", box->rootfs, "overlay", MS_NODEV, data) == -1)
        die_with_hint(overlay_hint(), "mount an overlay on %s", box->rootfs);
    step("%s is an overlay now, of %zu layers and one for changes", box->rootfs,
         layers->count + 1);
}

/* ---- the story ---------------------------------------------------------- */

/* One flag for each namespace that is not the caller's any more. */
static unsigned long clone_flags(const struct box *box)
{
    unsigned long flags = 0;

    flags |= CLONE_NEWUTS;
    flags |= CLONE_NEWUSER;
    flags |= CLONE_NEWPID;
    flags |= CLONE_NEWIPC;
    flags |= CLONE_NEWNS;
    flags |= CLONE_NEWNET;
    flags |= CLONE_NEWCGROUP;
    return flags & ~box->shared;
}

/*
 * From the host's mounts to the box's own: first take along what needs the
 * host's root in sight; then change the root; then mount inside, where no
 * link leads out. Volumes come last, so that they may lie below the others.
 */
static void change_mounts(const struct box *box)
{
    struct binds devices, volumes = box->volumes;
    int proc;
    int resolv;
    struct scratch scratch;

    make_mounts_private();
    devices = clone_devices();
    clone_binds(&volumes);
    proc = new_proc(box);
    resolv = clone_resolv_conf(box);
    scratch = prepare_scratch(box);
    mount_overlay(box, scratch);
    bind_root(box);
    enter_root(box);
    mount_dev(&devices);
    mount_tmp();
    mount_proc(proc);
    make_paths_read_only(box);
    mask_paths();
    mount_resolv_conf(resolv);
    attach_binds(&volumes);
    /* Mount points had to be made on it first. */
    if (box->read_only)
        must(set_mount_attributes("/", MOUNT_ATTR_RDONLY, false),
             "make / read-only");
}

/*
 * What happens inside, from the clone to the command. The child waits where
 * main() has something to prepare: from 02 on its ids, from 06 on eth0 (01 has
 * the same two lines, so that 02 only adds). From die_with_launcher() on the
 * kernel kills it if the launcher dies; a change of uid or gid would cancel
 * that.
 */
static _Noreturn void child_main(struct box *box)
{
    show_capabilities("before the map");
    wait_for_release(&box->launch);
    join_v1(&box->cgroup, !shares(box, CLONE_NEWCGROUP));
    set_ids(box);
    show_capabilities("after the map");
    set_hostname(box);
    if (!shares(box, CLONE_NEWNS))
        change_mounts(box);
    join_new_keyring();
    wait_for_next_release(&box->launch);
    configure_eth0(box);
    drop_capabilities(box);
    die_with_launcher(&box->launch);
    run_init(box);
    run_command(box);
}

/*
 * exit(3) calls this in the launcher, after success and after errors. The
 * bridge, a cgroup and directories on disk do not end with a process; after
 * SIGKILL the next box removes them. main() may have returned, so its box is
 * static.
 */
static void clean_up(int status, void *argument)
{
    struct box *box = argument;

    step("ends with %d", status);
    leave_bridge(box);
    report_limits(&box->cgroup, &box->limits, box->launch.started);
    remove_cgroup(&box->cgroup);
    remove_scratch(&box->layers);
}

/* What happens outside, from the options to the exit status. */
int main(int argc, char **argv)
{
    static char *shell[] = {"/bin/sh", NULL};
    static struct box box = {
        .command = shell,
        .hostname = "box",
        .capabilities = DEFAULT_CAPABILITIES,
    };

    begin_program(argv);
    parse_options(&box, argc, argv);
    on_exit(clean_up, &box);
    reserve_network(&box.network);
    box.launch.cgroup = create_cgroup(&box.cgroup, &box.limits);
    enable_controllers(&box);
    limit_memory(&box);
    limit_cpu(&box);
    limit_pids(&box);
    limit_cpuset(&box.cgroup, &box.limits);
    if (!shares(&box, CLONE_NEWNS))
        reserve_scratch(&box.layers, &box.map);
    if (start_box(&box.launch, clone_flags(&box)) == 0)
        child_main(&box);
    deny_setgroups(&box);
    map_ids(&box);
    release_box(&box.launch);
    /* The box changes its mounts meanwhile, and then waits for eth0. */
    create_bridge(&box);
    connect_to_bridge(&box);
    publish_ports(&box);
    release_box(&box.launch);
    return finish_box(&box.launch);
}
