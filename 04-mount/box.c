/*
 * 04-mount: a root directory of its own
 *
 * A mount namespace starts as a copy of the host's. The box takes along what
 * it needs of it (six device nodes, volumes) as mounts that hang nowhere yet,
 * makes the rootfs the root of everything, lets the host's root go, and only
 * then mounts what belongs inside. From that moment no path leads out, not even
 * through a symbolic link that somebody put into the rootfs.
 *
 * New here
 *   CLONE_NEWNS                          mount_namespaces(7)
 *   mount(2) MS_PRIVATE, MS_BIND         propagation, bind mounts
 *   pivot_root(2), umount2(2) MNT_DETACH
 *   open_tree(2), move_mount(2), mount_setattr(2), in 04-mount/mounts.h
 *
 * Run it
 *   04-mount/box ls /                    the busybox of `make rootfs`
 *   04-mount/box --volume .:/tmp/src:ro ls /tmp/src
 *
 * Still shared with the host: there is no /proc yet, so `ps` shows nothing;
 * root inside keeps every capability over its namespaces, enough to remount
 * what is read-only; the network is the host's. Hence 05-proc.
 */
#include <argp.h>
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../04-mount/mounts.h"
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
};

/* ---- options: nothing about containers here ----------------------------- */

static const struct namespace_flag namespaces[] = {
    {"uts", CLONE_NEWUTS}, /* hostname */
    {"user", CLONE_NEWUSER}, /* ids, capabilities */
    {"pid", CLONE_NEWPID}, /* process ids */
    {"ipc", CLONE_NEWIPC}, /* System V IPC, message queues */
    {"mnt", CLONE_NEWNS}, /* mounts */
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
};

/* The last column, argp's group: the namespace that the option needs. */
static const struct argp_option options[] = {
    {"share", OPTION_SHARE, "NS[,NS...]", 0, "Keep these of the caller", 0},
    {"verbose", 'v', NULL, 0, "Tell each step, outside and inside", 0},
    {"hostname", OPTION_HOSTNAME, "NAME", 0, "Name inside (box)", CLONE_NEWUTS},
    {"map", OPTION_MAP, "INSIDE:OUTSIDE:COUNT|none", 0,
     "Users and groups inside (0 is you); repeatable", CLONE_NEWUSER},
    {"init", OPTION_INIT, NULL, 0, "Run a small init as PID 1", CLONE_NEWPID},
    {"rootfs", OPTION_ROOTFS, "DIR", 0, "Becomes / inside", CLONE_NEWNS},
    {"volume", OPTION_VOLUME, "SOURCE:TARGET[:ro]", 0,
     "Show SOURCE of the host as TARGET; repeatable", CLONE_NEWNS},
    {"read-only", OPTION_READ_ONLY, NULL, 0, "Make / read-only", CLONE_NEWNS},
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

    make_mounts_private();
    devices = clone_devices();
    clone_binds(&volumes);
    bind_root(box);
    enter_root(box);
    mount_dev(&devices);
    mount_tmp();
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
    set_ids(box);
    show_capabilities("after the map");
    set_hostname(box);
    if (!shares(box, CLONE_NEWNS))
        change_mounts(box);
    die_with_launcher(&box->launch);
    run_init(box);
    run_command(box);
}

/* What happens outside, from the options to the exit status. */
int main(int argc, char **argv)
{
    static char *shell[] = {"/bin/sh", NULL};
    static struct box box = {
        .command = shell,
        .hostname = "box",
    };

    begin_program(argv);
    parse_options(&box, argc, argv);
    if (start_box(&box.launch, clone_flags(&box)) == 0)
        child_main(&box);
    deny_setgroups(&box);
    map_ids(&box);
    release_box(&box.launch);
    return finish_box(&box.launch);
}
