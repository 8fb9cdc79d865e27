#include "cgroups.h"

#include "../common/error.h"
#include "../common/file.h"
#include "../common/options.h"
#include "cgroups_v1.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* Where the callers of boxes go. */
#define CALLERS "box-callers"
/* Where systemd mounts cgroup v2, if the kernel has no v1 hierarchies. */
#define CGROUPS "/sys/fs/cgroup"

const char *const controller_names[CONTROLLERS] = {"memory", "cpu", "pids",
                                                   "cpuset"};
static const char *const option_names[CONTROLLERS] = {
    "--memory", "--cpus", "--pids-limit", "--cpuset-cpus"};

/* ---- options ------------------------------------------------------------- */

uint64_t memory_option(const char *text)
{
    uint64_t bytes;

    if (parse_size(text, &bytes) == -1 || bytes == 0)
        refuse("--memory '%s': expected bytes, a whole number from 1, or with "
               "k, m or g behind it",
               text);
    return bytes;
}

uint64_t cpus_option(const char *text)
{
    const char *const digits = "0123456789";
    const size_t whole = strspn(text, digits);
    const bool has_point = text[whole] == '.';
    const size_t parts = has_point ? strspn(text + whole + 1, digits) : 0;
    const size_t length = whole + has_point + parts;
    const double cpus = strtod(text, NULL);

    /* strtod(3) alone would take a space, 1e3 and nan, too. */
    if (whole == 0 || has_point != (parts > 0) || parts > 3 ||
        text[length] != '\0' || cpus < 0.01 || cpus > 10000)
        refuse("--cpus '%s': expected a decimal number from 0.01 to 10000, "
               "with at most three digits behind the point",
               text);
    return (uint64_t)(cpus * CPU_PERIOD + 0.5);
}

uint64_t pids_limit_option(const char *text)
{
    uint64_t count;

    if (parse_number(text, 1, 4194304, &count) == -1)
        refuse("--pids-limit '%s': expected a number from 1 to 4194304", text);
    return count;
}

const char *cpuset_option(const char *text)
{
    /* To the kernel an empty list is no limit. */
    if (text[strspn(text, ", ")] == '\0')
        refuse("--cpuset-cpus '%s': expected numbers and ranges, as 0-3,5",
               text);
    return text;
}

/* ---- where --------------------------------------------------------------- */

static bool has_word(const char *list, const char *word, const char *separators)
{
    const size_t length = strlen(word);

    for (; *list != '\0'; list += strcspn(list, separators)) {
        list += strspn(list, separators);
        if (strncmp(list, word, length) == 0 &&
            strcspn(list, separators) == length)
            return true;
    }
    return false;
}

/* This process's path in the hierarchy of a v1 controller, or "" for v2. */
static void own_path(char *path, size_t size, const char *controller)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH_MAX + 64];

    path[0] = '\0';
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        /* "4:memory:/path", "0::/path" */
        char *controllers = strchr(line, ':') + 1;
        char *end = strchr(controllers, ':');

        *end++ = '\0';
        end[strcspn(end, "\n")] = '\0';
        if (*controller == '\0' ? *controllers == '\0'
                                : has_word(controllers, controller, ","))
            snprintf(path, size, "%s", end);
    }
    if (file != NULL)
        fclose(file);
}

/*
 * The root of a hierarchy if this process may write there, else its own cgroup.
 * Where a caller has been moved to box-callers, the cgroup that he came from.
 */
static void choose_base(struct cgroup_directory *group, const char *mount,
                        const char *mount_root, const char *controller)
{
    char path[PATH_MAX], own[2 * PATH_MAX];
    const char *below = path;
    char *last;

    snprintf(group->base, sizeof group->base, "%s", mount);
    if (access(group->base, W_OK) == 0)
        return;
    group->base[0] = '\0';
    own_path(path, sizeof path, controller);
    if (strcmp(mount_root, "/") != 0 &&
        strncmp(path, mount_root, strlen(mount_root)) == 0)
        below += strlen(mount_root);
    snprintf(own, sizeof own, "%s%s", mount, below);
    last = strrchr(own, '/');
    if (strcmp(last, "/" CALLERS) == 0)
        *last = '\0';
    if (access(own, W_OK) == 0 && strlen(own) < sizeof group->base)
        strcpy(group->base, own);
}

static void find_hierarchies(struct cgroup *cgroup)
{
    char line[2 * PATH_MAX], root[PATH_MAX], mount[PATH_MAX];
    char type[32], options[256];
    struct statfs usual;
    FILE *mounts;

    /* As a rule there is v2 alone, here: for root it need not be looked for. */
    if (statfs(CGROUPS, &usual) == 0 && usual.f_type == CGROUP2_SUPER_MAGIC &&
        access(CGROUPS, W_OK) == 0) {
        strcpy(cgroup->v2.base, CGROUPS);
        return;
    }
    mounts = fopen("/proc/self/mountinfo", "re");
    /* Too few descriptors, say: that is not "no cgroups". */
    if (mounts == NULL && errno != ENOENT)
        die("open /proc/self/mountinfo");
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL) {
        const char *end = strstr(line, " - cgroup");

        if (end == NULL ||
            sscanf(line, "%*s %*s %*s %4095s %4095s", root, mount) != 2 ||
            sscanf(end, " - %31s %*s %255s", type, options) != 2)
            continue;
        if (strcmp(type, "cgroup2") == 0 && cgroup->v2.base[0] == '\0')
            choose_base(&cgroup->v2, mount, root, "");
        for (enum controller c = 0;
             strcmp(type, "cgroup") == 0 && c < CONTROLLERS; c++)
            if (has_word(options, controller_names[c], ",") &&
                cgroup->v1[c].base[0] == '\0')
                choose_base(&cgroup->v1[c], mount, root, controller_names[c]);
    }
    if (mounts != NULL)
        fclose(mounts);
}

static bool offers(const struct cgroup_directory *group, const char *controller)
{
    char controllers[256] = "";

    return group->base[0] != '\0' &&
           read_line(controllers, sizeof controllers, "%s/cgroup.controllers",
                     group->base) == 0 &&
           has_word(controllers, controller, " ");
}

bool wanted_in_v2(const struct cgroup *cgroup, enum controller controller)
{
    return cgroup->wanted[controller] && !wanted_in_v1(cgroup, controller);
}

bool wanted_in_v1(const struct cgroup *cgroup, enum controller controller)
{
    return cgroup->v1[controller].path[0] != '\0';
}

/* ---- create -------------------------------------------------------------- */

/*
 * What base hands down before the first box, kept on the directory of the
 * boxes: whoever removes that takes back the rest.
 */
static const char before_us[] = "user.box.before";

/*
 * Opens the directory of the boxes with its lock, and makes it if wanted and
 * missing. It may be removed between open(2) and flock(2): the lock of a
 * directory that is no more protects nothing. Returns -1 with errno.
 */
static int lock_parent(const char *base, bool make)
{
    char path[PATH_MAX + 16], controllers[256] = "";
    struct stat locked, there;

    snprintf(path, sizeof path, "%s/" BOXES, base);
    for (;;) {
        int lock;

        if (make && mkdir(path, 0755) == -1 && errno != EEXIST)
            return -1;
        lock = open_directory(AT_FDCWD, path, 0);
        if (lock == -1 && (errno != ENOENT || !make))
            return -1;
        if (lock == -1)
            continue;
        if (flock(lock, LOCK_EX) == -1) {
            close(lock);
            return -1;
        }
        if (fstat(lock, &locked) == 0 && stat(path, &there) == 0 &&
            locked.st_ino == there.st_ino) {
            if (make && fgetxattr(lock, before_us, NULL, 0) == -1 &&
                read_line(controllers, sizeof controllers,
                          "%s/cgroup.subtree_control", base) == 0)
                fsetxattr(lock, before_us, controllers, strlen(controllers), 0);
            return lock;
        }
        close(lock);
    }
}

/*
 * A cgroup that is made and locked under the parent's lock cannot be taken for
 * one that nobody holds. A launcher in another PID namespace may have our PID
 * (EEXIST).
 */
int create_group(struct cgroup_directory *group)
{
    const int lock = lock_parent(group->base, true);
    char path[PATH_MAX + 32];
    int made, error, number = 0;

    if (lock == -1)
        return -1;
    do {
        snprintf(path, sizeof path, "%s/" BOXES "/%d%s%.0d", group->base,
                 getpid(), number > 0 ? "-" : "", number);
        number++;
        made = mkdir(path, 0755);
    } while (made == -1 && errno == EEXIST);
    if (made == 0) {
        strcpy(group->path, path);
        group->directory = open_directory(AT_FDCWD, path, 0);
        if (group->directory == -1 || flock(group->directory, LOCK_EX) == -1)
            made = -1;
    }
    /* Whoever fails lets go first: the clean-up takes the same lock. */
    error = errno;
    close(lock);
    errno = error;
    return made;
}

/* Whether the hierarchy is mounted read-only: that of v1, if there is one. */
static bool is_read_only(const char *controller)
{
    char v1[64];

    snprintf(v1, sizeof v1, CGROUPS "/%s", controller);
    return access(access(v1, F_OK) == 0 ? v1 : CGROUPS "/cgroup.procs", W_OK) ==
               -1 &&
           errno == EROFS;
}

static void refuse_limit(const struct cgroup *cgroup, enum controller c)
{
    /* Not of an ordinary user's sandbox, where `id` says root, too. */
    char map[64];
    const bool on_machine =
        read_line(map, sizeof map, "/proc/self/uid_map") == 0 &&
        strstr(map, "4294967295") != NULL;
    const bool root = on_machine && geteuid() == 0;
    const char *option = option_names[c], *name = controller_names[c];

    if (cgroup->v2.base[0] != '\0')
        refuse("%s: the controller %s is not available in %s; expected it in "
               "cgroup.controllers there: %s",
               option, name, cgroup->v2.base,
               root ? "cgroup_enable= on the kernel's command line"
                    : "use sudo, or systemd-run --user --scope -p Delegate=yes "
                      "COMMAND, if that gives it to you");
    if (!on_machine)
        refuse("%s: you may change no cgroup here; expected root outside of "
               "user namespaces: sudo make sandbox",
               option);
    if (!root)
        refuse("%s: you may change no cgroup here; expected root, or a cgroup "
               "of your own: systemd-run --user --scope -p Delegate=yes %s ...",
               option, program_invocation_name);
    if (is_read_only(name))
        refuse("%s: you may change no cgroup here: Read-only file system; "
               "expected mount -o remount,rw " CGROUPS
               ", and what is mounted below it",
               option);
    refuse("%s: you may change no cgroup here: this kernel offers no such "
           "controller; expected cgroup_enable= on its command line, or mount "
           "-t cgroup2 none " CGROUPS,
           option);
}

int create_cgroup(struct cgroup *cgroup, const struct limits *limits)
{
    const bool needed = limits->memory > 0 || limits->cpu_quota > 0 ||
                        limits->pids > 0 || limits->cpuset_cpus;

    cgroup->wanted[MEMORY] = limits->memory > 0;
    cgroup->wanted[CPU] = limits->cpu_quota > 0;
    cgroup->wanted[PIDS] = limits->pids > 0;
    cgroup->wanted[CPUSET] = limits->cpuset_cpus != NULL;
    find_hierarchies(cgroup);
    for (enum controller c = 0; c < CONTROLLERS; c++)
        if (cgroup->wanted[c] && cgroup->v1[c].base[0] == '\0' &&
            !offers(&cgroup->v2, controller_names[c]))
            refuse_limit(cgroup, c);
    if (cgroup->v2.base[0] != '\0' && create_group(&cgroup->v2) == -1 && needed)
        die("make a cgroup in %s", cgroup->v2.base);
    for (enum controller c = 0; c < CONTROLLERS; c++)
        if (cgroup->wanted[c] && !offers(&cgroup->v2, controller_names[c]))
            must(create_v1(cgroup, c), "make a cgroup in %s",
                 cgroup->v1[c].base);
    return cgroup->v2.directory;
}

/* ---- move ---------------------------------------------------------------- */

/*
 * Calls act for each process of a cgroup, until there is none: one that forks
 * meanwhile shows at the next look. Returns 0, or -1 if some are still there.
 */
static int for_each_process(const char *path, int (*act)(pid_t, const char *),
                            const char *argument, int most_tries)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    char name[PATH_MAX + 64];
    int pid, count;

    snprintf(name, sizeof name, "%s/cgroup.procs", path);
    for (int tries = 0; tries < most_tries; tries++) {
        FILE *processes = fopen(name, "re");

        if (processes == NULL)
            return -1;
        for (count = 0; fscanf(processes, "%d", &pid) == 1; count++)
            if (act(pid, argument) == -1) {
                fclose(processes);
                return -1;
            }
        fclose(processes);
        if (count == 0)
            return 0;
        /* A killed process still has to end. */
        if (tries > 0)
            nanosleep(&pause, NULL);
    }
    return -1;
}

/* 0 stands for a process that this PID namespace does not show. */
static int move_process(pid_t pid, const char *path)
{
    if (pid == 0) {
        errno = EXDEV;
        return -1;
    }
    if (write_number((uint64_t)pid, "%s/cgroup.procs", path) == -1 &&
        errno != ESRCH)
        return -1;
    return 0;
}

static int kill_process(pid_t pid, const char *unused)
{
    (void)unused;
    if (pid > 0)
        kill(pid, SIGKILL);
    return 0;
}

int move_callers(const struct cgroup *cgroup)
{
    const char *base = cgroup->v2.base;
    char path[PATH_MAX + 32];

    /* The root alone has no such file. */
    snprintf(path, sizeof path, "%s/cgroup.type", base);
    if (access(path, F_OK) == -1)
        return 0;
    snprintf(path, sizeof path, "%s/" CALLERS, base);
    if (mkdir(path, 0755) == -1 && errno != EEXIST)
        return -1;
    return for_each_process(base, move_process, path, 2000);
}

/* ---- cpuset -------------------------------------------------------------- */

void limit_cpuset(const struct cgroup *cgroup, const struct limits *limits)
{
    const struct cgroup_directory *directory =
        wanted_in_v1(cgroup, CPUSET) ? &cgroup->v1[CPUSET] : &cgroup->v2;
    char set[256] = "", effective[256] = "", online[256] = "";

    if (limits->cpuset_cpus == NULL)
        return;
    if (write_file(limits->cpuset_cpus, "%s/cpuset.cpus", directory->path) ==
        0) {
        read_line(set, sizeof set, "%s/cpuset.cpus", directory->path);
        read_line(effective, sizeof effective, "%s/cpuset.%s", directory->path,
                  wanted_in_v1(cgroup, CPUSET) ? "effective_cpus"
                                               : "cpus.effective");
        /* v2 takes CPUs that are offline, and lets the box have all others. */
        if (*set != '\0' && strcmp(set, effective) == 0)
            return;
        errno = EINVAL;
    }
    if (errno != EINVAL && errno != ERANGE && errno != EACCES)
        die("write %s to cpuset.cpus", limits->cpuset_cpus);
    read_line(online, sizeof online, "/sys/devices/system/cpu/online");
    refuse("--cpuset-cpus '%s': %s; expected numbers and ranges of the CPUs "
           "here, %s",
           limits->cpuset_cpus, strerror(errno), online);
}

/* ---- counters ------------------------------------------------------------ */

static uint64_t killed_for_memory(const struct cgroup *cgroup)
{
    if (wanted_in_v1(cgroup, MEMORY))
        return read_field("oom_kill", 10, "%s/memory.oom_control",
                          cgroup->v1[MEMORY].path);
    return read_field("oom_kill", 10, "%s/memory.events", cgroup->v2.path);
}

static uint64_t held_back_for_cpu(const struct cgroup *cgroup)
{
    if (wanted_in_v1(cgroup, CPU))
        return read_field("throttled_time", 10, "%s/cpu.stat",
                          cgroup->v1[CPU].path) /
               1000;
    return read_field("throttled_usec", 10, "%s/cpu.stat", cgroup->v2.path);
}

void report_limits(const struct cgroup *cgroup, const struct limits *limits,
                   bool started)
{
    const uint64_t killed = limits->memory > 0 ? killed_for_memory(cgroup) : 0;
    const uint64_t waited =
        limits->cpu_quota > 0 ? held_back_for_cpu(cgroup) : 0;

    if (killed > 0 && !started)
        warn_user("--memory %lu: too little for a box to start in; expected "
                  "more",
                  limits->memory);
    else if (killed > 0)
        step("the kernel killed the box: its %lu bytes of memory were used up",
             limits->memory);
    if (waited > 0)
        step("the box waited %lu ms for its share of the CPUs", waited / 1000);
}

/* ---- remove -------------------------------------------------------------- */

/*
 * Removes a cgroup with what is in it, waiting for its processes' end that many
 * milliseconds. rmdir(2) says EBUSY until the last one has ended altogether.
 * Returns 0, or -1.
 */
static int remove_group(const char *path, int patience)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    const struct dirent *entry;
    char below[PATH_MAX + 512];
    DIR *directory;

    /* As a rule PID 1 has taken all the others along, and it is empty. */
    if (rmdir(path) == 0)
        return 0;
    directory = opendir(path);
    /* All of it at once, Linux 5.14; a v1 has no such file. */
    write_file("1", "%s/cgroup.kill", path);
    /* A command with CAP_SYS_ADMIN may have made cgroups below its own. */
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            remove_group(below, patience);
    }
    if (directory != NULL)
        closedir(directory);
    for_each_process(path, kill_process, NULL, patience);
    for (int tries = 0; rmdir(path) == -1; tries++) {
        if (errno != EBUSY || tries >= patience)
            return errno == ENOENT ? 0 : -1;
        nanosleep(&pause, NULL);
    }
    return 0;
}

/*
 * Whether the launcher whose PID a cgroup is named after is gone, as far as
 * this PID namespace shows it. It spares the look at the lock of each box that
 * runs; the lock decides.
 */
static bool may_be_dead(const char *name)
{
    return kill(atoi(name), 0) == -1 && errno == ESRCH;
}

/*
 * Removes below parent what nobody holds; what takes longer, the next one.
 * Returns whether there was any.
 */
static bool sweep(const char *parent)
{
    DIR *directory = opendir(parent);
    const struct dirent *entry;
    char path[PATH_MAX + 512];
    bool found = false;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        int lock;

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
            !may_be_dead(entry->d_name))
            continue;
        snprintf(path, sizeof path, "%s/%s", parent, entry->d_name);
        lock = open_directory(AT_FDCWD, path, 0);
        if (lock != -1 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
            remove_group(path, 50);
            found = true;
        }
        if (lock != -1)
            close(lock);
    }
    if (directory != NULL)
        closedir(directory);
    return found;
}

/* Base hands down no more than before, and its processes come back. */
static void restore_base(const char *base, const char *parent)
{
    char before[256] = "", now[256] = "", text[32], callers[PATH_MAX + 32];

    if (getxattr(parent, before_us, before, sizeof before - 1) == -1 ||
        read_line(now, sizeof now, "%s/cgroup.subtree_control", base) == -1)
        return;
    for (char *rest = now, *name; (name = strsep(&rest, " ")) != NULL;) {
        snprintf(text, sizeof text, "-%.30s", name);
        if (*name == '\0' || has_word(before, name, " "))
            continue;
        write_file(text, "%s/cgroup.subtree_control", parent);
        write_file(text, "%s/cgroup.subtree_control", base);
    }
    snprintf(callers, sizeof callers, "%s/" CALLERS, base);
    if (access(callers, F_OK) == 0 &&
        for_each_process(callers, move_process, base, 2000) == 0)
        rmdir(callers);
}

/*
 * Removes the box's cgroup in one hierarchy, and others there that nobody
 * holds: all that is done where the box has none, and only if told to look.
 * Returns whether there were any.
 */
static bool leave_group(struct cgroup_directory *group, bool look)
{
    char parent[PATH_MAX + 16];
    struct stat status;
    bool found;
    int lock;

    if (group->base[0] == '\0')
        return look;
    if (group->path[0] != '\0') {
        if (remove_group(group->path, 2000) == -1)
            warn_user("%s cannot be removed: %s", group->path, strerror(errno));
        if (group->directory > 0)
            close(group->directory);
    }
    if (group->path[0] == '\0' && !look)
        return false;
    lock = lock_parent(group->base, false);
    if (lock == -1)
        return false;
    snprintf(parent, sizeof parent, "%s/" BOXES, group->base);
    found = sweep(parent);
    /* A directory's links: its name, its own ".", and one for each below. */
    if (fstat(lock, &status) == 0 && status.st_nlink == 2) {
        restore_base(group->base, parent);
        rmdir(parent);
    }
    close(lock);
    return found;
}

/*
 * Each box has a cgroup in v2, and few have others in v1: there it is worth a
 * look if one was lost in v2.
 */
void remove_cgroup(struct cgroup *cgroup)
{
    const bool look = leave_group(&cgroup->v2, true);

    for (enum controller c = 0; c < CONTROLLERS; c++)
        leave_group(&cgroup->v1[c], look);
}
