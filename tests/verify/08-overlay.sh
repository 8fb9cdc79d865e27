#!/bin/sh
# 08-overlay: the rootfs stays as it is.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Every name, type, mode, owner and content below a directory, in one number.
fingerprint() {
    (cd "$1" && find . -exec stat -c '%n %f %u %g %s %t:%T %Y' {} + &&
        find . -type f -exec cksum {} +) | sort | cksum
}

# Lines as words.
words() { tr '\n' ' ' | sed 's/ $//'; }

# What a box prints, or why there is none.
printed_or_why() { run "$@" || sed -n "1{s/.*box: //;s|$work/||gp}" "$work/error"; }

why_not_true() {
    because "*open *: No such file*" 2 mount_overlay \
        "it comes after enter_root: the paths of the host are gone" "pivot_root(2)"
    mkdir "$work/why"
    own "$work/why"
    if [ "$(status --keep "$work/why" true)" = 0 ]; then
        because "*overlay on *: Invalid argument" 1 prepare_scratch \
            "upper and work are not on one mount" "the kernel's filesystems/overlayfs"
    fi
    if grep -q 'Too many levels' "$work/error"; then
        because "*overlay on *: Invalid argument" 1 prepare_scratch \
            "upper is the rootfs itself, and that is a layer" "the kernel's filesystems/overlayfs"
    fi
    because "*overlay on *: Invalid argument" 2 mount_overlay \
        "an option that overlay does not know, or one is missing" "the kernel's filesystems/overlayfs"
}

verify_08() {
    rootfs=$work/build/rootfs
    kept=kept$(random)
    echo "$kept" >"$rootfs/etc/kept"
    echo rootfs >"$rootfs/etc/both"
    echo deleted >"$rootfs/etc/deleted"
    mkdir "$rootfs/etc/directory"
    echo old >"$rootfs/etc/directory/old"
    first="$work/first, with: odd"
    second=$work/second
    mkdir -p "$first/etc" "$second/etc" "$work/keep"
    echo first >"$first/etc/both"
    echo first >"$first/etc/first"
    echo second >"$second/etc/both"
    own "$rootfs"
    own "$first"
    own "$second"
    own "$work/keep"
    lower=$(fingerprint "$rootfs") lower_layers=$(fingerprint "$first") lower_second=$(fingerprint "$second")

    task 1 prepare_scratch
    check "--keep: upper for all to read, work for nobody else" "0 755 700" \
        "$(status --keep "$work/keep" true) $(stat -c %a "$work/keep/upper" "$work/keep/work" 2>/dev/null | words)" \
        "a directory is missing" "mkdirat(2), the kernel's filesystems/overlayfs" \
        "0 " "the directory of --keep is not used: box->layers.directory" \
        "0 7?? 700" "upper becomes /, for all to read: mode 0755" \
        "0 755 7??" "work is for nobody else: mode 0700"
    mkdir "$work/filled" "$work/elsewhere" "$work/both"
    ln -s "$work/elsewhere" "$work/filled/upper"
    ln -s "$work/elsewhere" "$work/both/work"
    own "$work/filled"
    own "$work/both"
    own "$work/elsewhere"
    check "a link in place of upper is refused" "0 125 nothing" \
        "$(status --keep "$work/keep" true) $(status --keep "$work/filled" sh -c 'echo >/etc/new') $(find "$work/elsewhere" -mindepth 1 | grep . || echo nothing)" \
        "the link is followed: no O_NOFOLLOW" "openat(2)" \
        "125 *" "EEXIST is no error: --keep's upper and work are there already"
    check "nor is one in place of work" "0 125" \
        "$(status --keep "$work/keep" true) $(status --keep "$work/both" true)" \
        "the link is followed: no O_NOFOLLOW" "openat(2)"

    task 2 mount_overlay 1
    # In a box, to count what a change to an earlier file leaves elsewhere.
    # shellcheck disable=SC2016
    change='echo new >/etc/new; echo changed >>/etc/kept; rm /etc/deleted; rm -r /etc/directory && mkdir /etc/directory && echo replaced; chmod 4711 /bin/busybox; cat /etc/new; ls /etc/directory; ls /etc'
    check "a box can write, change, delete, and replace a directory" \
        "replaced new both directory first kept new" \
        "$(printed_or_why --layer "$first" sh -c "$change" | grep -Ex 'replaced|new|deleted|directory|kept|old|both|first|.*:.*' | words)" \
        "no upper: the overlay is read-only" "the kernel's filesystems/overlayfs" \
        "new *" "userxattr is missing: no directory in place of a deleted one" \
        "replaced new both directory kept new" "there is no overlay, or without the layers of --layer" \
        "*overlay*:*" "this path has ':' and ','; number the layers: /proc/self/fd"
    check "the rootfs is what it was, byte for byte" "$lower $lower_layers" \
        "$(run --layer "$first" true && fingerprint "$rootfs") $(fingerprint "$first")$([ ! -e "$rootfs/upper" ] || echo " upper")" \
        "the rootfs itself is / inside, or the overlay's upper" "the kernel's filesystems/overlayfs" \
        "*upper" "upper lies in the rootfs, which is a layer"
    check "a second start is fresh" "$kept deleted first" \
        "$(run --layer "$first" sh -c "$change" >/dev/null; run --layer "$first" cat /etc/kept /etc/deleted /etc/first | words)" \
        "the upper of an earlier box is used again" "the kernel's filesystems/overlayfs"
    hold --layer "$first"
    check "descriptors of the layers stay outside" "overlay 0 1 2" \
        "$(awk '$5 == "/" { sub(".* - ", ""); print $1 }' "/proc/$inside/mountinfo" 2>/dev/null) $(ls "/proc/$inside/fd" 2>/dev/null | words)" \
        "a layer, or the scratch, stays open in the command: O_CLOEXEC" "open(2)"
    check "/ is an overlay with an upper of its own" "overlay upperdir" \
        "$(awk '$5 == "/" { sub(".* - ", ""); print $1 (/,upperdir=/ ? " upperdir" : "") }' "/proc/$inside/mountinfo" 2>/dev/null)" \
        "no overlay is mounted on the rootfs" "mount(2)"
    let_go

    check "--layer: the later one lies on top" "second first $kept" \
        "$(run --layer "$first" --layer "$second" cat /etc/both /etc/first /etc/kept | words)" \
        "lowerdir= names the topmost layer first" "the kernel's filesystems/overlayfs" \
        "rootfs *" "the rootfs is the lowest layer: lowerdir= names it last"
    set --
    for number_of_layer in $(seq 150); do
        mkdir -p "$work/a-path-as-long-as-those-of-a-real-image/$number_of_layer"
        echo >"$work/a-path-as-long-as-those-of-a-real-image/$number_of_layer/layer-$number_of_layer"
        set -- "$@" --layer "$work/a-path-as-long-as-those-of-a-real-image/$number_of_layer"
    done
    check "150 layers, more than a page of paths" 150 \
        "$(run "$@" sh -c 'ls -d /layer-*' | wc -l)" \
        "the options are cut off: too small a buffer, or past 4095 bytes" "mount(2)"

    task given "--keep" 2
    kept_box() { run --keep "$work/keep" "$@"; }
    kept_box sh -c "$change" >/dev/null
    check "a new file is in the upper alone" "new no" \
        "$(cat "$work/keep/upper/etc/new" 2>/dev/null) $([ -e "$rootfs/etc/new" ] || echo no)" \
        "--keep is not used as scratch" "the kernel's filesystems/overlayfs"
    check "a changed file was copied up" "$kept changed" \
        "$(words 2>/dev/null <"$work/keep/upper/etc/kept")" \
        "--keep is not used as scratch" "the kernel's filesystems/overlayfs"
    check "a deleted one is a whiteout, device 0:0" "character special file 0:0" \
        "$(stat -c '%F %t:%T' "$work/keep/upper/etc/deleted" 2>/dev/null)" \
        "--keep is not used as scratch" "the kernel's filesystems/overlayfs"
    check "the next box with --keep finds it so" "new $kept changed no" \
        "$(kept_box sh -c 'cat /etc/new /etc/kept; test -e /etc/deleted || echo no' | words)" \
        "the upper is emptied" "the kernel's filesystems/overlayfs"
    check "the work directory is empty at the end" "there 0" \
        "$([ -d "$work/keep/work" ] && echo there) $(find "$work/keep/work" 2>/dev/null | sed 1d | wc -l)" \
        "remove_scratch is not called" "the kernel's filesystems/overlayfs"
    hold --keep "$work/keep"
    check "a second box on the same upper is refused" "0 125" \
        "$([ "$inside" != none ] && echo 0) $(status --keep "$work/keep" true)" \
        "two writers on one upper: only dmesg warns" "flock(2)"
    let_go
    check "the layers are what they were, byte for byte" "0 $lower $lower_second" \
        "$(status --keep "$work/keep" --layer "$second" true) $(fingerprint "$rootfs") $(fingerprint "$second")" \
        "an option is missing, or a layer is mounted writable" "the kernel's filesystems/overlayfs"
}

verify_stage 08-overlay
