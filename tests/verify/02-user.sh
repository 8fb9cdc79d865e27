#!/bin/sh
# 02-user: root inside, an ordinary user outside.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Numbers in columns, as in /proc/PID/uid_map, with single spaces.
map() {
    sed "s/  */ /g; s/^ //; s/ $//" "/proc/$inside/$1" 2>/dev/null
}

# The caller's ids: as the caller knows them, for --map, and as the sandbox sees
# the launcher's, since a map is read relative to the reader's user namespace.
own_uid=$($as id -u)
seen() {
    field "$launcher" "$1" | cut -d ' ' -f 1
}

verify_02() {
    hold
    task 1 clone_flags
    check "the command has a user namespace of its own" yes "$(own_namespace user)" \
        "the flag is not passed to start_box" "user_namespaces(7)"
    check "lsns lists it with the command's PID" "$inside" \
        "$(list_namespaces -n -t user -o PID -p "$inside" 2>/dev/null | tr -d ' ')" \
        "the flag is not passed to start_box" "lsns(8)"

    let_go
    if [ "$AS" = root ]; then
        hold --share user
        check "--share user: the namespace is the host's" no "$(own_namespace user)" \
            "clone_flags does not leave out what is shared" "clone(2)"
        let_go
    fi

    hold
    task 2 deny_setgroups 1
    if [ "$AS" = user ]; then
        check "/proc/PID/setgroups says deny" deny "$(cat "/proc/$inside/setgroups" 2>/dev/null)" \
            "not written, or after gid_map" "user_namespaces(7)"
    else
        # Root gives nothing up; in the sandbox of a user it is denied already.
        check "with CAP_SETGID /proc/PID/setgroups stays as it is" \
            "$(cat /proc/self/setgroups) yes" \
            "$(cat "/proc/$inside/setgroups" 2>/dev/null) $(own_namespace user)" \
            "denied although the launcher may change groups" "user_namespaces(7)"
    fi

    task 3 map_ids 2
    check "uid_map has one line: 0 is the caller" "0 $(seen Uid) 1" "$(map uid_map)" \
        "the numbers are in the wrong order, or the file is not written" "user_namespaces(7)"
    check "gid_map has one line: 0 is the caller's group" "0 $(seen Gid) 1" "$(map gid_map)" \
        "setgroups not denied first, or the uid instead of the gid" "user_namespaces(7)"
    check "root inside has capabilities, in a namespace of its own" "some yes" \
        "$(case $(field "$inside" CapEff) in *[1-9a-f]*) echo some ;; *) echo none ;; esac) $(own_namespace user)" \
        "the map is written after the command has started" "capabilities(7)"
    let_go
    mine=$as
    [ "$AS" = root ] || as=$(user_with 12346)
    hold
    check "gid_map takes the group, not the user" "0 $(seen Gid) 1" "$(map gid_map)" \
        "the uid instead of the gid" "user_namespaces(7)"
    let_go
    as=$mine
    hold --map "7:$own_uid:1"
    check "--map 7:OWN:1 makes the command uid 7" "7 $(seen Uid) 1" "$(map uid_map)" \
        "the option does not reach the map" "user_namespaces(7)"
    let_go
    check "id -u inside prints 7 then" 7 "$(run --map "7:$own_uid:1" id -u)" \
        "no setresuid after the map" "setresuid(2)"
    check "whoami inside prints root" "root 0" "$(run --map "0:$own_uid:1" sh -c 'echo $(whoami) $(id -g)')" \
        "the map is missing, or written too late" "id(1)"
    # From 04 on the box needs an owner for its files, or no mounts of its own.
    check "--map none: id -u prints 65534" "65534 65534" \
        "$(run --map none sh -c 'echo $(id -u) $(id -g)' || run --map none --share mnt sh -c 'echo $(id -u) $(id -g)')" \
        "a map is written although none was asked for" "user_namespaces(7)"
    if [ "$AS" = root ] && [ -n "$many_users" ]; then
        as="setpriv --groups 4,5"
        hold --map 0:100000:65536
        check "--map takes a range: root inside is 100000 outside" "0 100000 65536 100000 100000" \
            "$(map uid_map) $(field "$inside" Uid | cut -d ' ' -f 1) $(field "$inside" Gid | cut -d ' ' -f 1)" \
            "no setresuid or setresgid to 0 after the map" "setresuid(2)"
        check "the caller's further groups are dropped" "a box without" \
            "$([ "$inside" = none ] || echo a box) $(field "$inside" Groups | sed 's/^ *$/without/')" \
            "no setgroups after the map" "setgroups(2)"
        check "the kernel kills it with its launcher" yes "$(ends_with_launcher)" \
            "PDEATHSIG is set before the uid changes, which cancels it" "prctl(2)"
        let_go
        as=
    fi

    task 4 show_capabilities 1
    run -v true >/dev/null
    check "-v shows all capabilities, as nobody and then as root" "65534 =ep 0 =ep" \
        "$(sed -n 's/.*uid \([0-9]*\), gid [0-9]*, capabilities \(=ep\)$/\1 \2/p' "$work/error" | head -n 2 | tr '\n' ' ' | sed 's/ $//')" \
        "cap_get_proc(3) is called on one side of the map only" "cap_get_proc(3)"
    if [ "$AS" = root ]; then
        as="setpriv --bounding-set -sys_time"
        run -v --share user true >/dev/null
        as=
        check "what it shows is what the process has" "not all" \
            "$(sed -n 's/.*, capabilities //p' "$work/error" | head -n 1 | grep -q sys_time && echo not all)" \
            "the text is not that of cap_to_text(3)" "cap_to_text(3)"
    fi
}

verify_stage 02-user
