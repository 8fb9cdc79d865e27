#!/bin/sh
# How long a box takes to start and end /bin/true, side by side in one run with
# other tools that do the same work as stage 05, and stage by stage. The times
# of one machine say little: compare the ratios. Outside `make check`, since it
# wants a quiet machine.
#
#   bench.sh [ROUNDS]
#
# Exits with 1 if stage 05 takes more than 0.8 of bubblewrap.
set -eu

cd "$(dirname "$0")/.."
rounds=${1:-10}
rootfs=$PWD/build/rootfs
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# A name and a command per line.
{
    echo "command alone|$rootfs/bin/busybox true"
    echo "bubblewrap|bwrap --unshare-user --unshare-ipc --unshare-pid --unshare-uts --as-pid-1 --bind $rootfs / --dev /dev --proc /proc --tmpfs /tmp /bin/true"
    echo "unshare(1), no pivot|unshare -Urpfmiu --mount-proc chroot $rootfs /bin/true"
    for box in 0?-*/box; do
        # The first has no user namespace.
        if [ "$(id -u)" = 0 ] || [ "${box%-*}" != 01 ]; then
            echo "${box%/box}|$box /bin/true"
        fi
    done
} >"$results/commands"

set --
while IFS='|' read -r _ command; do
    set -- "$@" "$command"
done <"$results/commands"

# In short rounds over all commands: what disturbs one disturbs all.
round=1
while [ "$round" -le "$rounds" ]; do
    hyperfine --shell=none --style=none --warmup 5 --runs 50 \
        --export-csv "$results/round.csv" "$@" >/dev/null 2>&1
    # command,mean,stddev,median,...: the commands hold no comma.
    sed 1d "$results/round.csv" | cut -d , -f 4 | cat -n >>"$results/medians"
    round=$((round + 1))
done

# The median of the rounds' medians, in the order of the commands.
number=0
bubblewrap=
printf '%-22s %8s %14s\n' '' 'ms' 'of bubblewrap'
while IFS='|' read -r name _; do
    number=$((number + 1))
    median=$(awk -v n="$number" '$1 == n { print $2 * 1000 }' "$results/medians" |
        sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }')
    echo "$number $name|$median" >>"$results/table"
    [ "$name" != bubblewrap ] || bubblewrap=$median
done <"$results/commands"
while IFS='|' read -r name median; do
    awk -v name="${name#* }" -v ms="$median" -v of="$bubblewrap" \
        'BEGIN { printf "%-22s %8.2f %14.2f\n", name, ms, ms / of }'
done <"$results/table"
stage05=$(sed -n 's/^[0-9]* 05-proc|//p' "$results/table")
awk -v ms="$stage05" -v of="$bubblewrap" 'BEGIN {
    printf "stage 05 takes %.2f of bubblewrap; at most 0.80 is expected\n", ms / of
    exit ms / of > 0.8
}'
