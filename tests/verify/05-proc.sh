#!/bin/sh
# 05-proc: /proc for these processes alone, and less power for root.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# What the kernel says of a mount of the held box: options TARGET.
options() {
    awk -v target="$1" '$5 == target { print $6 }' "/proc/$inside/mountinfo" 2>/dev/null | tail -n 1
}

# Where the held box has covered something, in one word.
masks() {
    awk '$5 ~ "^/proc/" && (/ - tmpfs / || $4 == "/null") { some = 1 }
        $5 == "/dev/null" { null = $4 }
        END { print (null != "/null" ? "/dev/null" : some ? "some" : "none") }' \
        "/proc/$inside/mountinfo" 2>/dev/null
}

# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE
# NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP
fourteen=00000000a80425fb

why_not_true() {
    because "*mount proc: Operation not permitted" 1 mount_proc \
        "new_proc after enter_root: the host's /proc is out of sight" "proc(5), make doctor"
    because "*forbid user namespaces inside: No such file*" 1 mount_proc \
        "/proc is not there yet when make_paths_read_only writes to it" "proc(5)"
    because "*/proc/*: No such file or directory" 2 mask_paths \
        "not every kernel has them all: what is missing is left out" "stat(2)"
    because "*/proc/*: Not a directory" 2 mask_paths \
        "a directory is covered by a directory: a tmpfs" "mount(2)"
    because "*capabilities: Operation not permitted" 3 drop_capabilities \
        "CAP_EFFECTIVE keeps what CAP_PERMITTED has no more" "cap_set_proc(3)"
    # With all capabilities kept the mounts succeed.
    if [ "$(status --cap-add ALL true)" = 0 ]; then
        because "*: Operation not permitted" 3 drop_capabilities \
            "dropped before the mounts are made, which take CAP_SYS_ADMIN" "capabilities(7)"
    fi
}

verify_05() {
    hold
    task 1 mount_proc
    check "/proc is a procfs, nosuid, nodev, noexec" "rw,nosuid,nodev,noexec,relatime" \
        "$(options /proc)" "attributes are not passed to new_mount" "proc(5), mount_setattr(2)" \
        "" "/proc is not mounted: attach_mount is missing"
    check "ls /proc shows the box's processes alone" "1" \
        "$(run sh -c 'echo /proc/[0-9]*' | sed 's|/proc/||g')" \
        "the host's /proc instead of a new one" "pid_namespaces(7)"
    check "ps lists PID 1" "1 root ps" "$(run ps -o pid,user,comm | sed 1d | tr -s ' ' ' ' | sed 's/^ //')" \
        "/proc is not mounted" "ps(1)"
    check "df lists the box's file systems, not the host's" "/ /dev /dev/shm /tmp" \
        "$(run df -P 2>/dev/null | awk 'NR > 1 && $6 !~ "^/(proc|etc|dev/[^s])" && $6 !~ "^/sys" { print $6 }' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" \
        "/proc/mounts of the host: the old root is still there" "df(1)"
    check "/proc/mounts has no line in common with the host's" "some 0" \
        "$(run sort /proc/mounts >"$work/mounts"; [ -s "$work/mounts" ] && echo some) $(sort /proc/self/mounts | LC_ALL=C sort -u | grep -vE '^(proc|devpts) ' | LC_ALL=C comm -12 - "$work/mounts" 2>/dev/null | wc -l)" \
        "the host's mounts are still there" "mount_namespaces(7)"
    check "--share pid shows the host's processes" yes \
        "$(run --share pid sh -c "test -d /proc/$$ && echo yes")" \
        "a new procfs although the PID namespace is shared" "pid_namespaces(7)"
    check "/dev has fd and the standard descriptors" "/proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2" \
        "$(run sh -c 'for name in fd stdin stdout stderr; do readlink /dev/$name; done' | tr '\n' ' ' | sed 's/ $//')" \
        "link_descriptors is not called" "fd(4)"
    check "its /proc, seen from outside, has PID 1 alone" 1 \
        "$(cd "/proc/$inside/root/proc" 2>/dev/null && echo [0-9]*)" \
        "/proc is not mounted" "proc(5)" \
        "* *" "the host's /proc is mounted"

    task 2 mask_paths 1
    check "something in /proc is covered" some "$(masks)" \
        "mask_paths is not called, or before /proc is there" "mount(2)" \
        "/dev/null" "mount(2): source and target are the wrong way round"
    for path in interrupts kcore key-users keys kmsg latency_stats sched_debug \
        timer_list timer_stats acpi asound scsi; do
        if [ -d "/proc/$path" ]; then
            check "/proc/$path is covered by an empty tmpfs" "tmpfs 0 ro" \
                "$(stat -f -c %T "/proc/$inside/root/proc/$path" 2>/dev/null) $(ls -A "/proc/$inside/root/proc/$path" 2>/dev/null | wc -l) $(options "/proc/$path" | cut -d , -f 1)" \
                "not in the list of mask_paths" "mount(2)" \
                "tmpfs * rw" "this tmpfs is not read-only: MS_RDONLY"
        elif [ -e "/proc/$path" ]; then
            check "/proc/$path is covered by /dev/null" "1:3" \
                "$(stat -c %t:%T "/proc/$inside/root/proc/$path" 2>/dev/null)" \
                "not in the list of mask_paths" "proc(5)"
        fi
    done
    check "--share pid: masked all the same" 0 \
        "$(run --share pid sh -c 'ls /proc/1 >/dev/null && wc -c </proc/interrupts')" \
        "masks are left out when pid is shared" "proc(5)"

    task given "read-only paths" 1
    for path in sys irq bus fs sysrq-trigger; do
        [ -e "/proc/$path" ] || continue
        check "/proc/$path is read-only" ro "$(options "/proc/$path" | cut -d , -f 1)" \
            "make_paths_read_only was changed" "proc(5), mount_setattr(2)" \
            "" "make_paths_read_only is not called: a host setting can be written"
    done
    # The value that it has: a box that may write must not do harm.
    run sh -c 'cat >/proc/sys/kernel/core_pattern' </proc/sys/kernel/core_pattern
    check "a write to /proc/sys is refused as read-only" 1 "$(grep -c Read-only "$work/error")" \
        "make_paths_read_only was changed" "proc(5)"

    task given "nothing of the caller's is left" 1
    if [ -x "$work/probe" ]; then
        check "the session keyring is a new one" "2 keyrings" \
            "$($as "$work/probe" join sh -c '"$0" keyring; "$1" --volume "$0:/tmp/probe" /tmp/probe keyring' "$work/probe" "$BOX" 2>/dev/null | grep -v '^-' | sort -u | grep -c .) keyrings" \
            "join_new_keyring is not called" "session-keyring(7)"
    fi
    check "no user namespace can be made inside" "ENOSPC" \
        "$(run unshare -U true; grep -q 'No space left' "$work/error" && echo ENOSPC)" \
        "make_paths_read_only was changed" "namespaces(7)"

    task 3 drop_capabilities 1
    # Under no_new_privs the command's own sets are right without the bounding set.
    for set in CapEff CapBnd CapPrm; do
        all="drop_capabilities is not called, or drops nothing"
        [ "$set" = CapEff ] || all="the bounding set is not dropped: cap_drop_bound(3)"
        check "$set is Docker's fourteen" "$fourteen" "$(field "$inside" "$set")" \
            "not the bits of box->capabilities" "capabilities(7)" \
            "*ffffffff" "$all" \
            "*57fbda04" "the test is the wrong way round: what is to be kept goes" \
            "0*[1-9a-f]*a80425fb" "the loop ends before the last one: cap_max_bits()"
    done
    check "no_new_privs is set, nothing ambient or inheritable" "1 0000000000000000 0000000000000000" \
        "$(field "$inside" NoNewPrivs) $(field "$inside" CapInh) $(field "$inside" CapAmb)" \
        "the inheritable or the ambient set is not cleared" "capabilities(7), prctl(2)" \
        "0 *" "prctl PR_SET_NO_NEW_PRIVS forgotten"
    let_go
    hold --init
    check "init itself holds no more" "$fourteen $fourteen $fourteen" \
        "$(field "$inside" CapBnd) $(field "$inside" CapPrm) $(field "$inside" CapEff)" \
        "not the bits of box->capabilities" "cap_set_proc(3)" \
        "$fourteen * $fourteen" "only the effective set is dropped: CAP_PERMITTED too" \
        "$fourteen *" "cap_set_proc is missing: only execve would cut it down" \
        "*ffff *" "run_init comes before drop_capabilities"
    let_go
    check "--cap-drop ALL --cap-add chown leaves one" 0000000000000001 \
        "$(run --cap-drop ALL --cap-add chown sed -n 's/^CapBnd:.//p' /proc/self/status || sed 's/.*box: //' "$work/error")" \
        "the options are not applied from left to right" "capabilities(7)" \
        "$fourteen" "DEFAULT_CAPABILITIES in place of box->capabilities" \
        "*Operation not permitted" "cap_set_proc comes first, and takes away CAP_SETPCAP"
    # All that this program knows.
    shared=$(run --share none true || sed -n 's/.*expected some of: //p' "$work/error" | tr ' ' ,)
    hold --share "$shared"
    check "a box without any namespace starts, too" "1 none" \
        "$(if [ "$inside" = none ]; then sed 's/.*box: //' "$work/error"; else echo "$(field "$inside" NoNewPrivs) $(own_namespaces | grep . || echo none)"; fi)" \
        "it says why" "capabilities(7)" \
        "*Operation not permitted" "without CAP_SETPCAP the bounding set stays: has_capability()"
    let_go
    if [ "$starter" = user ] && [ -n "$many_users" ]; then
        # With --share user the mounts take these, and lo; nobody else here could remove a bridge.
        three=+sys_admin,+net_admin,+dac_override
        mine=$as
        as="setpriv --reuid $user_id --regid $user_id --clear-groups --inh-caps $three --ambient-caps $three"
        no_bridge=
        [ "$number" -lt 6 ] || no_bridge="--network none"
        # shellcheck disable=SC2086
        check "what the caller has ambient is dropped" 0000000000000000 \
            "$(run --share user $no_bridge sed -n 's/^Cap\(Inh\|Prm\|Eff\|Amb\):.//p' /proc/self/status | sort -u)" \
            "the inheritable or the ambient set is not cleared" "capabilities(7)"
        as=$mine
    fi
    check "--cap-add CAP_SYS_ADMIN adds it" 00000000a82425fb \
        "$(run --cap-add CAP_SYS_ADMIN sed -n 's/^CapEff:.//p' /proc/self/status)" \
        "the mask is not looked at" "capabilities(7)"
    check "hostname cannot be changed inside any more" refused \
        "$(run sh -c 'hostname x 2>/dev/null || echo refused')" \
        "CAP_SYS_ADMIN is kept" "capabilities(7)"
    check "whom the map does not make root keeps no capability" "0000000000000000 7" \
        "$(run --map "7:$($as id -u):1" sh -c 'sed -n "s/^CapEff:.//p" /proc/self/status; id -u' | tr '\n' ' ' | sed 's/ $//')" \
        "ambient capabilities are set" "capabilities(7)"
}

verify_stage 05-proc
