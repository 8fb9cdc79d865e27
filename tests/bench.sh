#!/bin/sh
# How long a box takes to start and end /bin/true, side by side in one run with
# other tools that do the same work, and stage by stage. Times of one machine
# say little: compare the ratios. Outside `make check`, since it wants a quiet
# machine.
#
#   bench.sh [RUNS]
#
# Exits with 1 if stage 05 takes more than 0.8 of bubblewrap.
set -eu

cd "$(dirname "$0")/.."
runs=${1:-300}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

rootfs=$PWD/build/rootfs
bwrap="bwrap --unshare-user --unshare-ipc --unshare-pid --unshare-uts --as-pid-1 --bind $rootfs / --dev /dev --proc /proc --tmpfs /tmp /bin/true"
unshare="unshare -Urpfmiu --mount-proc chroot $rootfs /bin/true"

# Rounds of all commands, one after the other, so that what disturbs one
# disturbs all; the medians are over the rounds.
names="alone bwrap unshare"
for stage in 0?-*/box; do names="$names ${stage%/box}"; done
round() {
    hyperfine --shell=none --style=none --warmup 5 --runs "$1" --export-csv "$results/$2.csv" \
        "$rootfs/bin/busybox true" "$bwrap" "$unshare" \
        $(for stage in 0?-*/box; do echo "$stage"; done | sed 's|$| /bin/true|' | tr '\n' '#' | sed 's/#$//' | tr ' ' '~' | tr '#' ' ' | sed 's/~/ /g') \
        >/dev/null
}
: "$names"
round "$runs" 0
cat "$results/0.csv"
