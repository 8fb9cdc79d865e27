#!/bin/sh
# Installs what is missing for the named purposes, with the distribution's own
# package manager, after printing the command:
#
#   deps.sh PURPOSE...     the purposes are those of needs() below
#   deps.sh --missing PURPOSE...
#                          installs nothing, and prints the packages alone
#
# Nothing missing: says nothing, does nothing. What a Debian cannot be without
# (coreutils, util-linux, tar, ...: its essential packages) is not named here, but
# for what other distributions may lack.
set -eu

# An ordinary user's PATH has no sbin.
PATH=$PATH:/usr/sbin:/sbin

fail() {
    echo "make deps: $*" >&2
    exit 1
}

has_header() {
    echo "#include <$1>" | ${CC:-cc} -E -x c - >/dev/null 2>&1
}

has_static_busybox() {
    command -v busybox >/dev/null && ! ldd "$(command -v busybox)" 2>/dev/null | grep -q '=>'
}

# For the machine's own architecture, unless ARCH names the other one.
machine=$(uname -m)
[ "${ARCH:-}" != arm64 ] || machine=aarch64
has_qemu() { has "qemu-system-$machine"; }
if [ "$machine" = aarch64 ]; then
    qemu="qemu-system-arm|qemu-system-aarch64-core|qemu-system-aarch64|qemu-arm"
else
    qemu="qemu-system-x86|qemu-system-x86-core|qemu-system-x86|qemu-x86"
fi

has() { command -v "$1" >/dev/null; }

has_page() { man -w "$1" "$2" >/dev/null 2>&1; }

has_debian_keys() { [ -e /usr/share/keyrings/debian-archive-keyring.gpg ]; }

# probe | apt | dnf | pacman | zypper          why
needs() {
    case $1 in
    build) cat <<'END' ;;
has_header sys/capability.h|libcap-dev|libcap-devel|libcap|libcap-devel
END
    # libcap: the capabilities of stages 02 and 05 are shown and set with it
    run) cat <<'END' ;;
has_static_busybox|busybox-static|busybox|busybox|busybox-static
has lsns|util-linux|util-linux|util-linux|util-linux
has ip|iproute2|iproute|iproute2|iproute2
has nft|nftables|nftables|nftables|nftables
has ping|iputils-ping|iputils|iputils|iputils
has ps|procps|procps-ng|procps-ng|procps
has mount|mount|util-linux|util-linux|util-linux
has hostname|hostname|hostname|inetutils|hostname
has xz|xz-utils|xz|xz|xz
END
    # busybox: the boxes' file system; lsns, nsenter, unshare: looking in;
    # ip, bridge, ss: the sandbox, and what chapter 06 builds by hand; nft: its way
    # out; ping: chapter 06 asks with it who is in reach; ps, pgrep and hostname: the
    # host's side; mount: chapters 04 to 08; xz: make rootfs FROM=FILE.tar.xz
    play) cat <<'END' ;;
has expect|expect|expect|expect|expect
END
    # expect: types the chapters' commands into real terminals, for `make tour`
    # and for the check that they are true
    demo) cat <<'END' ;;
has tmux|tmux|tmux|tmux|tmux
END
    # tmux: the panes of `make demo`
    start) cat <<'END' ;;
has unifdef|unifdef|unifdef|unifdef|unifdef
END
    # unifdef: cuts an exercise, or the eight programs, out of their one source
    watch) cat <<'END' ;;
has inotifywait|inotify-tools|inotify-tools|inotify-tools|inotify-tools
END
    # inotifywait: tells when a file is saved
    harder) cat <<'END' ;;
has newuidmap|uidmap|shadow-utils|shadow|shadow
END
    # newuidmap: a harder exercise of chapter 02 calls it
    read) cat <<'END' ;;
has man|man-db|man-db|man-db|man
has less|less|less|less|less
has_page 2 clone|manpages-dev|man-pages|man-pages|man-pages
has_page 7 namespaces|manpages|man-pages|man-pages|man-pages
END
    # the man pages that chapters and verdicts name
    grade) cat <<'END' ;;
has bwrap|bubblewrap|bubblewrap|bubblewrap|bubblewrap
END
    # bubblewrap: locks students' programs in while they are verified
    check) cat <<'END' ;;
has_header check.h|check|check-devel|check|check-devel
has pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkg-config
has prove|perl|perl-Test-Harness|perl|perl
has patch|patch|patch|patch|patch
END
    # Check: the C test suite; pkg-config: how to link it; prove: runs the tests; patch:
    # puts the solution of a harder exercise into a stage
    lint) cat <<'END' ;;
has shellcheck|shellcheck|ShellCheck|shellcheck|ShellCheck
has clang-format|clang-format|clang-tools-extra|clang|clang-tools
has clang|clang|clang|clang|clang
END
    # the style of the shell scripts and of the C sources; a second compiler
    bench) cat <<'END' ;;
has bwrap|bubblewrap|bubblewrap|bubblewrap|bubblewrap
has hyperfine|hyperfine|hyperfine|hyperfine|hyperfine
has crun|crun|crun|crun|crun
has runc|runc|runc|runc|runc
END
    # bubblewrap, crun, runc: what the lab compares itself with; hyperfine: the
    # stop-watch
    vm) cat <<END ;;
has_qemu|$qemu
has cpio|cpio|cpio|cpio|cpio
has mke2fs|e2fsprogs|e2fsprogs|e2fsprogs|e2fsprogs
has depmod|kmod|kmod|kmod|kmod
has xz|xz-utils|xz|xz|xz
has mmdebstrap|mmdebstrap|mmdebstrap|mmdebstrap|mmdebstrap
has_debian_keys|debian-archive-keyring|debian-keyring|debian-archive-keyring|debian-archive-keyring
END
    # qemu: a machine with another kernel; mmdebstrap, with Debian's keys: fetches
    # what is in it; cpio: its first file system; mke2fs: its disk; depmod: the order
    # of its modules; xz: how to unpack them
    arm64) cat <<'END' ;;
has aarch64-linux-gnu-gcc|gcc-aarch64-linux-gnu|gcc-aarch64-linux-gnu|aarch64-linux-gnu-gcc|cross-aarch64-gcc12
END
    # gcc-aarch64-linux-gnu: builds the lab for another machine
    fresh) cat <<'END' ;;
has mmdebstrap|mmdebstrap|mmdebstrap|mmdebstrap|mmdebstrap
has_debian_keys|debian-archive-keyring|debian-keyring|debian-archive-keyring|debian-archive-keyring
has git|git|git|git|git
END
    # mmdebstrap, with Debian's keys: fetches a bare Debian; git: puts the lab there
    *) fail "$1: expected build, run, play, start, watch, harder, read, demo, grade, check, lint, bench, vm, arm64 or fresh" ;;
    esac
}

if has apt-get; then
    column=2 install="apt-get install -y --no-install-recommends"
elif has dnf; then
    column=3 install="dnf install -y"
elif has pacman; then
    column=4 install="pacman -S --needed --noconfirm"
elif has zypper; then
    column=5 install="zypper --non-interactive install"
else
    column=2 install=
fi

only_name=
[ "${1:-}" != --missing ] || { only_name=yes && shift; }
missing=
for purpose; do
    list=$(needs "$purpose")
    while IFS= read -r line; do
        # The first field is a function of this file and its argument.
        if ! ${line%%|*}; then
            package=$(echo "$line" | cut -d '|' -f "$column")
            case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
        fi
    done <<END
$list
END
done
[ -n "$missing" ] || exit 0
[ -z "$only_name" ] || { echo "$missing" && exit; }

has "${CC:-cc}" || fail "no C compiler: install gcc or clang first"
[ -n "$install" ] || fail "no apt, dnf, pacman or zypper here; install what Debian calls$missing"
sudo=
if [ "$(id -u)" != 0 ]; then
    has sudo || fail "missing:$missing; become root and run: $install$missing"
    sudo="sudo "
fi
# A fresh Debian or Ubuntu has no package lists yet.
# shellcheck disable=SC2086
if [ "$column" = 2 ] && ! apt-get install -s -y $missing >/dev/null 2>&1; then
    echo "${sudo}apt-get update"
    # shellcheck disable=SC2086
    ${sudo}apt-get update -q || fail "apt-get update failed: is there a network?"
fi
# The others are of use without what an old distribution has not.
absent=
if [ "$column" = 2 ]; then
    wanted=$missing missing=
    for package in $wanted; do
        if apt-get install -s -y "$package" >/dev/null 2>&1; then
            missing="$missing $package"
        else
            absent="$absent $package"
        fi
    done
fi
if [ -n "$missing" ]; then
    echo "$sudo$install$missing"
    # shellcheck disable=SC2086
    $sudo$install $missing || fail "could not install$missing: is there a network?"
fi
[ -z "$absent" ] || fail "this distribution has no package$absent; expected a newer one"
