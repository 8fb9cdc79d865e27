#!/bin/sh
# Makes build/rootfs, the file system that the boxes from 04-mount on start in.
#
#   rootfs.sh            from the distribution's static busybox
#   rootfs.sh [--from] FILE.tar
#                        from an archive of a root file system, also .gz or .xz: an
#                        Alpine mini rootfs, an Ubuntu base, a docker export
#   rootfs.sh --remove   takes it away, for make clean
#   rootfs.sh --own [COMMAND ARG...]
#                        for root, where it is not root's: in this mount namespace, or
#                        in the command's, a copy of root's in its place
#
# It belongs to the clone's owner. Root has no rights on his files in a box that maps
# root alone: hence the copy.
# The new tree takes the old one's place only when it is complete.
set -eu
umask 022

fail() {
    echo "make rootfs: $*" >&2
    exit 1
}

archive=${1:-} option=
case $archive in
--from) archive=${2:-} ;;
--own | --remove) option=$1 archive='' ;;
esac
rootfs=build/rootfs
new=build/rootfs.new
old=build/rootfs.old

remove() {
    [ -e "$1" ] || return 0
    find "$1" -xdev -type d ! -perm -u+rwx -exec chmod u+rwx {} +
    rm -rf --one-file-system "$1"
}

from_busybox() {
    busybox=$(command -v busybox) ||
        fail "busybox is missing: make prepare"
    if ldd "$busybox" 2>/dev/null | grep -q '=>'; then
        fail "$busybox needs libraries that a box does not have: install the static one (busybox-static)"
    fi
    mkdir -p "$new/bin" "$new/etc" "$new/usr"
    cp -L "$busybox" "$new/bin/busybox"
    chmod 755 "$new/bin/busybox"
    # One program with many names; the names stand where a system has them.
    "$busybox" --list-full | while read -r path; do
        mkdir -p "$new/$(dirname "$path")"
        [ "$path" = bin/busybox ] || ln -sf /bin/busybox "$new/$path"
    done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$new/etc/passwd"
    echo 'nobody:x:65534:65534:nobody:/nonexistent:/bin/false' >>"$new/etc/passwd"
    echo 'root:x:0:' >"$new/etc/group"
    echo 'nogroup:x:65534:' >>"$new/etc/group"
}

from_archive() {
    # Device nodes are the box's business, and only root could make them.
    if ! tar --force-local -xpf "$archive" -C "$new" --anchored --exclude='./dev/*' --exclude='dev/*' 2>/dev/null; then
        remove "$new"
        fail "FROM=$archive: tar cannot unpack it; expected a .tar, .tar.gz or .tar.xz"
    fi
    if [ ! -e "$new/bin/sh" ] && [ ! -L "$new/bin/sh" ] && [ ! -L "$new/bin" ]; then
        remove "$new"
        fail "FROM=$archive: holds no bin/sh; expected the root file system of a Linux"
    fi
}

if [ "$option" = --own ]; then
    shift
    lab=$(cd "$(dirname "$0")/../.." && pwd)
    rootfs=$lab/build/rootfs
    if [ "$(id -u)" != 0 ] || [ ! -e "$rootfs" ] || [ -O "$rootfs" ]; then
        [ $# = 0 ] || exec "$@"
        exit
    fi
    [ $# = 0 ] || exec unshare --mount sh -c '"$0" --own && cd "$PWD" && exec "$@"' "$0" "$@"
    new=$(mktemp -d)
    mount -t tmpfs -o mode=755 tmpfs "$new"
    # What only its owner may read is left out.
    cp -dR --preserve=mode,links,timestamps "$rootfs/." "$new" 2>/dev/null || true
    mount -n --move "$new" "$rootfs"
    # Nor can root in a box pass a directory that its owner keeps closed, such as a home.
    # An open one takes its place, with nothing in it but the lab and where we are.
    closed='' above=$lab
    while above=${above%/*} && [ -n "$above" ]; do
        case $(stat -c %u:%a "$above") in 0:*) ;; *[0246]) closed=$above ;; esac
    done
    if [ -n "$closed" ]; then
        mount -t tmpfs -o mode=755 tmpfs "$new"
        for directory in "$lab" "${LAB_PWD:-$lab}"; do
            case $directory/ in
            "$closed"/?*)
                mkdir -p "$new/${directory#"$closed"}"
                mount --rbind "$directory" "$new/${directory#"$closed"}"
                ;;
            esac
        done
        mount -n --move "$new" "$closed"
    fi
    rmdir "$new"
    exit
fi
if [ -n "$archive" ] && [ ! -f "$archive" ]; then
    fail "FROM=$archive: no such file; expected a .tar, .tar.gz or .tar.xz"
fi
[ ! -L build ] || fail "build is a link; expected a directory"
# rm must not reach what somebody has mounted there, a host's /dev perhaps. The
# kernel writes a space as \040.
mounts=$(while read -r _ _ _ _ target _; do
    target=$(printf '%b' "$target")
    case $target in "$(pwd -P)/build/rootfs"*) printf '%s ' "${target#"$(pwd -P)/"}" ;; esac
done </proc/self/mountinfo)
[ -z "$mounts" ] || fail "something is mounted there; unmount it first: $mounts"
if [ "$option" = --remove ]; then
    remove "$new"
    remove "$old"
    remove "$rootfs"
    exit 0
fi
mkdir -p build
remove "$new"
remove "$old"
mkdir "$new"
if [ -n "$archive" ]; then
    from_archive
else
    from_busybox
fi
# What the boxes mount on. An ordinary user's box may not be able to make them
# later, in a tree that root has built.
for directory in dev proc sys tmp root run; do
    [ -e "$new/$directory" ] || [ -L "$new/$directory" ] || mkdir "$new/$directory"
done
# The helper of 07-cgroup: `hog memory 50`.
if [ -d "$new/bin/" ] && [ -x 07-cgroup/hog ]; then
    cp 07-cgroup/hog "$new/bin/"
fi
mkdir -p "$new/etc"
[ -e "$new/etc/resolv.conf" ] || [ -L "$new/etc/resolv.conf" ] || : >"$new/etc/resolv.conf"
[ -L "$new/tmp" ] || chmod 1777 "$new/tmp"
chmod 755 "$new"
if [ -e "$rootfs" ]; then
    mv "$rootfs" "$old"
fi
mv "$new" "$rootfs"
remove "$old"
echo "build/rootfs is ready, $(du -sh "$rootfs" | cut -f1)"
