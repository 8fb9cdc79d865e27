#!/bin/sh
# Runs the verify scripts of the named stages, as root and as an ordinary user:
#
#   verify.sh [OPTION...] STAGE...
#
#   --harder          those of the two harder exercises, tests/harder/
#   --as root|user    as this one alone
#   --own             without the checks of the stages before
#   --seconds N       a box may take so long, in place of 5
#   --details         a line for each check, of a program that is expected to fail: the
#                     stages before are looked at all the same, and nothing is waited for
#
# The program is BOX, or the stage's own. Each run has a sandbox with limits of its own,
# so that what a wrong program does to its host ends with it.
set -u

cd "$(dirname "$0")/.." || exit 1

usage() {
    echo "verify: $*" >&2
    exit 125
}

checks=verify starter='' options=''
while :; do
    case ${1:-} in
    --harder) checks=harder ;;
    --as)
        starter=${2:-}
        case $starter in root | user) shift ;; *) usage "--as '$starter': expected root or user" ;; esac
        ;;
    --own | --details) options="$options $1" ;;
    --seconds)
        case ${2:-} in '' | *[!0-9]*) usage "--seconds '${2:-}': expected a number" ;; esac
        options="$options $1 $2"
        shift
        ;;
    -*) usage "'$1': expected --harder, --as, --own, --seconds or --details" ;;
    *) break ;;
    esac
    shift
done
if [ "${BOX+given}" = given ] && { [ ! -f "$BOX" ] || [ ! -x "$BOX" ]; }; then
    usage "BOX='$BOX' is no program; expected the path of one, as 03-pid/box"
fi

# Not in /tmp: a check has links that climb to what is here, in a box with its own /tmp.
work=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-verdict.XXXXXX") || exit 1
chmod 755 "$work"
# Checks that are ended leave their files here.
export LAB_TMP="$work"
# What was interrupted may still write for a moment.
# shellcheck disable=SC2317
clean_up() {
    wait
    tries=0
    until rm -rf --one-file-system "$work" 2>/dev/null || [ "$tries" = 100 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP PIPE
# The sandbox has a /tmp of its own: a program that lies there would not be seen.
if [ -n "${BOX:-}" ]; then
    mkdir "$work/given"
    cp "$BOX" "$work/given/box"
    cp "$(dirname "$BOX")/box.c" "$work/given/" 2>/dev/null
    BOX=$work/given/box
fi

# Whoever reads may have ended, as head does. Then this script ends in silence.
say() { echo "$1" 2>/dev/null; }

# One run: what it says; and if it was ended, at which task and why.
run_as() {
    said=$work/said-$1 task_file=$work/task-$1 reason=$work/reason-$1
    : >"$task_file"
    : >"$reason"
    # Our own programs come to their end, however busy the machine is.
    slow=${SLOW:-1}
    [ -n "${BOX:-}" ] || slow=$((4 * slow))
    # shellcheck disable=SC2086
    SLOW=$slow common/tools/sandbox.sh --limits "$reason" \
        "$script" --as "$1" --task "$task_file" $options | tee "$said"
    if [ ! -s "$reason" ]; then
        grep -q . "$said" && ! grep -q '^not ok' "$said"
        return
    fi
    read -r task <"$task_file" || task="- $stage"
    say "not ok $task: $(head -n 1 "$reason")"
    ! grep -q '^    expected: ' "$said" || return 1
    cat <<END
    expected: a box that ends, and ends all that it started
    found:    $(tail -n 1 "$reason" | cut -c 1-64)
    likely:   a loop without its way out, or a child that nobody waits for
    read:     fork(2), waitpid(2)
END
    return 1
}

status=0
for stage; do
    script=tests/$checks/$stage.sh
    [ -f "$script" ] || usage "'$stage' is no stage; expected a name such as 03-pid"
    if [ -n "$starter" ]; then
        run_as "$starter" || status=1
        continue
    fi
    # Both at once, where that takes half the time.
    if [ "${SLOW:-1}" = 1 ]; then
        run_as user >"$work/user" &
        end_of_user="wait $!"
    else
        run_as user >"$work/user" && end_of_user=true || end_of_user=false
    fi
    if ! run_as root; then
        $end_of_user
        say "# $stage as user: not looked at before root's boxes are right"
        status=1
        continue
    fi
    $end_of_user || status=1
    # What both have in common need not be read twice.
    different=$(grep -vxF "$(sed 1d "$work/said-root")" "$work/user")
    if [ "$(echo "$different" | wc -l)" = 1 ]; then
        say "# $stage as user: the same"
    else
        say "$different"
    fi
done
exit "$status"
