#!/bin/sh
# Boots a stock kernel in QEMU with the built lab inside. There cgroup v2 has all
# controllers, as on learners' machines, and nothing that is done in it reaches
# this one.
#
#   vm.sh check KERNEL     the verify scripts and the Check suite; exits with
#                          their status. A hang or a panic is a failure
#   vm.sh shell KERNEL     a shell as root in the lab
#   vm.sh script KERNEL FILE   runs a shell script of yours there, as root; what lies
#                          below the directory VM_FILES names is there, too
#
# KERNEL as in kernel.sh. All of it is software emulation.
set -eu

cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
mode=$1
script=${3:-}
kernel=$(tests/vm/kernel.sh "$2")
seconds=${VM_SECONDS:-1800}
mkdir -p build/vm
work=$(mktemp -d "$PWD/build/vm/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

image=$(echo "$kernel"/boot/vmlinu[xz]-*)
version=${image##*/vmlinu?-}

# ---- the first file system: modules, and the way to the disk -------------------

# What a machine of QEMU's needs, and the lab: links, rules, overlay.
modules="virtio_pci virtio_mmio virtio_blk ext4 veth bridge overlay nf_tables
    nft_chain_nat nft_masq nft_nat nft_ct nft_fib_ipv4 nft_fib nf_nat"

make_initramfs() {
    mkdir -p "$work/initramfs/bin" "$work/initramfs/modules" "$work/initramfs/new"
    cp "$(command -v busybox)" "$work/initramfs/bin/"
    cp tests/vm/init.sh "$work/initramfs/init"
    mkdir -p "$work/kernel/lib"
    if [ -d "$kernel/lib/modules" ]; then
        cp -r "$kernel/lib/modules" "$work/kernel/lib/"
    else
        cp -r "$kernel/usr/lib/modules" "$work/kernel/lib/"
    fi
    # busybox insmod takes no compressed ones.
    find "$work/kernel" -name '*.ko.xz' -exec xz -d {} +
    find "$work/kernel" -name '*.ko.zst' -exec zstd -q -d --rm {} +
    depmod -b "$work/kernel" "$version"
    # What is built in is left out. Names that a kernel does not have, too.
    for module in $modules; do
        modprobe -d "$work/kernel" -S "$version" -D "$module" 2>/dev/null || true
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$work/order"
    while read -r file; do
        cp "$file" "$work/initramfs/modules/"
        basename "$file"
    done <"$work/order" >"$work/initramfs/modules/order"
    (cd "$work/initramfs" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initramfs.gz"
    rm -rf "$work/kernel" "$work/initramfs"
}

# ---- the disk: this host's programs with their libraries, and the lab ------------

programs="awk basename bash busybox bridge cat chgrp chmod chown cksum cmp comm cp cut
    date dd df diff dirname domainname du echo env expect expr false find findmnt flock fold grep head
    hostname id ip ipcmk ipcrm ipcs kill ldd ln ls lsns mkdir mkfifo mknod mktemp mount mv nft nproc
    nsenter od pgrep ping pivot_root chroot pkill printf prlimit ps pwd readlink realpath rm rmdir sed seq setpriv
    sh sleep sort ss stat stty sync tail tar tee test timeout touch tr true uname uniq
    unshare umount wc which whoami xargs"

make_root() {
    root=$work/root
    mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/root" \
        "$root/etc" "$root/var/tmp" "$root/usr/bin" "$root/lab/build" "$root/mnt"
    for name in bin sbin lib lib64; do
        ln -s "usr/$name" "$root/$name"
    done
    ln -s bin "$root/usr/sbin"
    chmod 1777 "$root/tmp" "$root/var/tmp"
    for program in $programs; do
        # Not `command -v`, which answers with the shell's own.
        path=$(bash -c "type -P $program") || continue
        cp -L "$path" "$root/usr/bin/$program"
        ldd "$path" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[ \t]*\(\/[^ ]*\) (.*/\1/p'
    done >"$work/libraries"
    for program in build/check_common build/check_parse build/check_stages; do
        ldd "$program" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p'
    done >>"$work/libraries"
    # A thread that ends loads this one.
    PATH=$PATH:/usr/sbin:/sbin ldconfig -p |
        sed -n 's/.*libgcc_s\.so\.1 .*x86-64.* => //p; s/.*libgcc_s\.so\.1 .*AArch64.* => //p' >>"$work/libraries"
    sort -u "$work/libraries" | while read -r library; do
        # /lib is a link to /usr/lib there, as it is here or not.
        path=${library#/usr}
        mkdir -p "$root/usr${path%/*}"
        cp -L "$library" "$root/usr$path"
    done
    [ ! -d /usr/lib/locale/C.utf8 ] || {
        mkdir -p "$root/usr/lib/locale"
        cp -r /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
    }
    # expect's own language, in the files that it reads when it starts.
    for path in $(dpkg -L libtcl8.6 tcl-expect 2>/dev/null | grep -E '/tcl8.6/[^/]*\.tcl$|/tcl8.6/tclIndex$|expect[^/]*/[^/]*\.tcl$'); do
        mkdir -p "$root${path%/*}"
        cp "$path" "$root$path"
    done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    echo 'user:x:12345:12345:user:/tmp:/bin/sh' >>"$root/etc/passwd"
    echo 'nobody:x:65534:65534:nobody:/:/bin/false' >>"$root/etc/passwd"
    printf 'root:x:0:\nuser:x:12345:\nnogroup:x:65534:\n' >"$root/etc/group"
    echo 'nameserver 192.0.2.53' >"$root/etc/resolv.conf"
    cp -r Makefile common tests 0?-* "$root/lab/"
    cp -r build/rootfs build/check_common build/check_parse build/check_stages \
        build/refuse build/inside build/doctor build/reaper "$root/lab/build/"
    # Nothing can be built there.
    tests/mistakes.sh --build "$root/lab/build/mistakes"
    tests/harder.sh --build "$root/lab/build/harder" 07-cgroup
    cp tests/vm/inside.sh "$root/inside"
    [ -z "$script" ] || cp "$script" "$root/lab/script"
    [ -z "${VM_FILES:-}" ] || cp -r "$VM_FILES/." "$root/"
    mke2fs -qF -t ext4 -d "$root" -E root_owner=0:0 "$work/root.ext4" 400M >/dev/null
    rm -rf "$root"
}

# ---- the machine -----------------------------------------------------------------

# ACCEL=kvm is faster where it works, which a /dev/kvm alone does not promise.
# With a thread for each CPU an emulated kernel that patches its own code was seen
# to run into the patch on the other CPU ("Oops: int3").
accelerator=${ACCEL:-tcg,thread=single}

# run_qemu WORDS...: words before it, such as a time limit.
run_qemu() {
    case $(uname -m) in
    x86_64) machine=q35 console=ttyS0 ;;
    aarch64) machine=virt console=ttyAMA0 ;;
    *) echo "make check-vm: no machine for $(uname -m)" >&2 && exit 1 ;;
    esac
    cpu=max
    [ "$accelerator" != kvm ] || cpu=host
    size=$(stty size 2>/dev/null | tr ' ' x)
    "$@" "qemu-system-$(uname -m)" -machine "$machine" -accel "$accelerator" -cpu "$cpu" \
        -smp 2 -m 1024 -nodefaults -no-user-config -display none -no-reboot \
        -chardev stdio,id=terminal,signal=off -serial chardev:terminal \
        -drive "file=$work/root.ext4,format=raw,if=none,id=root,cache=unsafe" \
        -device virtio-blk-pci,drive=root -kernel "$image" -initrd "$work/initramfs.gz" \
        -append "console=$console quiet loglevel=1 panic=-1 lab.mode=$mode lab.size=$size"
}

make_initramfs
make_root
if [ "$mode" = shell ]; then
    run_qemu env
    exit
fi
echo "# Linux $version"
run_qemu timeout -k 5 "$seconds" </dev/null | sed -u 's,\r,,g' | tee "$work/output"
# The machine's own last line; what hangs or panics says none.
status=$(sed -n 's/^lab: status //p' "$work/output")
if [ -z "$status" ]; then
    echo "not ok - Linux $version came to its end (within $seconds s)"
    exit 1
fi
exit "$status"
