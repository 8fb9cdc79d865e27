#!/bin/sh
# Boots a kernel of Debian in QEMU, with a small Debian and the built lab. There
# cgroup v2 has all controllers, as on learners' machines, and nothing that is done
# in it reaches this one.
#
#   vm.sh check KERNEL FILE    the verify scripts and the Check suite, which say all in
#                              FILE, too; exits with their status. A hang or a panic is
#                              a failure. disk.sh has been run
#   vm.sh shell KERNEL         a shell as root in the lab
#   vm.sh script KERNEL FILE [DIRECTORY]
#                              runs a shell script of yours there, as root; what lies
#                              below DIRECTORY is there, too
#
# KERNEL and ARCH as in disk.sh. Unless ACCEL says otherwise, all of it is software
# emulation.
set -eu

cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin
mode=$1
arch=${ARCH:-$(dpkg --print-architecture)}
root=build/vm/$arch/root
[ "$mode" = check ] || tests/vm/disk.sh "$2"
work=$(mktemp -d "$PWD/build/vm/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP PIPE

case $2 in
*.deb) image=$root$(dpkg-deb -c "$2" | sed -n 's,.*\.\(/boot/vmlinuz-.*\),\1,p') ;;
*) image=$(echo "$root/boot/vmlinuz-$2".*) ;;
esac
version=${image##*/vmlinuz-}

# The first file system: the way to the disk, and further files for it. busybox insmod takes no packed modules,
# and what is built in is left out.
mkdir -p "$work/initramfs/bin" "$work/initramfs/modules" "$work/initramfs/new" "$work/initramfs/files/lab"
cp "$root/bin/busybox" "$work/initramfs/bin/"
cp tests/vm/init.sh "$work/initramfs/init"
[ "$mode" != script ] || cp "$3" "$work/initramfs/files/lab/script"
[ -z "${4:-}" ] || cp -r "$4/." "$work/initramfs/files/"
for module in virtio_pci virtio_blk ext4; do
    modprobe -d "$root" -S "$version" -D "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
    while read -r file; do
        name=$(basename "$file" .xz)
        case $file in
        *.xz) xz -dc "$file" ;;
        *) cat "$file" ;;
        esac >"$work/initramfs/modules/$name"
        echo "$name"
    done >"$work/order"
mv "$work/order" "$work/initramfs/modules/"
(cd "$work/initramfs" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initramfs.gz"

# arm64's pointer authentication, which the CPU `max` has, is slow to emulate.
case $arch in
amd64) machine="x86_64 -machine q35 -cpu max" console=ttyS0 ;;
arm64) machine="aarch64 -machine virt,gic-version=3 -cpu cortex-a72" console=ttyAMA0 ;;
esac
# ACCEL=kvm is faster where it works, which a /dev/kvm alone does not promise.
# With a thread for each CPU an emulated kernel that patches its own code was seen
# to run into the patch on the other CPU ("Oops: int3").
accelerator=${ACCEL:-tcg,thread=single}
[ "$accelerator" != kvm ] || machine="${machine% *} host"

# run_qemu WORDS...: words before it, such as a time limit.
# norandmaps: what QEMU has translated, it finds again only at the same address. With
# random ones each program's libraries are translated anew, five times as slow.
# nokaslr: with it arm64 needs no page tables apart for the kernel, slow as well.
run_qemu() {
    size=$(stty size 2>/dev/null | tr ' ' x)
    # shellcheck disable=SC2086
    "$@" qemu-system-$machine -accel "$accelerator" \
        -smp 2 -m 1024 -nodefaults -no-user-config -display none -no-reboot \
        -chardev stdio,id=terminal,signal=off -serial chardev:terminal \
        -drive "file=build/vm/$arch/disk,format=raw,if=none,id=root,snapshot=on,cache=unsafe" \
        -device virtio-blk-pci,drive=root -kernel "$image" -initrd "$work/initramfs.gz" \
        -append "console=$console quiet loglevel=1 panic=-1 norandmaps nokaslr lab.mode=$mode lab.size=$size"
}

if [ "$mode" = shell ]; then
    run_qemu env
    exit
fi
said=$work/said
[ "$mode" != check ] || said=$3
seconds=${VM_SECONDS:-2700}
# TAP. Two machines may print at once: a line says whose it is. What is no verdict is a
# comment on one.
name=$(echo "$version" | cut -d . -f 1,2)
verdicts="s/^(ok|not ok) (- )?/\\1 - Linux $name: /; t
    s/^skip (- )?(.*)/ok - Linux $name: \\2 # skip/; t
    s/^(# )?/# Linux $name: /"
[ "$mode" = check ] || verdicts=
# In the foreground, so that Ctrl-C ends it.
{
    echo "# Linux $version"
    run_qemu timeout --foreground -k 5 "$seconds" </dev/null
} | sed -u 's,\r,,g' | sed -u -E "$verdicts" | tee "$said"
# The machine's own last line; what hangs or panics says none.
status=$(sed -n 's/.*lab: status //p' "$said")
if [ -z "$status" ]; then
    echo "not ok - Linux $version came to its end (within $seconds s)" | tee -a "$said"
    exit 1
fi
exit "$status"
