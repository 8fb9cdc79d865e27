#!/bin/sh
# Unpacks a stock kernel into build/vm/NAME (boot/vmlinuz-*, lib/modules/*) and
# prints that path. Nothing is installed.
#
#   kernel.sh 6.1|6.12|stock      from Debian's or Ubuntu's packages, by apt
#   kernel.sh FILE.deb|DIRECTORY  another one, a package or an unpacked one
set -eu

cd "$(dirname "$0")/../.."
name=$1

fail() {
    echo "make check-vm: $*" >&2
    exit 1
}

# The newest package of a version, without the dbg and rt ones.
newest() {
    arch=$(dpkg --print-architecture)
    apt-cache search --names-only "^linux-image-$1[.-].*cloud-$arch(-unsigned)?\$" |
        cut -d ' ' -f 1 | grep -v dbg | sort -V | tail -n 1
}

# The package that a meta package stands for.
stands_for() {
    apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1
}

find_package() {
    case $1 in
    stock)
        for meta in "linux-image-cloud-$(dpkg --print-architecture)" linux-image-virtual \
            "linux-image-$(dpkg --print-architecture)"; do
            stands_for "$meta" | grep . && return
        done
        ;;
    *)
        # Debian's own name for a backported kernel, else the newest of the version.
        stands_for "linux-image-$1-cloud-$(dpkg --print-architecture)" | grep . || newest "$1"
        ;;
    esac
}

unpack() {
    dpkg-deb -x "$1" "$2"
}

if [ -d "$name" ]; then
    kernel=$name
elif [ -f "$name" ]; then
    kernel=build/vm/$(basename "$name" .deb)
    [ -d "$kernel" ] || { mkdir -p "$kernel" && unpack "$name" "$kernel"; }
else
    kernel=build/vm/linux-$name
    if [ ! -e "$kernel/complete" ]; then
        command -v apt-get >/dev/null ||
            fail "kernels are fetched with apt, of Debian or Ubuntu; elsewhere name one: KERNEL=FILE.deb or KERNEL=DIRECTORY with boot/vmlinuz-* and lib/modules"
        package=$(find_package "$name")
        if [ -z "$package" ]; then
            # A fresh machine has no package lists yet.
            sudo=$([ "$(id -u)" = 0 ] || echo sudo)
            $sudo apt-get update -qq || true
            package=$(find_package "$name")
        fi
        [ -n "$package" ] || fail "no package of Linux $name here; name another kernel: KERNEL=FILE.deb"
        rm -rf "$kernel"
        mkdir -p "$kernel/download"
        # Ubuntu keeps the modules in a package of their own.
        modules=$(echo "$package" | sed 's/linux-image-\(unsigned-\)\{0,1\}/linux-modules-/')
        apt-cache show "$modules" >/dev/null 2>&1 || modules=
        echo "fetches $package${modules:+ $modules}" >&2
        # shellcheck disable=SC2086
        (cd "$kernel/download" && apt-get download -qq $package $modules 2>/dev/null) ||
            fail "cannot fetch $package; is there a network?"
        for file in "$kernel"/download/*.deb; do
            unpack "$file" "$kernel"
        done
        rm -r "$kernel/download"
        touch "$kernel/complete"
    fi
fi
for file in "$kernel"/boot/vmlinu[xz]-*; do
    [ -e "$file" ] || fail "KERNEL=$name: holds no boot/vmlinuz-*; expected an unpacked kernel package"
done
echo "$kernel"
