#!/bin/sh
# What 08 must withstand: scratch on disk, directories and root file systems that somebody
# else has prepared.
# seconds: 6
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
box=$lab/08-overlay/box

# ---- scratch on disk ---------------------------------------------------------------

# Other people's boxes have theirs in /var/tmp as well: this test gets one of its own,
# with the lab and its own files where they were.
mkdir -m 1777 "$work/disk"
for directory in "$work" "$lab"; do
    case $directory in
    /var/tmp/*)
        mkdir -p "$work/disk/${directory#/var/tmp/}"
        mount --bind "$directory" "$work/disk/${directory#/var/tmp/}"
        ;;
    esac
done
mount --rbind "$work/disk" /var/tmp
cd "$lab" || exit 1

# As before Linux 6.6, where a tmpfs has no user.* attributes: scratch on disk.
on_disk() { "$work/build/seccomp" fsetxattr=EPERM "$box" "$@"; }
scratch() { ls -d /var/tmp/box-scratch-?????? 2>/dev/null; }
[ "$(on_disk sh -c 'rm -r /root && mkdir /root && echo new >/root/new && cat /root/new; mkdir -p /a/b/c; chmod 0 /a/b; ln -s / /link')" = new ] &&
    [ -z "$(scratch)" ]
verdict "scratch on disk does the same, and is removed" $?
for map in 0:0:1 0:1:1 0:4000000000:1; do
    # shellcheck disable=SC2086
    said=$(cd "$work" && $as_user build/seccomp fsetxattr=EPERM 08-overlay/box --map $map true 2>&1)
    [ $? = 125 ] && case $said in *"write the maps of"*"expected"*) true ;; *) echo "$said"; false ;; esac
    verdict "and the map $map, of somebody else, is refused as one" $?
done
said=$(cd "$work" && unshare --user --map-root-user build/seccomp fsetxattr=EPERM 08-overlay/box --network none --map 0:5000:1 true 2>&1)
[ $? = 125 ] && case $said in *"write the maps of"*"expected OUTSIDE ids"*) true ;; *) echo "$said"; false ;; esac
verdict "and so is a map of an id that nobody has here" $?
if [ "$many_users" = yes ]; then
    # The lab may lie where nobody else may look, the copy does not.
    [ "$(on_disk --rootfs "$work/build/rootfs" --map 0:100000:65536 sh -c 'echo new >/new && cat /new')" = new ] &&
        [ -z "$(scratch)" ]
    verdict "also for a root that is somebody else outside" $?
fi
"$work/build/seccomp" fsetxattr=EPERM "$box" sh -c 'echo ready; exec sleep 1000' >"$work/ready3" 2>&1 &
killed=$!
until_true grep -q ready "$work/ready3"
kill -KILL "$killed"
wait "$killed" 2>/dev/null
[ "$(scratch | wc -l)" = 1 ] && on_disk true && [ -z "$(scratch)" ]
verdict "after SIGKILL the next box removes it" $?

# More levels than one process may have files open.
[ "$(prlimit --nofile=64 "$work/build/seccomp" fsetxattr=EPERM "$box" sh -c 'for i in $(seq 300); do mkdir d && cd d || exit 1; done; chmod 0 .; echo made')" = made ] &&
    [ -z "$(scratch)" ]
verdict "300 nested directories are removed with 64 open files" $?
# Somebody's own directory of such a name is not ours.
mkdir /var/tmp/box-scratch-mine12 && echo mine >/var/tmp/box-scratch-mine12/file
on_disk true
[ "$(cat /var/tmp/box-scratch-mine12/file)" = mine ]
verdict "a directory without our mark is left alone" $?
rm -r /var/tmp/box-scratch-mine12

# ---- hostile trees -----------------------------------------------------------------

# A second user of --keep is refused, and does the first one no harm.
mkdir "$work/kept"
mkfifo "$work/one-more"
"$box" --keep "$work/kept" sh -c 'echo ready; read -r go; echo x >>/etc/passwd && rm /etc/group && echo copied' \
    <"$work/one-more" >"$work/ready4" 2>&1 &
exec 8>"$work/one-more"
until_true grep -q ready "$work/ready4"
refused "another box uses it" "$box" --keep "$work/kept" true
verdict "a second box with the same --keep is refused" $?
echo go >&8
exec 8>&-
wait
grep -q copied "$work/ready4"
verdict "and the first one can still copy up" $?

# Links in a rootfs, through the descriptors that a box has open on the way.
mkdir -p "$work/victim" "$work/hostile/bin" "$work/hostile/proc" "$work/hostile/dev" "$work/hostile/tmp"
cp build/rootfs/bin/busybox "$work/hostile/bin/"
ln -s busybox "$work/hostile/bin/sh"
for fd in 3 4 5 6 7 8 9 10 11 12; do
    rm -f "$work/hostile/etc" "$work/hostile/data"
    ln -s "/proc/self/fd/$fd/../../../../../../../..$work/victim" "$work/hostile/etc"
    ln -s "/proc/self/fd/$fd/../../../../../../../..$work/victim" "$work/hostile/data"
    "$box" --rootfs "$work/hostile" /bin/busybox echo started 2>/dev/null
    "$box" --rootfs "$work/hostile" --volume "$work:/data/new" /bin/busybox true 2>/dev/null
done >"$work/started"
[ "$(grep -c started "$work/started")" = 10 ] && [ -z "$(ls -A "$work/victim")" ]
verdict "links to the box's descriptors lead nothing to the host" $?
inner=$work/victim/work
mkdir -p "$work/planted" "$inner"
echo precious >"$work/victim/conf"
echo precious >"$inner/file"
ln -s "$work/victim" "$work/planted/upper"
ln -s "$work/victim" "$work/planted/work"
"$box" --keep "$work/planted" sh -c 'echo x >/conf; rm -rf /work' 2>/dev/null
[ "$(cat "$work/victim/conf" "$inner/file" | sort -u)" = precious ] && [ "$(ls "$work/victim" | wc -l)" = 2 ]
verdict "links in the directory of --keep are not followed" $?
# Deeper than any path is long, and closed to its owner.
kept=$work/deep
mkdir -p "$kept/work" && (cd "$kept/work" && mkdir -p closed/below && chmod 0 closed)
perl -e 'chdir shift; for (1 .. 700) { mkdir "d" x 250 and chdir "d" x 250 or die }' "$kept/work"
mkdir "$work/closed" && chown -hR "$user_id" "$kept" "$work/closed" 2>/dev/null
chmod 311 "$work/closed"
# shellcheck disable=SC2086
(cd "$work/closed" && $as_user "$work/08-overlay/box" --rootfs "$work/build/rootfs" --keep "$kept" true) 2>/dev/null &&
    [ -z "$(ls -A "$kept/work")" ]
verdict "the work directory of --keep is emptied, however deep it is" $?

mkdir -p "$work/over/lower" "$work/over/upper" "$work/over/work" "$work/over/merged"
if mount -t overlay overlay "$work/over/merged" \
    -o "lowerdir=$work/over/lower,upperdir=$work/over/upper,workdir=$work/over/work" 2>/dev/null; then
    mkdir "$work/over/merged/keep"
    refused "--keep a directory on ext4" "$box" --keep "$work/over/merged/keep" true
    verdict "--keep on an overlay: the hint names what can be an upper" $?
    umount "$work/over/merged"
fi
refused "one layer lies in another" "$box" --layer "$lab/build/rootfs" true
verdict "a layer that is the rootfs is refused with a hint" $?
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$box" --layer "$lab/build/rootfs" true 2>&1 | wc -l
done >"$work/lines"
[ "$(sort -u "$work/lines")" = 2 ]
verdict "a box that fails on its own says why alone" $?

done_testing
