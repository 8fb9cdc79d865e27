#!/bin/sh
# What 07 must withstand: limits too small, cgroups that may not be changed.
# seconds: 3
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

copy_programs
box=$lab/08-overlay/box

if "$box" --memory 50m --cpus 0.5 --pids-limit 50 true 2>"$work/said"; then
    said=$("$box" --memory 4k true 2>&1)
    [ $? = 125 ] && case $said in *"too little for a box to start in"*) true ;; *) false ;; esac
    verdict "a limit of memory that no box can start in is said" $?
    said=$("$box" -v --memory 20m hog memory 50 2>&1 >/dev/null)
    [ $? = 137 ] && case $said in *"the kernel killed the box: its 20971520 bytes"*) true ;; *) false ;; esac
    verdict "-v says that the kernel killed for memory" $?
    said=$("$box" -v --cpus 0.02 hog cpu 1 1 2>&1 >/dev/null)
    case $said in *"ms for its share of the CPUs"*) true ;; *) false ;; esac
    verdict "-v says how long the box waited for CPU" $?
    # The last two are lists of no CPU, which the kernel takes.
    for list in 0- 0-1023 x 2-1 0-1:0/2 "$(printf '\t')"; do
        refused "expected numbers and ranges of the CPUs here, 0" "$box" --cpuset-cpus "$list" true
        verdict "--cpuset-cpus '$(printf '%s' "$list" | tr '\t' T)' is refused, with what there is" $?
    done
    "$box" --pids-limit 1 true
    verdict "a limit of one process is enough for one" $?
    refused "fork: Resource temporarily unavailable" "$box" --pids-limit 1 --init true
    verdict "but not for --init and a command" $?
    for files in 6 7 8 9 10; do
        timeout -k 1 20 prlimit "--nofile=$files:$files" "$box" --init --memory 64m --cpus 1 -p 8080:80 true
        echo $?
    done >"$work/ends" 2>"$work/said"
    ! grep -vxq 125 "$work/ends"
    verdict "too few descriptors for the cgroups are a refusal, and nobody hangs" $?
    until_true sh -c '[ -z "$(find /sys/fs/cgroup -name box)" ]'
    verdict "and no cgroup is left" $?
    unshare --mount sh -c '
        awk "\$3 ~ /^cgroup/ { print \$2 }" /proc/mounts | while read -r mount; do
            mount -o remount,bind,ro "$mount"
        done
        "$0" true || exit 1
        "$0" --memory 20m true' "$box" 2>"$work/said"
    [ $? = 125 ] && grep -q 'you may change no cgroup here' "$work/said"
    verdict "with a read-only cgroup file system a box runs, and a limit is refused" $?
    if [ "$(id -u)" = 0 ]; then
        "$box" --share pid --memory 50m sh -c 'sleep 1000 & exec true' &
        launcher=$!
        wait "$launcher" && [ -z "$(cgroups_of "$launcher")" ]
        verdict "what --share pid leaves running ends with the cgroup" $?
    fi
else
    skip "limits" "$(tail -n 1 "$work/said")"
fi
"$work/build/seccomp" clone3=ENOSYS "$box" true
verdict "where clone3 is refused the box is moved into its cgroup" $?

done_testing
