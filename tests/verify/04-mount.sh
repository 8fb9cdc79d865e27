#!/bin/sh
# 04-mount: a root directory of its own.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Mounts of the held box in /proc/PID/mountinfo whose line matches.
mounts() {
    grep -cE "$1" "/proc/$inside/mountinfo" 2>/dev/null
}

# One of proc(5)'s mountinfo fields for a mount point: mount_field N TARGET.
mount_field() {
    awk -v n="$1" -v target="$2" '$5 == target { print $n }' \
        "/proc/$inside/mountinfo" 2>/dev/null
}

# What the last box said of itself, if it did not come to its command.
error() {
    head -n 1 "$work/error" | sed "s|$work/||g"
}

# The rootfs as the box's processes see it: if it is not their /, it has its own path.
# From 08 on / is an overlay of it.
rootfs_inside() {
    if [ "$number" -ge 8 ] || [ "$(stat -c %d:%i "$rootfs")" = "$(stat -c %d:%i "/proc/$inside/root/" 2>/dev/null)" ]; then
        echo /
    else
        echo "$rootfs"
    fi
}

# How many mounts of the box are tied to the host's, and whether / is among them.
how_tied() {
    tied=$(mounts ' (shared|master):')
    if [ "${tied:-0}" != 0 ] && [ "$(stat -c %m "$rootfs")" = / ]; then
        case $(awk '$5 == "/"' "/proc/$inside/mountinfo" 2>/dev/null) in
        *master:*) tied="$tied, / too" ;;
        *) tied="$tied, not /" ;;
        esac
    fi
    echo "$(own_namespace mnt) $tied"
}

# In the host's user namespace the box's mounts are peers of the host's: what it mounts,
# or unmounts, without MS_PRIVATE shows there. This host is one of its own, since it may
# lose all its mounts. Sets on_host, how many it has gained.
peers_on_host() {
    as="unshare --mount --propagation private unshare --mount --propagation shared"
    hold --share user --rootfs "$rootfs"
    as=
    on_host="no box"
    [ "$inside" = none ] ||
        on_host="host $(($(grep -c . "/proc/$launcher/mountinfo") - $(grep -c . /proc/self/mountinfo))) more"
    let_go
}

why_not_true() {
    because "*make all mounts private: Operation not permitted" 1 clone_flags \
        "CLONE_NEWNS is missing: these are the host's mounts" "mount_namespaces(7)"
    because "*detach the old root: Device or resource busy" 4 enter_root \
        "other mounts lie below the old root: MNT_DETACH is missing" "umount2(2)"
    # Both are EINVAL. With a rootfs that is a mount already bind_root() is not needed; in
    # a user namespace a mount that came along is locked to its place.
    mount --bind "$work/build/rootfs" "$work/build/rootfs"
    if [ "$(status --share user --rootfs "$work/build/rootfs" true)" = 0 ]; then
        because "*pivot_root *: Invalid argument" 3 bind_root \
            "the rootfs is no mount: bind it onto itself first" "pivot_root(2)"
    fi
    umount "$work/build/rootfs"
    because "*pivot_root *: Invalid argument" 4 enter_root \
        "no chdir to the rootfs before pivot_root of \".\"" "pivot_root(2), chdir(2)"
}

verify_04() {
    rootfs=$work/build/rootfs
    marker=marker$(random)
    echo "$marker" >"$rootfs/$marker"
    echo "$marker" >"$rootfs/root/$marker"
    mkdir "$rootfs/sub"
    # What a user's box makes in it must be allowed to him.
    chmod 777 "$rootfs/run"

    hold --rootfs "$rootfs"
    task 1 clone_flags
    check "the command has a mount namespace of its own" yes "$(own_namespace mnt)" \
        "the flag is not passed to start_box" "mount_namespaces(7)" \
        "no box" "it did not come to its command: $(error)"
    let_go
    check_share mnt

    hold --rootfs "$rootfs"
    task 2 make_mounts_private 1
    tied=$(how_tied)
    if [ "$starter" = root ]; then
        let_go
        peers_on_host
        [ "$tied" = "yes 0" ] || tied="$tied, $on_host"
    fi
    check "no mount of the box is a peer or slave of the host's" "yes 0" "$tied" \
        "no mount(2) with MS_PRIVATE, or without MS_REC" "mount_namespaces(7), mount(2)" \
        "*host 0 more" "MS_SLAVE: the host's later mounts still come in" \
        "*host -* more" "MS_REC forgotten: what is mounted below / stays tied" \
        "*host * more" "MS_PRIVATE comes after the first mount, or open_tree(2)" \
        "*not /*" "MS_REC forgotten: what is mounted below / stays tied" \
        "*/ too*" "no mount(2) of / with MS_PRIVATE"
    if [ "$starter" = root ]; then
        check "--share user: no mount of the box shows on the host" "host 0 more" "$on_host" \
            "MS_PRIVATE comes after the first mount" "mount_namespaces(7)" \
            "no box" "it did not come to its command: $(error)"
        hold --rootfs "$rootfs"
    fi

    task 3 bind_root 1
    check "device nodes in the rootfs do not work: / is nodev" nodev \
        "$(mount_field 6 "$(rootfs_inside)" | grep -o nodev)" \
        "set_mount_attributes forgotten" "mount_setattr(2)"

    # From 08 on / is an overlay, which takes no mounts along.
    if [ "$number" -lt 8 ]; then
        let_go
        mount -t tmpfs tmpfs "$rootfs/sub"
        echo below >"$rootfs/sub/file"
        hold --rootfs "$rootfs"
        sub=$(rootfs_inside | sed 's|/$||')/sub
        check "what is mounted below the rootfs is there, and nodev" "below nodev" \
            "$(if [ "$inside" = none ]; then error; else cat "/proc/$inside/root$sub/file" 2>/dev/null; fi) $(mount_field 6 "$sub" | grep -o nodev)" \
            "MS_REC forgotten in the bind mount" "mount(2), mount_setattr(2)" \
            "below*" "the attribute is not set on all of it: it must be recursive"
        let_go
        umount "$rootfs/sub"
        hold --rootfs "$rootfs"
    fi

    task 4 enter_root 3
    # From 08 on / is an overlay of it.
    [ "$number" -ge 8 ] || check "/ is the rootfs" "$(stat -c %d:%i "$rootfs")" \
        "$(stat -c %d:%i "/proc/$inside/root/" 2>/dev/null)" \
        "another path than bind_root's" "pivot_root(2)" \
        "$(stat -c %d:%i /)" "no pivot_root: / is still the host's"
    check "ls / lists the rootfs" "$(ls "$rootfs" | tr '\n' ' ')" \
        "$(run --rootfs "$rootfs" ls / | tr '\n' ' ')" \
        "no pivot_root, or no chdir before it" "pivot_root(2)"
    check "ls /root lists that of the rootfs" "$marker" \
        "$(run --rootfs "$rootfs" ls /root)" \
        "no pivot_root, or no chdir before it" "pivot_root(2)"
    check "of the host's mounts none is left inside" "1 and 0 others" \
        "$(mount_field 5 / | grep -c .) and $(awk '$5 !~ "^/(dev|tmp|proc|sub|etc/resolv.conf)?(/|$)"' "/proc/$inside/mountinfo" 2>/dev/null | grep -c .) others" \
        "mounts of the host's in the new root" "umount2(2), MNT_DETACH" \
        "[2-9]*" "the old root is still mounted: no umount2"
    check "the rootfs is the root of the mount namespace itself" "$marker" \
        "$(cd -P "/proc/$inside/root/.." 2>/dev/null && echo marker*)" \
        "chroot in place of pivot_root: root inside can leave it" "pivot_root(2), chroot(2)"
    check "the working directory is /" / \
        "$(run --rootfs "$rootfs" pwd)" \
        "no chdir: the working directory is still one of the host's" "chdir(2)"

    task 5 mount_tmp 4
    check "/tmp is a tmpfs of its own" tmpfs "$(stat -f -c %T "/proc/$inside/root/tmp" 2>/dev/null)" \
        "mount_tmp is not called, or before enter_root" "tmpfs(5)"
    check "leopard.txt in /tmp is not in the rootfs" "leopard no" \
        "$(run --rootfs "$rootfs" sh -c 'echo leopard >/tmp/leopard.txt; cat /tmp/leopard.txt') $(if [ -e "$rootfs/tmp/leopard.txt" ]; then echo yes; else echo no; fi)" \
        "/tmp is a directory of the rootfs" "tmpfs(5)"
    check "/tmp is nosuid and nodev, and everybody may write" "rw,nosuid,nodev,relatime 1777" \
        "$(mount_field 6 /tmp) $(stat -c %a "/proc/$inside/root/tmp" 2>/dev/null)" \
        "the flags are others than MS_NOSUID and MS_NODEV" "tmpfs(5), mount(2)" \
        "*nodev* 777" "the sticky bit is missing: anybody may delete anything" \
        "*nodev,relatime *" "the mode is not 1777" \
        "rw,nosuid,relatime *" "MS_NODEV is not passed to mount" \
        "*noexec*" "MS_NOEXEC is passed: what is built in /tmp could not run"
    let_go

    task given "/dev, volumes, read-only" 5
    check "/dev holds what a program expects" "full null ptmx pts random shm tty urandom zero" \
        "$(run --rootfs "$rootfs" ls /dev | grep -Ev '^(fd|std.*)$' | tr '\n' ' ' | sed 's/ $//')" \
        "clone_devices or mount_dev was changed" "null(4), pts(4)"
    check "a terminal can be opened inside, by everybody" "opened 666 1777" \
        "$(run --rootfs "$rootfs" sh -c ': <>/dev/ptmx && echo opened $(stat -c %a /dev/pts/ptmx) $(stat -c %a /dev/shm)')" \
        "no devpts instance, or no ptmxmode" "pts(4)"
    if [ "$starter" = root ]; then
        check "a device node made inside does not work" "none opens" \
            "$(run --share user --rootfs "$rootfs" sh -c 'for d in /dev /dev/shm /tmp ""; do
                mknod $d/node c 1 3 && (: >$d/node) && echo $d; rm -f $d/node; done; echo none opens' | tr '\n' ' ' | sed 's/ $//')" \
            "a mount without MOUNT_ATTR_NODEV or MS_NODEV" "mount_setattr(2)"
    fi
    check "the host's device nodes cannot be changed, but used" "read-only works" \
        "$(run --rootfs "$rootfs" sh -c 'chmod 666 /dev/null 2>&1 | grep -c Read-only | sed s/1/read-only/; echo x >/dev/null && echo works' | tr '\n' ' ' | sed 's/ $//')" \
        "the binds lack MOUNT_ATTR_RDONLY" "mount_setattr(2)"
    mkdir "$work/volume"
    chmod 777 "$work/volume"
    echo from-outside >"$work/volume/file"
    check "--volume shows a directory, and takes writes" "from-outside from-inside" \
        "$(run --rootfs "$rootfs" --volume "$work/volume:/tmp/v" sh -c 'cat /tmp/v/file; echo from-inside >/tmp/v/new') $(cat "$work/volume/new" 2>/dev/null || error)" \
        "volumes are not attached" "open_tree(2), move_mount(2)" \
        "*/box: *" "volumes are taken after enter_root: their sources are gone" \
        "*can't open*" "volumes are attached before mount_tmp, which covers them"
    check "--volume with :ro takes none" "from-outside refused" \
        "$(run --rootfs "$rootfs" --volume "$work/volume/file:/tmp/a/b:ro" sh -c 'cat /tmp/a/b; echo x 2>/dev/null >/tmp/a/b || echo refused' 2>/dev/null | tr '\n' ' ' | sed 's/ $//')" \
        "MOUNT_ATTR_RDONLY is not passed" "mount_setattr(2)"
    check "--read-only: / takes no writes, /tmp does" "refused taken" \
        "$(run --rootfs "$rootfs" --read-only sh -c 'echo 2>/dev/null >/x || echo refused; echo >/tmp/x && echo taken' | tr '\n' ' ' | sed 's/ $//')" \
        "attributes are set before the last mount point is made" "mount_setattr(2)" \
        taken "the attribute is not set, or on the old root: before enter_root" \
        refused "the attribute is set on all mounts below as well"
    check "--read-only comes after the mount points of volumes" from-outside \
        "$(run --rootfs "$rootfs" --read-only --volume "$work/volume:/run/new/deep" cat /run/new/deep/file)" \
        "attributes are set before the last mount point is made" "mount_setattr(2)"
    hold --rootfs "$rootfs" --read-only
    check "--read-only leaves /dev as it is" "ro rw" \
        "$(mount_field 6 / | cut -d , -f 1) $(mount_field 6 /dev | cut -d , -f 1)" \
        "AT_RECURSIVE where it does not belong" "mount_setattr(2)"
    let_go
    # A rootfs whose mount points are links that climb out: inside, `..` at the
    # top stays there, so they must end in the trap's own directories.
    mkdir -p "$work/trap/bin" "$work/target" "$work/trap$work/target"
    cp "$rootfs/bin/busybox" "$work/trap/bin/"
    ln -s busybox "$work/trap/bin/sh"
    for name in dev proc tmp volume; do
        mkdir "$work/target/$name" "$work/trap$work/target/$name"
        ln -s "../../../../../../..$work/target/$name" "$work/trap/$name"
    done
    chmod -R go+rwX "$work/target" "$work/trap"
    own "$work/trap"
    check "links in the rootfs lead nowhere outside" "from-outside 0 outside" \
        "$(run --rootfs "$work/trap" --volume "$work/volume:/volume/deep" busybox cat /volume/deep/file) $(find "$work/target" ! -type d | wc -l) outside" \
        "targets are looked up while the old root is there" "path_resolution(7)"
    rm -rf --one-file-system "${rootfs:?}/$marker" "$rootfs/root/$marker" "$rootfs/sub" "$rootfs/run/new"
}

verify_stage 04-mount
