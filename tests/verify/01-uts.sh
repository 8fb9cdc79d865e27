#!/bin/sh
# 01-uts: fork and exec, and a hostname of its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

why_not_true() {
    because "" 3 run_command "it says nothing: is prepare_exec missing?" "common/launch.h"
}

# Of the held box's command. While it starts the dynamic linker has libraries open.
descriptors() {
    ls "/proc/$inside/fd" 2>/dev/null | tr '\n' ' ' | sed 's/ $//'
}

verify_01() {
    name=leopard$(random)
    host_name=$(hostname)

    hold --hostname "$name"
    task 1 clone_flags
    check "the command has a UTS namespace of its own" yes "$(own_namespace uts)" \
        "the flag is not passed to start_box" "uts_namespaces(7), clone(2)"
    check "lsns lists it with the command's PID" "$inside" \
        "$(list_namespaces -n -t uts -o PID -p "$inside" 2>/dev/null | tr -d ' ')" \
        "the flag is not passed to start_box" "lsns(8)"
    check "ls -i shows another inode in /proc/PID/ns" differs \
        "$(if [ "$(ls -iL "/proc/$inside/ns/uts" 2>/dev/null)" = "$(ls -iL /proc/$$/ns/uts | sed "s|/proc/$$/|/proc/$inside/|")" ]; then echo same; else echo differs; fi)" \
        "the flag is not passed to start_box" "namespaces(7)"

    task 2 set_hostname 1
    check "the host keeps its name" "$host_name" "$(hostname)" \
        "sethostname in the launcher: the host is renamed" "sethostname(2), clone(2)"
    hostname "$host_name"
    check "hostname inside prints the name given" "$name" \
        "$(nsenter -u -t "$inside" hostname 2>/dev/null)" \
        "sethostname is not called in the child" "sethostname(2)" \
        "????????" "sizeof of a pointer, in place of strlen"
    let_go
    check_share uts
    check "without --hostname it is box" box "$(run hostname)" \
        "the default of struct box is not used" "sethostname(2)"
    check "a name of 64 bytes is taken whole" "$(printf %064d 7)" \
        "$(run --hostname "$(printf %064d 7)" hostname)" \
        "the length counts the final zero byte, or a buffer is too small" "sethostname(2)"
    check "--share uts leaves the host's name" "$host_name $host_name" \
        "$(run --share uts hostname) $(hostname)" \
        "the hostname is set although uts is shared: the host is renamed" "clone(2)"

    task 3 run_command
    # shellcheck disable=SC2116
    check "options after the command are its own" "-v --hostname" \
        "$(run echo -v --hostname)" \
        "argp runs on past the first word" "argp(3), ARGP_IN_ORDER"
    # Names first: what a box passes on by mistake is nobody's business.
    check "the environment is a new one" "HOME PATH PS1 TERM" \
        "$(TERM=lab run env | sed 's/=.*//' | grep -Ev '^(PWD|OLDPWD|SHLVL|_)$' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" \
        "the caller's environment is passed on" "environ(7), execve(2)"
    check "PATH, HOME, PS1 and TERM are what they should be" \
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root box# lab" \
        "$(TERM=lab run sh -c 'echo "$PATH $HOME $PS1$TERM"')" \
        "set_environment is not called" "environ(7)"
    hold
    check "descriptors above 2 stay outside" "0 1 2" \
        "$(until_same "0 1 2" descriptors)" \
        "no close-on-exec" "close_range(2)"
    let_go
}

verify_stage 01-uts
