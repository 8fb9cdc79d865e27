#!/bin/busybox sh
# shellcheck shell=dash
# The first process of the machine that vm.sh boots: loads the modules for its
# disk, mounts it, and goes on there.
/bin/busybox --install -s /bin
mkdir -p /proc /dev
mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
while read -r module; do
    insmod "/modules/$module"
done </modules/order
# The disk shows a moment after its driver.
tries=0
until [ -b /dev/vda ] || [ "$tries" = 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
mount -t ext4 /dev/vda /new || exec poweroff -f
cp -r /files/. /new/
mount --move /dev /new/dev
mount --move /proc /new/proc
exec switch_root /new /guest
