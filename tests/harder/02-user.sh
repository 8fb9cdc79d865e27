#!/bin/sh
# 02-user, harder: a range of ids for an ordinary user, and who the command is.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

map() {
    sed "s/  */ /g; s/^ //; s/ $//" "/proc/$inside/$1" 2>/dev/null | tr '\n' ' ' | sed 's/ $//'
}

# The last thing that box said, without its name.
said() {
    tail -n 1 "$work/error" | sed 's/.*box: //'
}

# This host's user database with our user in it: he owns the ids from $base on, a group
# less than users. These mounts are the sandbox's.
grant_ids() {
    base=$((200000 + $(random) % 100000))
    granted=$((1000 + $(random) % 60000))
    { cat /etc/passwd && echo "lab:x:$user_id:$user_id::/:/bin/sh"; } >"$work/passwd"
    echo "lab:$base:$granted" >"$work/subuid"
    echo "lab:$base:$((granted - 1))" >"$work/subgid"
    range=$((granted - 1))
    for name in passwd subuid subgid; do
        mount --bind "$work/$name" "/etc/$name"
    done
}

take_ids_back() {
    for name in passwd subuid subgid; do
        umount "/etc/$name"
    done
}

# Why this host's newuidmap writes no such map, without the program: for a process that
# waits in a new user namespace.
no_helpers() {
    if ! command -v newuidmap >/dev/null || ! command -v newgidmap >/dev/null; then
        echo "newuidmap is missing (Debian's package uidmap)"
    elif [ -z "$many_users" ]; then
        echo "it takes root, for another user to be granted ids"
    elif [ ! -e /etc/subuid ] || [ ! -e /etc/subgid ]; then
        echo "there is no /etc/subuid to mount ours on"
    else
        grant_ids
        mkfifo -m 666 "$work/there" "$work/go"
        # shellcheck disable=SC2086
        $ordinary unshare --user sh -c 'echo $$ >"$0/there"; read -r end <"$0/go"' "$work" &
        waiting=$(timeout 5 cat "$work/there")
        # shellcheck disable=SC2086
        $ordinary newgidmap "${waiting:-0}" 0 "$base" "$range" 2>/dev/null &&
            $ordinary newuidmap "$waiting" 0 "$base" "$range" 2>/dev/null ||
            echo "newuidmap writes no map here"
        [ -z "$waiting" ] || echo >"$work/go"
        wait $!
        take_ids_back
    fi | tail -n 1
}

verify_02() {
    mine=$as
    ordinary="setpriv --reuid $user_id --regid $user_id --groups $user_id,4,5 --inh-caps=-all"
    refused=$(no_helpers)
    if [ -n "$refused" ]; then
        skip_task A "--map with a range" "$refused"
    else
        range_of_a_user
    fi
    user_inside
}

range_of_a_user() {
    task A "--map with a range"
    grant_ids
    as=$ordinary
    hold --map "0:$base:$range"
    check "uid_map is the range, and root inside its first" "0 $base $range $base" \
        "$(map uid_map) $(field "$inside" Uid | cut -d ' ' -f 1)" \
        "newuidmap is not run; or check_map refuses before it is" "newuidmap(1)" \
        "0 $base $range $user_id" "no setresuid to 0 after the map"
    check "gid_map is the same range" "0 $base $range $base" \
        "$(map gid_map) $(field "$inside" Gid | cut -d ' ' -f 1)" \
        "newgidmap is not run" "newgidmap(1)"
    check "the caller's further groups are dropped" "allow and none" \
        "$(cat "/proc/$inside/setgroups" 2>/dev/null) and $(field "$inside" Groups | sed 's/^ *$/none/')" \
        "setgroups is denied: leave that to newgidmap here" \
        "newgidmap(1), user_namespaces(7)"
    let_go
    hold --map "0:$user_id:1" --map "1:$base:$range"
    check "two lines, as Podman's: 0 is you, the range from 1 on" \
        "0 $user_id 1 1 $base $range and 0 $user_id 1 1 $base $range" \
        "$(map uid_map) and $(map gid_map)" \
        "the helper gets one line; it takes all of them at once" "newuidmap(1)"
    let_go
    check "what is not granted is refused, and nothing runs" "0 125 125" \
        "$(status --map "0:$base:$range" true) $(status --map "0:$base:$granted" true) $(run --map "0:$((base + 1)):$granted" echo ran || echo $?)" \
        "the box goes on with another map when a helper refuses" "waitpid(2)"
    as="$ordinary env PATH=/nowhere"
    check "without the helpers a range gives 125, your own id works" "125 deny 7" \
        "$(status --map "0:$base:$range" true) $(run --map "7:$user_id:1" sh -c 'cat /proc/self/setgroups; id -u' | tr '\n' ' ' | sed 's/ $//')" \
        "the helpers are run where the kernel takes the map from you" \
        "user_namespaces(7), posix_spawnp(3)"
    as=$mine
    take_ids_back
}

# Where nobody may map a range there is one id: the caller's, under another number.
user_inside() {
    task B "--user UID[:GID]"
    uid=$((1 + $(random) % 60000)) gid=$((1 + $(random) % 60000))
    if [ "$starter" = root ] && [ -n "$many_users" ]; then
        map=0:100000:65000 uid_outside=$((100000 + uid)) gid_outside=$((100000 + gid))
    else
        gid=$uid map=$uid:$($as id -u):1
        uid_outside=$(id -u) gid_outside=$(id -g)
        [ -z "$as" ] || [ -z "$many_users" ] || uid_outside=$user_id gid_outside=$user_id
    fi
    check "id prints the ids given" "$uid $gid" \
        "$(run --map "$map" --user "$uid:$gid" sh -c 'echo $(id -u) $(id -g)' || said)" \
        "setresuid and setresgid are not called" "setresuid(2)" \
        "*sethostname*" "before set_hostname: the capabilities go with uid 0" \
        "*permitted*" "the uid first: without uid 0 it has no right to the gid" \
        "0 $gid" "seteuid: a shell goes back to the real uid, which is still 0"
    check "without GID it is the number of UID" "$uid $uid" \
        "$(run --map "$map" --user "$uid" sh -c 'echo $(id -u) $(id -g)')" \
        "the gid stays what it was" "setresgid(2)"
    hold --map "$map" --user "$uid:$gid"
    check "all four uids and gids are these, as the host sees them" \
        "$uid_outside $uid_outside $uid_outside $uid_outside, $gid_outside $gid_outside $gid_outside $gid_outside" \
        "$(field "$inside" Uid), $(field "$inside" Gid)" \
        "seteuid: a saved 0 is left, with which it becomes root again" "credentials(7)"
    check "it has no capabilities" "0000000000000000 0000000000000000" \
        "$(field "$inside" CapPrm) $(field "$inside" CapEff)" \
        "the real or the saved uid is still 0" "capabilities(7)"
    check "the kernel kills it with its launcher" yes "$(ends_with_launcher)" \
        "PDEATHSIG is set before the uid changes, which cancels it" "prctl(2)"
    let_go
    found=$(status --map "$map" --user "$uid" true)
    for wrong in "" x "$uid:" ":$gid" "$uid:$gid:1" -1 4294967296 70000 "$uid:70000" "70000:$gid"; do
        found="$found $(status -v --map "$map" --user "$wrong" true)"
        ! grep -q 'started the child' "$work/error" || found="$found, after the clone: $wrong"
    done
    check "what is no id, or is not mapped, is refused at once" \
        "0 125 125 125 125 125 125 125 125 125 125" "$found" \
        "it is left to setresuid (EINVAL), when the child is there" "setresuid(2)"
    check "without a map 0 alone is mapped; with --map none nothing" "0 125 125 125" \
        "$(status --user 0 true) $(status --user 1 true) $(status --map none --user 0 true) $(status --share user --user 0 true)" \
        "--map none is not thought of, or the option's group is 0" \
        "user_namespaces(7)"
}

verify_stage 02-user
