#!/bin/sh
# 08-overlay, harder: changes that become a layer, and how much may change.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Lines as words.
words() { tr '\n' ' ' | sed 's/ $//'; }

# Names, types, modes and owners below a directory.
listing() { (cd "$1" 2>/dev/null && find . -exec stat -c '%n %F %a %u %s' {} + | sort); }

verify_08() {
    rootfs=$work/build/rootfs
    place=$work/place
    mkdir -p "$rootfs/etc/directory" "$place/there"
    echo old >"$rootfs/etc/directory/old"
    echo deleted >"$rootfs/etc/deleted"
    dd if=/dev/zero of="$rootfs/big" bs=1M count=2 2>/dev/null
    own "$rootfs"
    own "$place"
    before_08=$(listing "$rootfs")
    new=new$(random)

    task A "--commit DIR"
    # shellcheck disable=SC2016
    change='echo "$0" >/etc/new; rm /etc/deleted; rm -r /etc/directory; mkdir /etc/directory; echo >/tmp/not'
    ended=$(status --commit "$place/layer" sh -c "$change" "$new")
    check "at status 0 DIR holds what was changed, and nothing else" \
        "0 ./etc ./etc/deleted ./etc/directory ./etc/new $new" \
        "$ended $(cd "$place/layer" 2>/dev/null && find . -mindepth 1 \( -path './etc*' -o -type f \) | sort | words) $(cat "$place/layer/etc/new" 2>/dev/null)" \
        "upper is not renamed to DIR after the end" "rename(2)" \
        "125 *" "no box: the option is missing, or the directory cannot be made" \
        "0  " "upper is a tmpfs, which ends with the box, or is not renamed" \
        "*work*" "DIR is the directory of --keep: the layer is its upper"
    check "it is a layer: what was deleted is, and a new directory is empty" "$new no " \
        "$(run --layer "$place/layer" sh -c 'cat /etc/new; test -e /etc/deleted || echo no; ls /etc/directory' | words) " \
        "the upper was copied, without its whiteouts and attributes" "the kernel's filesystems/overlayfs" \
        "*old*" "the attribute user.overlay.opaque is lost"
    layer=$(listing "$place/layer")
    check "a box on top of it makes one of its own changes" "0 second $new same" \
        "$(status --layer "$place/layer" --commit "$place/second" sh -c 'echo second >/etc/second') $(run --layer "$place/layer" --layer "$place/second" cat /etc/second /etc/new | words) $([ -e "$place/second/etc/second" ] && [ ! -e "$place/second/etc/new" ] && [ "$layer" = "$(listing "$place/layer")" ] && echo same)" \
        "the layers below are copied, or changed" "the kernel's filesystems/overlayfs"
    ended=$(status --commit "$place/bad" sh -c 'mkdir -p /a/b/c; chmod 0 /a/b; exit 3')
    hold --commit "$place/bad"
    kill -KILL "$inside" 2>/dev/null
    let_go
    check "at any other status there is nothing of it" "3 137 layer second there" \
        "$ended $held_status $(ls -A "$place" | LC_ALL=C sort | words)" \
        "what was made for the changes stays" "on_exit(3), renameat(2)" \
        "*bad*" "the status is not looked at, or the directory stays"
    check "a DIR that is there is refused, even an empty one" "0 125 125 there" \
        "$(status --commit "$place/third" true) $(status --commit "$place/there" true) $(status --commit "$place/layer" true) $([ "$layer" = "$(listing "$place/layer")" ] && [ -z "$(ls -A "$place/there")" ] && echo there)" \
        "rename(2) replaces an empty directory" "rename(2), RENAME_NOREPLACE"
    mkdir "$work/keep"
    own "$work/keep"
    check "so are --keep, and --share mnt or pid" "0 125 125 125" \
        "$(status --commit "$place/fourth" true) $(status --commit "$place/no" --keep "$work/keep" true) $(status --commit "$place/no" --share mnt true) $(status --commit "$place/no" --share pid true)" \
        "the option's group names one of two namespaces" "pid_namespaces(7)" \
        "0 125 125 0" "without a PID namespace processes of the box may go on writing"
    if [ "$starter" = root ] && [ -n "$many_users" ]; then
        check "it does not take host root inside" "0 directory" \
            "$(status --map "0:$user_id:1" --commit "$place/mapped" true) $(stat -c %F "$place/mapped" 2>/dev/null)" \
            "the directory for the changes belongs to nobody whom the map holds" "chown(2), map_outside in 08-overlay/scratch.h"
    fi

    release=$(uname -r)
    if [ "$(printf '6.6\n%s\n' "${release%%[!0-9.]*}" | sort -V | head -n 1)" != 6.6 ]; then
        skip_task B "--storage-opt size=SIZE" "before Linux 6.6 the changes go to a directory on disk"
    else
        task B "--storage-opt size=SIZE"
        pages=$(($(random) % 200 + 300))
        size=$((pages * $(getconf PAGESIZE)))
        check "the overlay has room for so much, in pages" "$pages $(getconf PAGESIZE)" \
            "$(run --storage-opt "size=$size" stat -f -c '%b %S' /)" \
            "size= is not among the tmpfs's options" "tmpfs(5)" \
            "" "no box: the option is missing, or the tmpfs is refused"
        check "more than that fails with ENOSPC, and rm makes room again" "No space left on device 0 3" \
            "$(run --storage-opt size=1m sh -c 'dd if=/dev/zero of=/large bs=64k count=20 2>&1; rm /large; dd if=/dev/zero of=/small bs=64k count=12 2>/dev/null; echo $?; exit 3' | sed -n 's/.*: \(No space.*\)/\1/p; /^0$/p' | words) $box_ended$(status --storage-opt size=1m sh -c 'exit 3')" \
            "there is another limit, or none" "tmpfs(5)" \
            "0 *" "nothing was refused"
        check "a change to a large file copies all of it" "No space left on device" \
            "$(run --storage-opt size=1m sh -c 'echo >>/big'; sed -n 's/.*: \(No space.*\)/\1/p' "$work/error" | head -n 1)" \
            "another limit than that of the upper" "the kernel's filesystems/overlayfs"
        check "nor can a box make any number of empty files" refused \
            "$(run --storage-opt size=1m sh -c 'mkdir /many; cd /many; i=0; while [ $i -lt 12000 ] && true >$i; do i=$((i + 1)); done; [ $i -lt 12000 ] && echo refused' 2>/dev/null)" \
            "an empty file takes no page, but an inode, memory as well: nr_inodes=" "tmpfs(5)"
        check "no size, none at all, more than a size are refused" "0 125 125 125 125 125" \
            "$(for given in size=1m size=0 1m size= size=1m,mode=777 size=-1; do status --storage-opt "$given" true; done | words)" \
            "the value is handed on to mount(2), where 0 is no limit and a comma begins the next" "parse_size in common/options.h"
        check "so are --keep and --share mnt" "0 125 125" \
            "$(status --storage-opt size=1m true) $(status --storage-opt size=1m --keep "$work/keep" true) $(status --storage-opt size=1m --share mnt true)" \
            "on disk nobody keeps to the size" "tmpfs(5)"
    fi
    task - "the layers below"
    check "the rootfs is what it was" same "$([ "$before_08" = "$(listing "$rootfs")" ] && echo same)" \
        "the overlay is not what the box writes to" "the kernel's filesystems/overlayfs"
}

verify_stage 08-overlay
