#!/bin/sh
# 02-user: root inside, an ordinary user outside.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Numbers in columns, as in /proc/PID/uid_map, with single spaces. That of the host proves
# nothing, and may say the same.
map() {
    [ "$(own_namespace user)" != no ] || { echo "the host's"; return; }
    sed "s/  */ /g; s/^ //; s/ $//" "/proc/$inside/$1" 2>/dev/null
}

# The caller's ids: as the caller knows them, for --map, and as the sandbox sees
# the launcher's, since a map is read relative to the reader's user namespace.
own_uid=$($as id -u)
seen() {
    field "$launcher" "$1" | cut -d ' ' -f 1
}

# What the last box said of itself, if it did not come to its command.
error() {
    head -n 1 "$work/error" | sed "s|$work/||g"
}

# uid_map in one line; without a box, why there is none.
lines() {
    if [ "$inside" = none ]; then error; else map uid_map | tr '\n' ' ' | sed 's/ $//'; fi
}

why_not_true() {
    if [ "$starter" = user ]; then
        because "*clone: Operation not permitted" 1 clone_flags \
            "CLONE_NEWUSER is missing: without it the others need root" "user_namespaces(7)"
        because "*write the maps of [1-9]*" 2 deny_setgroups \
            "setgroups is not denied before gid_map is written" "user_namespaces(7)"
        because "*setgroups: Operation not permitted" 3 set_ids \
            "setgroups is denied to an ordinary user: EPERM is no error here" "setgroups(2)"
    fi
    because "*write the maps of 0*" 3 map_ids \
        "the child writes its own map; it is written from outside" "user_namespaces(7)"
    because "*write the maps of *" 3 map_ids \
        "written twice, or CLONE_NEWUSER is missing" "user_namespaces(7)"
    because "*become gid * inside: Invalid argument" 3 map_ids \
        "0 is not mapped yet: gid_map forgotten, or the box did not wait" "user_namespaces(7)"
}

verify_02() {
    hold
    task 1 clone_flags
    check "the command has a user namespace of its own" yes "$(own_namespace user)" \
        "the flag is not passed to start_box" "user_namespaces(7)" \
        "no box" "it did not come to its command: $(error)"
    had=$(own_namespaces)
    without=$(echo "$had" | sed 's/user //')
    check "lsns lists it with the command's PID" "$inside" \
        "$(list_namespaces -n -t user -o PID -p "$inside" 2>/dev/null | tr -d ' ')" \
        "the flag is not passed to start_box" "lsns(8)"

    let_go
    if [ "$starter" = root ]; then
        hold --share user
        # A box that fails here has one of the other tasks wrong.
        check "--share user: the namespace is the host's, no other" "some, $without" \
            "$([ "$had" = "$without" ] || echo some), $(if [ "$inside" = none ]; then echo "$without"; else own_namespaces; fi)" \
            "clone_flags does not leave out what is shared" "clone(2)"
        let_go
    fi

    hold
    task 2 deny_setgroups 1
    if [ "$starter" = user ]; then
        check "/proc/PID/setgroups says deny" deny "$(cat "/proc/$inside/setgroups" 2>/dev/null)" \
            "not written" "user_namespaces(7)"
    else
        # Root gives nothing up; in the sandbox of a user it is denied already.
        check "with CAP_SETGID /proc/PID/setgroups stays as it is" \
            "$(cat /proc/self/setgroups) yes" \
            "$(cat "/proc/$inside/setgroups" 2>/dev/null) $(own_namespace user)" \
            "denied although the launcher may change groups" "user_namespaces(7)"
    fi

    task 3 map_ids 2
    check "uid_map has one line: 0 is the caller" "0 $(seen Uid) 1" "$(map uid_map)" \
        "the numbers are in the wrong order" "user_namespaces(7)" \
        "" "uid_map is not written, and nobody looks at the error"
    check "gid_map has one line: 0 is the caller's group" "0 $(seen Gid) 1" "$(map gid_map)" \
        "the numbers are in the wrong order" "user_namespaces(7)" \
        "" "gid_map is not written, and nobody looks at the error"
    check "root inside has capabilities, in a namespace of its own" "some yes" \
        "$(case $(field "$inside" CapEff) in *[1-9a-f]*) echo some ;; *) echo none ;; esac) $(own_namespace user)" \
        "the map is written after the command has started" "capabilities(7)"
    let_go
    if [ "$starter" = root ] && [ -n "$many_users" ]; then
        id=$((1 + $(random) % 9999))
        hold --map "0:$own_uid:1" --map "$id:1$id:1"
        check "--map twice gives two lines, what is inside first" \
            "0 $own_uid 1 $id 1$id 1" "$(lines)" \
            "the lines are not those of map_text" "user_namespaces(7)" \
            "0 $own_uid 1" "--map is not looked at: map_text knows its lines" \
            "* 1$id $id 1" "the numbers are in the wrong order: inside comes first" \
            "*write the maps*" "a write for each line: the kernel takes a single one"
        let_go
        check "no box goes on before its map is written" "ten boxes" "$(ten_boxes)" \
            "release_box comes before map_ids: the box goes on too early" "user_namespaces(7)"
    fi
    mine=$as
    group=$((20000 + $(random) % 10000))
    if [ "$starter" = user ]; then
        as=$(user_with "$group")
    elif [ -n "$many_users" ]; then
        as="setpriv --regid $group --clear-groups"
    fi
    hold
    check "uid_map takes the user, gid_map the group" "0 $(seen Uid) 1, 0 $(seen Gid) 1" \
        "$(if [ "$inside" = none ]; then error; else echo "$(map uid_map), $(map gid_map)"; fi)" \
        "the uid instead of the gid, or the reverse" "user_namespaces(7)" \
        "0 0 1, 0 0 1" "the uid is written into gid_map" \
        "0 $group 1, 0 0 1" "uid and gid are mixed up: each file got the other's" \
        "0 $group 1, 0 $group 1" "the gid is written into uid_map"
    let_go
    as=$mine
    hold --map "7:$own_uid:1"
    check "--map 7:OWN:1 makes the command uid 7" "7 $(seen Uid) 1" "$(lines)" \
        "the option does not reach the map" "user_namespaces(7)" \
        "*become*" "7 is not mapped: another order, or another map than asked for"
    let_go
    check "id -u inside prints 7 then" 7 "$(run --map "7:$own_uid:1" id -u)" \
        "no setresuid after the map" "setresuid(2)"
    check "whoami inside prints root" "root 0" "$(run --map "0:$own_uid:1" sh -c 'echo $(whoami) $(id -g)')" \
        "the map is missing, or written too late" "id(1)"
    # From 04 on the box needs an owner for its files, or no mounts of its own.
    check "--map none: id -u prints 65534" "65534 65534" \
        "$(run --map none sh -c 'echo $(id -u) $(id -g)' || run --map none --share mnt sh -c 'echo $(id -u) $(id -g)')" \
        "a map is written although none was asked for" "user_namespaces(7)" \
        "" "set_ids takes an id although none is mapped"
    if [ "$starter" = root ] && [ -n "$many_users" ]; then
        as="setpriv --groups 4,5"
        base=$((100000 + $(random) % 100000))
        hold --map "0:$base:65536"
        check "--map takes a range: root inside is another id outside" "0 $base 65536 $base $base" \
            "$(lines) $(field "$inside" Uid | cut -d ' ' -f 1) $(field "$inside" Gid | cut -d ' ' -f 1)" \
            "set_ids takes another id than map_first_id says" "setresuid(2)" \
            "* 0 0" "no setresgid and setresuid after the map: the old ids stay" \
            "* 0 $base" "no setresuid after the map: the old uid stays" \
            "* $base 0" "no setresgid after the map: the old gid stays"
        check "the caller's further groups are dropped" "a box without" \
            "$([ "$inside" = none ] || echo a box) $(field "$inside" Groups | sed 's/^ *$/without/')" \
            "no setgroups after the map" "setgroups(2)"
        check "the kernel kills it with its launcher" yes "$(ends_with_launcher)" \
            "PDEATHSIG is set before the uid changes, which cancels it" "prctl(2)"
        let_go
        as=
    fi
    if [ "$starter" = root ]; then
        [ -z "$many_users" ] || as="setpriv --groups 4,5"
        check "--share user: the caller's ids and groups stay" "$($as id -G)" \
            "$(run --share user id -G)" \
            "set_ids does not look at shares()" "setgroups(2)" \
            "" "a map is written although user is shared: see shares()"
        as=
    fi

    task 4 show_capabilities 1
    run -v true >/dev/null
    check "-v shows all capabilities, as nobody and then as root" "65534 =ep 0 =ep" \
        "$(sed -n 's/.*uid \([0-9]*\), gid [0-9]*, capabilities \(=ep\)$/\1 \2/p' "$work/error" | head -n 2 | tr '\n' ' ' | sed 's/ $//')" \
        "no such line: cap_get_proc(3), cap_to_text(3), step" "cap_get_proc(3)" \
        "65534 =ep" "they are not shown after the map" \
        "0 =ep" "they are not shown before the map, as nobody" \
        "0 =ep 0 =ep" "shown after wait_for_release twice: the map is there" \
        "65534 =ep 65534 =ep" "shown before wait_for_release twice: no map yet"
    if [ "$starter" = root ]; then
        as="setpriv --bounding-set -sys_time"
        run -v --share user true >/dev/null
        as=
        check "what it shows is what the process has" "not all" \
            "$(sed -n 's/.*, capabilities //p' "$work/error" | head -n 1 | grep -q sys_time && echo not all)" \
            "the text is not that of cap_to_text(3)" "cap_to_text(3)"
    fi
}

# Where the box may go on before its map is written, one of ten does: ninety lines take
# the launcher as long as the box takes to change its ids.
ten_boxes() {
    many="--map 0:0:1"
    for line in $(seq 1 90); do
        many="$many --map $line:$line:1"
    done
    for _ in $(seq 1 10); do
        # shellcheck disable=SC2086
        [ "$(status $many true)" = 0 ] || { error && return; }
    done
    echo "ten boxes"
}

verify_stage 02-user
