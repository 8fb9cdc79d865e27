#!/bin/sh
# make rootfs: from busybox, and from archives; and what a box says of one that is not
# there, or called by an odd name.
# seconds: 4
# shellcheck disable=SC2086
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
mkdir "$work/lab"
cp -a Makefile common "$work/lab/"
rootfs() {
    (cd "$work/lab" && common/tools/rootfs.sh "$@" 2>&1)
}

rootfs >/dev/null && "$work/05-proc/box" --rootfs "$work/lab/build/rootfs" sh -c 'ls / | grep -q bin && id | grep -q root'
verdict "make rootfs builds one from busybox that a box runs in" $?

# An archive as `docker export` writes it, and as Alpine ships it.
tar -C "$work/lab/build/rootfs" -cf "$work/export.tar" .
tar -C "$work/lab/build/rootfs" -czf "$work/alpine.tar.gz" ./bin ./etc ./usr
(cd "$work/lab/build/rootfs" && tar -cJf "$work/base.tar.xz" bin etc sbin)
for archive in export.tar alpine.tar.gz base.tar.xz; do
    rootfs "$work/$archive" >/dev/null &&
        "$work/05-proc/box" --rootfs "$work/lab/build/rootfs" sh -c 'test -e /proc/1 && test -c /dev/null'
    verdict "make rootfs FROM=$archive unpacks one that a box runs in" $?
done

echo kept >"$work/lab/build/rootfs/kept"
echo nonsense >"$work/nonsense.tar"
tar -C "$work" -cf "$work/no-shell.tar" nonsense.tar
for archive in nonsense.tar no-shell.tar missing.tar --remove; do
    [ $archive = --remove ] || archive=$work/$archive
    output=$(rootfs --from "$archive") && status=0 || status=$?
    [ "$status" != 0 ] && [ -e "$work/lab/build/rootfs/kept" ] &&
        [ ! -e "$work/lab/build/rootfs.new" ] &&
        case $output in *expected*) true ;; *) false ;; esac
    verdict "make rootfs FROM=$archive is refused, and the old one stays" $?
done

# A tree with a mount in it is not removed from under it.
mount -t tmpfs tmpfs "$work/lab/build/rootfs/etc"
! rootfs >/dev/null && [ -d "$work/lab/build/rootfs/etc" ]
verdict "make rootfs leaves a tree alone in which something is mounted" $?
umount "$work/lab/build/rootfs/etc"
rm -rf --one-file-system "$work/lab"

# ---- which one a box takes --------------------------------------------------------

cd "$work" || exit 1
for box in 0[4-8]-*/box; do
    # A copy of the program with nothing around it.
    mkdir "/tmp/${box%/box}"
    cp "$box" "/tmp/$box"
    for as in "" "$as_user"; do
        starter=${as:+ as a user}
        refused "make rootfs" $as "/tmp/$box" true
        verdict "$box without a rootfs$starter says what makes one" $?
        refused "the root of the host" $as "$box" --rootfs / true
        verdict "$box --rootfs /$starter is refused" $?
        { $as "$box" --rootfs build/../build/rootfs/ true && cd build/rootfs && $as "$work/$box" --rootfs . true; } >said 2>&1 ||
            { cat "$work/said" && false; }
        verdict "$box takes a rootfs by a path that is not the shortest$starter" $?
        cd "$work" || exit 1
    done
done
cd "$lab" || exit 1

done_testing
