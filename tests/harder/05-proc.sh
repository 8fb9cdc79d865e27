#!/bin/sh
# 05-proc, harder: whose processes /proc shows, and a system call that is refused.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# What the kernel says of /proc in the held box: the mount's flags, and the file
# system's options.
proc_options() {
    awk '$5 == "/proc" { print $6, $NF }' "/proc/$inside/mountinfo" 2>/dev/null | tail -n 1
}

# The number of a system call on this machine, from its headers.
number_of() {
    printf '#include <sys/syscall.h>\nSYS_%s\n' "$1" | cc -E -P - 2>/dev/null | tail -n 1
}

# A program that calls chroot(2) by its two other numbers on x86-64: that of x32, and
# that of 32-bit programs. It ends with 0 if one of them works.
make_door() {
    cat >"$work/door.s" <<END
.globl _start
_start: mov \$0x400000a1, %eax; mov \$path, %edi; syscall
        mov %eax, %edi; test %eax, %eax; jz end
        mov \$61, %eax; mov \$path, %ebx; int \$0x80
        mov %eax, %edi; neg %edi
end:    mov \$60, %eax; syscall
path:   .asciz "."
END
    cc -nostdlib -static -o "$work/door" "$work/door.s" 2>/dev/null
}

verify_05() {
    task A "--hidepid"
    hold --hidepid
    check "the procfs has hidepid=invisible, the mount its three flags" \
        "rw,nosuid,nodev,noexec,relatime rw,hidepid=invisible" "$(proc_options)" \
        "new_mount sets no option, and nobody sets it later" "proc(5), mount(2)" \
        "rw,relatime *hidepid*" "MS_REMOUNT sets the flags anew: those not repeated are gone" \
        "*hidepid=ptraceable*" "that mode hides /proc/PID only from who may not trace it" \
        "*hidepid=noaccess*" "that is hidepid=1: the directories are shown, but closed"
    let_go
    if [ -n "$many_users" ] && [ "$starter" = root ]; then
        # PID 1 is root's; the shell and ls are nobody's.
        # shellcheck disable=SC2016
        look='su -s /bin/sh nobody -c "ls -d /proc/1 /proc/\$\$ | wc -l"; true'
        check "an ordinary user inside sees his own processes alone" "2 1" \
            "$(run --map 0:0:65535 sh -c "$look") $(run --map 0:0:65535 --hidepid sh -c "$look" 2>/dev/null)" \
            "hidepid is not 2, invisible" "proc(5)"
        check "root inside still sees them all" 2 \
            "$(run --map 0:0:65535 --hidepid sh -c 'su -s /bin/sh nobody -c "exec tail -f /dev/null" & ls -d /proc/1 /proc/$! | wc -l')" \
            "root has lost more than it should" "proc(5)"
    else
        # One id alone, but init is not dumpable, so nobody there may trace it. (A member
        # of the machine's own group 0 would see it: gid=, proc(5).)
        check "a process that nobody may trace, init, is not shown" "/proc/1 none" \
            "$(run --init ls -d /proc/1) $(run --init --hidepid ls -d /proc/1 2>/dev/null || echo none)" \
            "hidepid is not 2, invisible" "proc(5), ptrace(2)"
    fi
    check "with --share pid,user or mnt it is refused" "0 125 125" \
        "$(status --hidepid true) $(status --share pid,user --hidepid true) $(status --share mnt --hidepid true)" \
        "the option's group in options[] names one of two namespaces" "argp(3)" \
        "0 0 *" "the remount changes the host's own /proc: a new one needs a new PID namespace"

    if ! grep -qw errno /proc/sys/kernel/seccomp/actions_avail 2>/dev/null; then
        skip_task B "--refuse NUMBER" "this kernel has no seccomp filters"
        return
    elif [ -z "$(number_of chroot)" ]; then
        skip_task B "--refuse NUMBER" "without cc nobody tells this machine's numbers"
        return
    fi
    task B "--refuse NUMBER"
    chroot=$(number_of chroot)
    check "chroot(2) by its number fails, with EPERM" "0 Operation not permitted" \
        "$(status chroot / true) $(run --refuse "$chroot" chroot / true; sed -n 's/.*: //p' "$work/error" | tail -n 1)" \
        "no filter in the process that becomes the command" "seccomp(2)" \
        "*unrecognized*" "the option is missing in options[]" \
        "0" "the call is not refused, or ends the process" \
        "*implemented*" "ENOSYS says that there is no such call; EPERM is asked for" \
        "*Permission denied*" "EACCES: before no_new_privs the filter itself is refused"
    check "other calls work, also in what the command starts" "one 1" \
        "$(run --refuse "$chroot" sh -c 'mkdir /tmp/one && ls /tmp; (chroot / true) 2>/dev/null; echo $?' | tr '\n' ' ' | sed 's/ $//')" \
        "the jumps count from the next instruction; all else must reach RET_ALLOW" "seccomp(2), bpf(2)"
    hold --refuse "$chroot"
    check "the kernel says so: a filter, and no_new_privs" "2 1" \
        "$(field "$inside" Seccomp) $(field "$inside" NoNewPrivs)" \
        "no filter in the process that becomes the command" "proc(5), PR_SET_NO_NEW_PRIVS"
    let_go
    check "without the option there is none" "$(field $$ Seccomp)" \
        "$(run sed -n 's/^Seccomp:.//p' /proc/self/status)" \
        "the filter is set although nobody asked for it" "seccomp(2)"
    check "what box itself needs may be refused: prctl, sendto; but execve is the command's" "0 0 126" \
        "$(status --refuse "$(number_of prctl)" true) $(status --refuse "$(number_of sendto)" true) $(status --refuse "$(number_of execve)" true)" \
        "the filter is set before die_with_launcher or prepare_exec" "seccomp(2), PR_SET_PDEATHSIG"
    if [ "$(uname -m)" = x86_64 ] && make_door && (cd "$work" && ./door); then
        check "the same call by another architecture's number fails, too" "0 refused" \
            "$(status --volume "$work/door:/tmp/door" /tmp/door) $(run --refuse "$chroot" --volume "$work/door:/tmp/door" /tmp/door >/dev/null 2>&1 && echo works || echo refused)" \
            "seccomp_data's arch is not looked at, or x32's bit 30" "seccomp(2)"
    fi
    check "no number is refused before anything is made" "0 125 125 125 125" \
        "$(for number_given in "$chroot" '' -1 1x 4294967296; do status --refuse "$number_given" true; done | tr '\n' ' ' | sed 's/ $//')" \
        "the value is not looked at, or is cut to 32 bits" "parse_number in common/options.h"
}

verify_stage 05-proc
