#!/bin/sh
# Makes the disk that vm.sh boots from, build/vm/ARCH/disk: a small Debian 12 with its
# kernels, and the lab, built for it. ARCH is arm64, or by default this machine's own.
# Nothing of this machine gets into it, nothing in it is run here, and nothing is
# installed; an ordinary user may do it all.
#
#   disk.sh [KERNEL...]    6.1, 6.12, or a package to be added, FILE.deb
#
# The Debian, build/vm/ARCH/root, is fetched once. It is also what the lab is built
# against: its libraries are there.
set -eu
umask 022

cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
native=$(dpkg --print-architecture)
arch=${ARCH:-$native}
vm=build/vm/$arch
root=$vm/root

fail() {
    echo "make check-vm: $*" >&2
    exit 1
}

case $arch in
"$native") compiler=${CC:-cc} ;;
arm64) compiler=aarch64-linux-gnu-gcc ;;
*) fail "ARCH=$arch: expected $native or arm64" ;;
esac

# The version of the kernel in a package.
version_in() {
    dpkg-deb -c "$1" | sed -n 's,.*\./boot/vmlinuz-,,p'
}

for kernel; do
    case $kernel in
    6.1 | 6.12) ;;
    *.deb) [ -n "$(version_in "$kernel")" ] || fail "KERNEL=$kernel: holds no boot/vmlinuz-*; expected a kernel's package" ;;
    *) fail "KERNEL=$kernel: expected 6.1, 6.12 or a kernel's package, FILE.deb" ;;
    esac
done

# ---- Debian ----------------------------------------------------------------------

# The kernels of Debian 12, and 13's as 12 has it.
packages="linux-image-cloud-$arch linux-image-6.12-cloud-$arch"
# What the scripts run, and what those need that no package names: directories, passwd
# and group, the locale C.UTF-8, libgcc for a thread that ends, terminfo for expect.
packages="$packages base-files base-passwd bash busybox-static coreutils dash diffutils
    expect findutils grep hostname iproute2 iputils-ping kmod libc-bin libgcc-s1 mawk
    mount ncurses-base nftables procps sed tar util-linux"
# What the lab is built with.
packages="$packages check libc6-dev libcap-dev"

# No package's script is run: another machine's would not run here.
fetch_root() {
    rm -rf --one-file-system "$root"
    mkdir -p "$root/usr"
    for directory in bin lib lib64 sbin; do
        mkdir "$root/usr/$directory"
        ln -s "usr/$directory" "$root/$directory"
    done
    echo "fetches a small Debian for $arch, about 100 MB" >&2
    # shellcheck disable=SC2086
    mmdebstrap --quiet --mode=chrootless --skip=check/chrootless --variant=extract \
        --architectures="$arch" --include="$(echo $packages | tr ' ' ,)" bookworm - |
        tar -x -C "$root" --keep-directory-symlink --exclude='./dev/*' \
            --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
            --exclude='./usr/share/locale/*' ||
        fail "cannot fetch packages of Debian 12; is there a network?"
    # What the packages' scripts would have made.
    ln -s mawk "$root/usr/bin/awk"
    mkdir "$root/mnt"
    cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
    cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
    echo 'user:x:12345:12345:user:/tmp:/bin/sh' >>"$root/etc/passwd"
    echo 'user:x:12345:' >>"$root/etc/group"
    echo 'nameserver 192.0.2.53' >"$root/etc/resolv.conf"
    for kernel in "$root"/lib/modules/*; do
        depmod -b "$root" "${kernel##*/}"
    done
    echo "$packages" >"$vm/complete"
}

[ "$(cat "$vm/complete" 2>/dev/null)" = "$packages" ] || fetch_root
for kernel; do
    case $kernel in *.deb) ;; *) continue ;; esac
    dpkg-deb --fsys-tarfile "$kernel" | tar -x --keep-directory-symlink -C "$root"
    depmod -b "$root" "$(version_in "$kernel")"
done

# ---- the lab ---------------------------------------------------------------------

# A copy, so that what is built here for this machine stays as it is. Files keep
# their times, so that only what has changed is built again.
mkdir -p "$root/lab"
find Makefile common tests 0?-* -type f ! -name box ! -name hog | cpio -pdmu --quiet "$root/lab"
# Nothing can be built in the machine itself. make's own variables would take
# precedence over this CC, which is relative: a path in it may have a space.
(
    unset MAKEFLAGS
    export CC="$compiler --sysroot=.."
    cd "$root/lab" && make -s check-programs && cp ../bin/busybox build/rootfs/bin/ &&
        tests/mistakes.sh --build build/mistakes && tests/harder.sh --build build/harder 07-cgroup
) >&2 || fail "the lab cannot be built for $arch"
chmod -R a+rX "$root/lab"

cp tests/vm/guest.sh "$root/guest"
rm -f "$vm/disk.new"
mke2fs -qF -t ext4 -d "$root" -E root_owner=0:0 "$vm/disk.new" 1G >/dev/null
# A machine that runs keeps the one before.
mv "$vm/disk.new" "$vm/disk"
