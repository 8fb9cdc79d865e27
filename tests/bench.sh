#!/bin/sh
# How long a box takes to start and end /bin/true, side by side in one run with
# other tools, and stage by stage. The times of one machine say little: compare
# the ratios. Outside `make check`, since it wants a quiet machine.
#
#   bench.sh [ROUNDS]          (in the sandbox: make bench)
#
# One box holds the bridge all the time, as on a host in use; what the lone box
# pays, which also makes and removes the bridge, stands apart. Exits with 1 if a
# target is missed.
set -eu

cd "$(dirname "$0")/.."
rounds=${1:-10}
rootfs=$PWD/build/rootfs
results=$(mktemp -d)
holders=
trap 'rm -rf --one-file-system "$results"' EXIT
trap 'exit 130' INT TERM HUP PIPE
mkfifo "$results/stay"
exec 7<>"$results/stay"

missed=0
newest=$(for box in 0?-*/box; do echo "$box"; done | tail -n 1)

# ---- what is compared ----------------------------------------------------------

limits="--memory 100m --pids-limit 50"
# A quota needs a controller; where none may be used the rest is compared.
# shellcheck disable=SC2086
"$newest" --network none $limits true 2>/dev/null || limits=

bwrap="bwrap --as-pid-1 --bind $rootfs / --dev /dev --proc /proc --tmpfs /tmp"

# An OCI bundle for crun and runc, which want root and a configuration file.
make_bundle() {
    mkdir "$results/bundle"
    (cd "$results/bundle" && "$1" spec) &&
        sed -i 's|"sh"|"/bin/true"|; s|"terminal": true|"terminal": false|; s|"path": "rootfs"|"path": "'"$rootfs"'"|' \
            "$results/bundle/config.json"
}

# Runs a command once; if this machine refuses, it is left out.
offer() {
    if sh -c "$2" >/dev/null 2>&1 </dev/null; then
        echo "$1|$2" >>"$results/commands"
    else
        echo "$1: does not run here" >>"$results/refused"
    fi
}

: >"$results/refused"
offer "command alone" "$rootfs/bin/busybox true"
for stage in 0?-*; do
    offer "$stage" "$stage/box /bin/true"
done
[ -z "$limits" ] || offer "08, limits" "08-overlay/box $limits /bin/true"
offer "bwrap, as 05" "$bwrap --unshare-user --unshare-ipc --unshare-pid --unshare-uts /bin/true"
offer "bwrap, all" "$bwrap --unshare-all /bin/true"
offer "unshare(1), chroot" "unshare -UrpfmiunC --mount-proc chroot $rootfs /bin/true"
if [ "$(id -u)" = 0 ]; then
    for runtime in crun runc; do
        command -v "$runtime" >/dev/null || continue
        rm -rf "$results/bundle"
        make_bundle "$runtime" 2>/dev/null || continue
        mv "$results/bundle" "$results/$runtime"
        offer "$runtime" "$runtime --root $results/state run --bundle $results/$runtime bench"
    done
fi

# ---- measure -------------------------------------------------------------------

# start_holder: a box that stays, with its place on the bridge.
start_holder() {
    # shellcheck disable=SC2086
    "$newest" $limits sh -c 'echo ready; exec cat' <"$results/stay" >"$results/ready" 2>/dev/null 7>&- &
    holders="$holders $!"
    until [ -s "$results/ready" ]; do sleep 0.01; done
    : >"$results/ready"
}

# measure FILE RUNS COMMAND...: appends their medians, in seconds, numbered.
measure() {
    file=$1 runs=$2
    shift 2
    hyperfine --shell=none --style=none --warmup 5 --runs "$runs" \
        --export-csv "$results/round.csv" "$@" >/dev/null 2>&1
    # command,mean,stddev,median,user,...: counted from the end, for commas.
    sed 1d "$results/round.csv" | awk -F , '{ print NR, $(NF - 4) }' >>"$file"
}

# The median of the rounds' medians of command N, in ms.
median() {
    awk -v n="$2" '$1 == n { print $2 * 1000 }' "$1" | sort -n |
        awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

# The lone box: nobody holds the bridge.
measure "$results/lone" 30 "$newest /bin/true"

start_holder
set --
while IFS='|' read -r _ command; do
    set -- "$@" "$command"
done <"$results/commands"
# In short rounds over all commands: what disturbs one disturbs all.
round=1
while [ "$round" -le "$rounds" ]; do
    measure "$results/medians" 50 "$@"
    round=$((round + 1))
done

# ---- the table -----------------------------------------------------------------

number=0
while IFS='|' read -r name _; do
    number=$((number + 1))
    echo "$name|$(median "$results/medians" "$number")"
done <"$results/commands" >"$results/table"

time_of() { sed -n "s/^$1|//p" "$results/table"; }
reference=$(time_of "bwrap, all")
printf '%-22s %8s %16s\n' '' ms 'of bwrap, all'
while IFS='|' read -r name ms; do
    awk -v name="$name" -v ms="$ms" -v of="$reference" \
        'BEGIN { printf "%-22s %8.2f %16s\n", name, ms, of ? sprintf("%.2f", ms / of) : "-" }'
done <"$results/table"
awk -v ms="$(median "$results/lone" 1)" 'BEGIN { printf "%-22s %8.2f\n", "08, lone", ms }'
cat "$results/refused"

# target NAME MS OF MS MOST
target() {
    [ -n "$2" ] && [ -n "$4" ] || return 0
    awk -v name="$1" -v ms="$2" -v other="$3" -v of="$4" -v most="$5" 'BEGIN {
        printf "%s takes %.2f of %s; at most %.2f is expected\n", name, ms / of, other, most
        exit ms / of > most
    }' || missed=1
}
full=$(time_of "08, limits")
: "${full:=$(time_of 08-overlay)}"
target 05 "$(time_of 05-proc)" "bwrap doing the same" "$(time_of "bwrap, as 05")" 0.8
target 08 "$full" "bwrap" "$reference" 1.0
target 08 "$full" "crun" "$(time_of crun)" 0.45

# ---- two hundred boxes -----------------------------------------------------------

if ip link show box0 >/dev/null 2>&1; then
    for count in 1 200; do
        while [ "$(echo "$holders" | wc -w)" -lt "$((count))" ]; do
            start_holder
        done
        # The one that is measured is the next.
        measure "$results/crowd" 50 "$newest /bin/true"
        median "$results/crowd" 1 >"$results/with.$count"
        : >"$results/crowd"
    done
    target "08 beside 200 others" "$(cat "$results/with.200")" "that beside one" \
        "$(cat "$results/with.1")" 1.5
fi
exec 7>&-
wait
exit "$missed"
