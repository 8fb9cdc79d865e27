#!/bin/sh
# 04-mount, harder: a tmpfs where one is wanted, and volumes that follow the host.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# One of proc(5)'s mountinfo fields for a mount point of the held box: mount_field N TARGET.
mount_field() {
    awk -v n="$1" -v target="$2" '$5 == target { print $n }' \
        "/proc/$inside/mountinfo" 2>/dev/null
}

# Its optional fields without their numbers, "master " for a slave.
propagation() {
    awk -v target="$1" '$5 == target { for (i = 7; $i != "-"; i++) printf "%s ", $i }' \
        "/proc/$inside/mountinfo" 2>/dev/null | sed 's/:[0-9]*//g'
}

# The status of box for each value, behind that of one that is right: statuses OPTION VALUE...
statuses() {
    option=$1
    shift
    for value; do
        printf '%s ' "$(status --rootfs "$rootfs" "$option" "$value" true)"
    done
}

verify_04() {
    rootfs=$work/build/rootfs
    chmod 777 "$rootfs/run"
    further_tmpfs
    slaves
}

further_tmpfs() {
    task A "--tmpfs TARGET[:SIZE]"
    target=/run/lab$(random)
    kilobytes=$((4 * (100 + $(random) % 5000)))
    hold --rootfs "$rootfs" --tmpfs "$target:${kilobytes}k"
    check "TARGET is a tmpfs, nosuid and nodev" "tmpfs rw,nosuid,nodev" \
        "$(stat -f -c %T "/proc/$inside/root$target" 2>/dev/null) $(mount_field 6 "$target" | cut -d , -f 1-3)" \
        "not mounted, or without the flags" "tmpfs(5), mount(2)"
    check "it holds SIZE and no more" "$((kilobytes * 1024))" \
        "$(($(stat -f -c '%b * %S' "/proc/$inside/root$target" 2>/dev/null || echo 0)))" \
        "no size= in the data, or not in bytes" "tmpfs(5)"
    let_go
    check "with --read-only it is the one place that takes writes" "refused written" \
        "$(run --rootfs "$rootfs" --read-only --tmpfs "$target-2" sh -c "echo 2>/dev/null >/x || echo refused; echo written >$target-2/x; cat $target-2/x" 2>&1 | tr '\n' ' ' | sed 's/ $//')" \
        "mounted when the mount point cannot be made any more" "mount_setattr(2)"
    check "what is written there is not in the rootfs" "written, 0 files" \
        "$(run --rootfs "$rootfs" --tmpfs "$target" sh -c "echo written >$target/x; cat $target/x"), $(find "$rootfs$target" -type f 2>/dev/null | grep -c .) files" \
        "TARGET is a directory of the rootfs, nothing is mounted" "tmpfs(5)"
    mkdir "$work/volume"
    echo from-outside >"$work/volume/file"
    check "a volume may lie below it; two may be given" "from-outside two" \
        "$(run --rootfs "$rootfs" --volume "$work/volume:$target/deep/v" --tmpfs "$target" --tmpfs "$target-2:1m" sh -c "cat $target/deep/v/file; echo two >$target-2/x; cat $target-2/x" | tr '\n' ' ' | sed 's/ $//')" \
        "mounted after the volumes: it covers them" "mount(2)"
    # A link that climbs out: inside, `..` at the top stays there.
    mkdir -p "$work/outside" "$rootfs$work/outside"
    chmod -R go+rwX "$work/outside" "$rootfs$work"
    ln -s "../../../../../../../..$work/outside" "$rootfs/run/link"
    check "a link in the rootfs leads nowhere outside" "tmpfs 0" \
        "$(run --rootfs "$rootfs" --tmpfs /run/link/deep stat -f -c %T "$work/outside/deep") $(find "$work/outside" -mindepth 1 | grep -c .)" \
        "TARGET is looked up while the host's root is there" "path_resolution(7)"
    rm -rf --one-file-system "$rootfs/run/link" "${rootfs:?}/${work#/}"
    check "what is no target or no size is refused" \
        "0 0 125 125 125 125 125 125 125 125" \
        "$(statuses --tmpfs "$target" "$target:1m" "" / run "$target:" "$target:0" "$target:x" "$target:1m:1m")$(status --share mnt --tmpfs "$target" true)" \
        "size=0 means no limit; or the value is not looked at" "tmpfs(5)"
}

slaves() {
    task B "--volume SOURCE:TARGET:rslave"
    source=$work/source
    mkdir -p "$source/later" "$source/there" "$source/inside"
    chmod 777 "$source" "$source/inside"
    mount -t tmpfs tmpfs "$source/there"
    mkdir "$source/there/deep"
    content=content$(random)
    # Where the user namespace is the caller's the box's mounts are peers of the host's.
    share=
    [ "$starter" = user ] || share="--share user"
    # shellcheck disable=SC2016
    mounting='for i in inside there/deep; do mount -t tmpfs box /run/v/$i; done; exec "$@"'

    hold --rootfs "$rootfs" --volume "$source:/run/v:rslave"
    mount -t tmpfs tmpfs "$source/later"
    echo "$content" >"$source/later/file"
    mount -t tmpfs tmpfs "$source/there/deep"
    echo "$content" >"$source/there/deep/file"
    check "the host's later mounts appear in the box" "$content" \
        "$(cat "/proc/$inside/root/run/v/later/file" 2>&1)" \
        "cloned after make_mounts_private: the copy is private, too" \
        "mount_namespaces(7), open_tree(2)"
    check "also below a mount that was there before" "$content" \
        "$(cat "/proc/$inside/root/run/v/there/deep/file" 2>&1)" \
        "one mount alone is tied to the host, not those below it" "mount(2)"
    umount "$source/later" "$source/there/deep"
    check "and goes again" "0 mounts" \
        "$(grep -cE ' /run/v/(later|there/deep) ' "/proc/$inside/mountinfo" 2>/dev/null) mounts" \
        "copied once, in place of being tied to the host" "mount_namespaces(7)"
    let_go
    # shellcheck disable=SC2086
    hold --rootfs "$rootfs" $share --volume "$source:/run/v:rslave" sh -c "$mounting" sh
    check "what the box mounts there stays in the box" "2 inside, 0 outside" \
        "$(grep -c ' - tmpfs box ' "/proc/$inside/mountinfo" 2>/dev/null) inside, $(grep -c ' - tmpfs box ' /proc/self/mountinfo) outside" \
        "with --share user the copies are peers: first MS_SLAVE" \
        "mount_namespaces(7)" \
        "*1 outside" "MS_SLAVE without MS_REC: the mounts below are peers still"
    umount "$source/inside" "$source/there/deep" 2>/dev/null
    check "the volume is a slave, all else is private" "master , 0 others" \
        "$(propagation /run/v), $(grep -E ' (shared|master):' "/proc/$inside/mountinfo" 2>/dev/null | grep -vc ' /run/v[ /]') others" \
        "left as the host has it, or make_mounts_private is left out" "mount_namespaces(7)"
    let_go
    hold --rootfs "$rootfs" --volume "$source:/run/v" --volume "$source:/run/w:rslave"
    mount -t tmpfs tmpfs "$source/later"
    check "without rslave a volume does not follow" "0 and 1 mounts, nosuid,nodev" \
        "$(grep -c ' /run/v/later ' "/proc/$inside/mountinfo" 2>/dev/null) and $(grep -c ' /run/w/later ' "/proc/$inside/mountinfo" 2>/dev/null) mounts, $(mount_field 6 /run/w | cut -d , -f 2-3)" \
        "all volumes are taken before make_mounts_private" "mount_namespaces(7)"
    umount "$source/later"
    let_go
    check "other words, and what does not exist, are refused" "0 0 125 125 125 125 125 " \
        "$(statuses --volume "$source:/run/v:rslave" "$source:/run/v:ro" "$source:/run/v:rshared" "$source:/run/v:ro:rslave:x" "$source:rslave" "/no/such:/run/v:rslave" ":/run/v:rslave")" \
        "the rest of the value is not looked at" "argp(3)"
    umount "$source/there"
    rm -rf --one-file-system "$rootfs/run/v" "$rootfs/run/w"
}

verify_stage 04-mount
