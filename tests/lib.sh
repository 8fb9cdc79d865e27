# Sourced by tests/verify/NN-name.sh: what the checks are written with.
#
# A verify script proves the claims of its stage. It looks from outside, at
# the kernel's own files, and at what commands inside a box print; never at
# what box itself says. The program under test is BOX, by default the stage's
# own. tests/verify.sh runs it, with options of its own and
#
#   --task FILE    where it notes the task at hand
#
# A script defines verify_NN and ends with `verify_stage NN-name`. In it:
#
#   task N NAME [NEEDS]          begins task N; NEEDS is a task it waits for
#   check CLAIM EXPECTED FOUND MISTAKE READ [PATTERN MISTAKE]...
#                                a PATTERN that FOUND matches names another mistake
#   hold [OPTION...]             a box that stays (it gets a descriptor 7 that
#                                must not show inside): sets launcher, inside,
#                                its PIDs on the host; let_go ends it and sets
#                                held_status; signal_launcher SIG too
#   run [OPTION...] COMMAND...   a box that ends: prints what COMMAND prints
#   status ...                   the same, prints the exit status alone
#   skip_task N NAME REASON      a task that this host refuses
#   because ...                  in why_not_true(), see there
#
# A task has one verdict: ok; not ok; todo, if the source says that it is not
# written yet; waits for N, if it fails and the task that it needs does too (a
# failure only if that one is wrong, not if it is todo); skip, if a probe without
# the program shows that this host refuses. The first failure is told in full.
#
# A box that does not end is ended after 5 s, the next ones after 1; the fifth is not
# started. The sandbox with its limits, around the script, ends what gets past that.
#
# tests/harder/NN-name.sh is such a script too; its tasks, A and B, are the harder
# exercises. There is nothing todo in them, and each failure is told in full.
# shellcheck shell=sh

# An earlier stage's script sources this again.
! command -v verify_stage >/dev/null || return 0

lab=$(cd "$(dirname "$0")/../.." && pwd)
case $0 in
*/harder/*) harder=--harder only_own=--own ;;
*) harder='' only_own='' ;;
esac
starter=root details='' seconds_for_box=$((5 * ${SLOW:-1})) task_file=''
options=$*
while [ $# -gt 0 ]; do
    case $1 in
    --as) starter=$2 && shift ;;
    --own) only_own=$1 ;;
    --details) details=$1 ;;
    --seconds) seconds_for_box=$2 && shift ;;
    --task) task_file=$2 && shift ;;
    esac
    shift
done
# shellcheck disable=SC2086
[ -n "$task_file" ] || exec "$lab/tests/verify.sh" $harder $options "$(basename "$0" .sh)"

umask 022
# As on a host with systemd; else a forgotten MS_PRIVATE would not show.
mount --make-rshared / || exit 1
stage=
failed_tasks=" "
todo_tasks=" "
failures=0
troubles=0
told=
task_number=
quiet=

# ---- who starts the box ------------------------------------------------------

# An ordinary user: another uid if there is one, else, where the sandbox maps
# but one, a user namespace in which we are nobody special.
# user_with GID: the words before a command that make it his.
user_id=12345
# shellcheck disable=SC2034
if setpriv --reuid "$user_id" --regid "$user_id" --clear-groups true 2>/dev/null; then
    many_users=yes
    user_with() {
        echo "setpriv --reuid $user_id --regid $1 --clear-groups --inh-caps=-all"
    }
else
    many_users=
    user_with() {
        echo "unshare --user --map-user=$user_id --map-group=$1 --"
    }
fi
as=
[ "$starter" = root ] || as=$(user_with "$user_id")

# A cgroup that is the user's own, as systemd-run -p Delegate=yes makes one:
# where cgroup v2 has the controllers, and who runs the tests may make it.
delegated=''
delegate_cgroup() {
    [ "$starter" = user ] && [ "$number" -ge 7 ] && [ -n "$many_users" ] &&
        grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null || return 0
    delegated=/sys/fs/cgroup/lab-verify-$$
    if ! mkdir "$delegated" 2>/dev/null; then
        delegated=''
        return 0
    fi
    controllers_before=$(cat /sys/fs/cgroup/cgroup.subtree_control)
    echo "+memory +cpu +pids +cpuset" >/sys/fs/cgroup/cgroup.subtree_control
    chown "$user_id:$user_id" "$delegated" "$delegated/cgroup.procs" \
        "$delegated/cgroup.subtree_control"
    # Where a box with limits runs, the callers are beside it.
    cat >"$work/enter" <<END
#!/bin/sh
{ echo \$\$ >$delegated/box-callers/cgroup.procs; } 2>/dev/null ||
    echo \$\$ >$delegated/cgroup.procs
exec "\$@"
END
    chmod 755 "$work/enter"
    as="$work/enter $as"
}

remove_delegated_cgroup() {
    [ -n "$delegated" ] || return 0
    rmdir "$delegated" || return 0
    for controller in memory cpu pids cpuset; do
        case " $controllers_before " in
        *" $controller "*) ;;
        *) echo "-$controller" >/sys/fs/cgroup/cgroup.subtree_control ;;
        esac
    done
    as=${as#* }
    delegated=''
}

# ---- verdicts ----------------------------------------------------------------

say() {
    [ -n "$quiet" ] || printf '%s\n' "$*" | fold -s -w 80 | head -n 1 | sed 's/ *$//'
}

one_line() {
    printf '%s' "$1" | tr '\n\t' '  ' | cut -c 1-64
}

# An unwritten task is marked in the source beside the program.
is_todo() {
    grep -q "not_written($1," "$source_file" 2>/dev/null
}

end_task() {
    [ -n "$task_number" ] || return 0
    if is_todo "$task_number"; then
        todo_tasks="$todo_tasks$task_number "
        say "todo $task_number $task_name"
    elif [ -z "$first_failed" ]; then
        say "ok $task_number $task_name: $task_checks checks"
    elif [ "${todo_tasks#* "$task_needs" }" != "$todo_tasks" ]; then
        todo_tasks="$todo_tasks$task_number "
        say "todo $task_number $task_name: waits for $task_needs"
    else
        failed_tasks="$failed_tasks$task_number "
        case "$failed_tasks" in
        *" $task_needs "*)
            say "not ok $task_number $task_name: waits for $task_needs"
            ;;
        *)
            say "not ok $task_number $task_name: $first_failed"
            [ -n "$told" ] || [ -n "$quiet" ] || printf '%s\n' "$first_details" | fold -s -w 80
            [ -n "$quiet" ] || [ -n "$harder" ] || told=yes
            ;;
        esac
        failures=$((failures + 1))
        failed_check=$first_failed failed_details=$first_details
    fi
    task_number=
}

task() {
    end_task
    task_number=$1 task_name=$2 task_needs=${3:-none}
    first_failed='' first_details='' task_checks=0
    [ -n "$quiet" ] || echo "$1 $2" >"$task_file"
    # What cannot pass need not be waited for.
    case "$todo_tasks$failed_tasks" in
    *" $task_needs "*) patience=2 ;;
    *) patience=$full_patience ;;
    esac
    ! is_todo "$1" || patience=2
}

skip_task() {
    end_task
    say "skip $1 $2: $3"
}

check() {
    task_checks=$((task_checks + 1))
    # What box itself is in trouble with since the check before.
    trouble=0
    if [ -s "$work/trouble" ]; then
        trouble=$(($(wc -l <"$work/trouble") - troubles))
        troubles=$((troubles + trouble))
    fi
    if [ "$2" = "$3" ]; then
        [ -z "$details" ] || echo "check ok $task_number $1"
        return 0
    fi
    [ -z "$details" ] || echo "check failed $task_number $1 (expected '$2', found '$3')"
    [ -z "$first_failed" ] || return 0
    first_failed=$1
    expected=$(one_line "$2") found=$(one_line "$3") mistake=$4 pages=$5
    [ "$trouble" = 0 ] || mistake=$(tail -n 1 "$work/trouble")
    shift 5
    while [ $# -gt 0 ]; do
        # shellcheck disable=SC2254
        case $found in $1) mistake=$2 && break ;; esac
        shift 2
    done
    first_details="    expected: $expected
    found:    $found
    likely:   $mistake
    read:     $pages"
}

# ---- boxes -------------------------------------------------------------------

# So often what takes a moment is looked at again, every 50 ms.
full_patience=$((100 * ${SLOW:-1}))
patience=$full_patience

# Sets the seconds for the next box: 5 are a hundred times what it takes. Fails when
# none may be started any more.
set_seconds() {
    seconds=$seconds_for_box
    [ -s "$work/trouble" ] || return 0
    seconds=${SLOW:-1}
    [ "$(grep -c 'does not end' "$work/trouble")" -lt 5 ]
}

# Whether the limits of the sandbox were reached, by the kernel's own count.
reached() {
    cat "/sys/fs/cgroup/$1" "/sys/fs/cgroup/"*"/$1" 2>/dev/null | grep -q "^$2 [1-9]"
}

# Notes what a status says of box itself: it had to be ended, or it crashed.
note_trouble() {
    case $1 in
    124 | 137)
        # Its file is full, so that timeout's own line had no place in it.
        if [ "$(wc -c <"$work/error")" -ge 67108864 ]; then
            echo "it does not end, and prints errors without end" >>"$work/trouble"
        fi
        # Not "timeout: " before it: that is a write of its own, and others come between.
        grep -aq 'sending signal [A-Z]* to command' "$work/error" || return 0
        echo "it does not end: it was ended after $2 s" >>"$work/trouble"
        ! reached pids.events max || echo "it starts processes without end" >>"$work/trouble"
        ;;
    132 | 134 | 135 | 136 | 139)
        echo "it crashes: signal $(($1 - 128)), $(kill -l $(($1 - 128)))" >>"$work/trouble"
        ;;
    153) echo "it prints without end" >>"$work/trouble" ;;
    esac
}

# box_status COMMAND...: runs box for as long as it may; $as is words, or nothing.
box_status() {
    set_seconds || return 124
    # shellcheck disable=SC2086
    timeout -v -k 1 "$seconds" $as "$BOX" "$@" 2>"$work/error"
    box_ended=$?
    note_trouble $box_ended "$seconds"
    return $box_ended
}

# To a file first: what prints without end would fill the shell's memory. Who runs two
# at once sets printed, the file's name.
run() {
    box_status "$@" >"$work/${printed:-printed}"
    box_ended=$?
    head -c 65536 "$work/${printed:-printed}"
    return $box_ended
}

status() {
    box_status "$@" </dev/null >/dev/null && echo 0 || echo $?
}

# What it runs can be told with held_command.
held_command='exec cat'
hold() {
    rm -f "$work/in" "$work/out"
    mkfifo "$work/in" "$work/out"
    held=$BOX
    set_seconds || held=false
    (exec $as "$held" "$@" sh -c "echo ready; $held_command" \
        <"$work/in" >"$work/out" 2>"$work/error" 7</dev/null) &
    launcher=$!
    inside=none
    exec 8>"$work/in" 9<"$work/out"
    [ "$(until_end head -n 1)" = ready ] || return 0
    # Beside it the launcher may have an nft that holds its rules.
    for child in $(pgrep -P "$launcher"); do
        [ "$(cat "/proc/$child/comm" 2>/dev/null)" = nft ] || inside=$child
    done
}

# until_end COMMAND...: lets COMMAND read what the held box prints, until that
# pipe ends, with the last process that writes to it; but not for ever.
until_end() {
    set_seconds
    timeout "$seconds" "$@" <&9 2>/dev/null && return
    echo "it does not end: it was ended after $seconds s" >>"$work/trouble"
    return 1
}

wait_for_launcher() {
    until_end cat >/dev/null || kill -KILL "$launcher" 2>/dev/null
    exec 8>&- 9<&-
    held_status=0
    wait "$launcher" 2>/dev/null || held_status=$?
    note_trouble "$held_status"
    launcher=''
}

let_go() {
    exec 8>&-
    if [ "$inside" = none ]; then
        kill -KILL "$launcher" 2>/dev/null
    fi
    wait_for_launcher
}

# Sends a signal to the held box's launcher, and waits for what it does.
signal_launcher() {
    kill -"$1" "$launcher" 2>/dev/null
    wait_for_launcher
}

# Makes a tree the user's: an overlay copies up only what belongs to somebody
# who is mapped in the box.
own() {
    [ "$number" -lt 8 ] || [ "$starter" = root ] || [ -z "$many_users" ] || [ ! -d "$1" ] ||
        chown -hR "$user_id:$user_id" "$1"
}

# The inode that names a namespace of a process: namespace PID TYPE.
namespace() {
    readlink "/proc/$1/ns/$2" 2>/dev/null || echo none
}

# yes or no: whether the held box has a namespace of its own of this type.
own_namespace() {
    if [ "$(namespace "$inside" "$1")" = none ]; then
        echo "no box"
    elif [ "$(namespace "$inside" "$1")" = "$(namespace $$ "$1")" ]; then
        echo no
    else
        echo yes
    fi
}

# The types of those that the held box does not share with its launcher, in a line.
own_namespaces() {
    [ "$inside" != none ] || { echo "no box" && return; }
    for type in uts user pid ipc mnt net cgroup time; do
        [ "$(namespace "$inside" $type)" = "$(namespace "$launcher" $type)" ] || printf '%s ' $type
    done
}

# That the option --share leaves this one to the host, and no other: check_share TYPE.
check_share() {
    hold
    had=$(own_namespaces)
    let_go
    hold --share "$1"
    check "--share $1: the namespace is the host's, no other" "$(echo "$had" | sed "s/$1 //")" \
        "$(own_namespaces)" \
        "clone_flags does not leave out what is shared" "clone(2)" \
        "no box" "a step of that namespace is not left out: see shares()"
    let_go
}

# lsns(8), which gives up when a process of the machine ends while it looks.
list_namespaces() {
    lsns "$@" 2>/dev/null || lsns "$@" 2>/dev/null || lsns "$@" 2>/dev/null ||
        lsns "$@" 2>/dev/null
}

# A field of /proc/PID/status, without spaces: field PID NAME.
field() {
    sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" 2>/dev/null | tr -s ' \t' '  '
}

random() {
    od -An -N4 -tu4 /dev/urandom | tr -d ' '
}

# ---- the run -----------------------------------------------------------------

# The state that no box may change: verify_stage compares it.
host_state() {
    echo "hostname $(hostname)"
    echo "setting $(cat /proc/sys/user/max_user_namespaces)"
    sed 's/^[0-9]* [0-9]* /mount /' /proc/self/mountinfo
    stat -c '%n %a %u %g %t:%T' /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
    ip -o link | cut -d ' ' -f 2 | sed 's/^/link /'
    ip -4 route | sed 's/^/route /'
    nft -s list ruleset 2>/dev/null | sed 's/^/rule /'
    # Of others nobody knows anything here.
    find /sys/fs/cgroup -maxdepth 3 -type d -name 'box*' -user "$(id -u)" 2>/dev/null | sed 's/^/cgroup /'
    # While somebody's box runs it holds a lock on its own.
    for scratch in /var/tmp/box-scratch-*; do
        [ ! -d "$scratch" ] || flock -n "$scratch" echo "scratch $scratch"
    done 2>/dev/null
}

# What a stage's script knows of its box's last words, if `box true` fails:
#   because PATTERN N NAME MISTAKE READ     then it is the verdict on task N
cause=
because() {
    # shellcheck disable=SC2254
    case $said in
    $1) [ -n "$cause" ] || { cause=known task_number=$2 task_name=$3 likely=$4 read=$5; } ;;
    esac
}
why_not_true() { :; }

# until_same EXPECTED COMMAND...: COMMAND's output as soon as it is EXPECTED; or
# as it is after five seconds. What the kernel does a moment after a box's end,
# such as taking the veth away, cannot be waited for in another way.
until_same() {
    expected=$1 tries=0
    shift
    found=$("$@")
    # Three times in vain, and the next ones get no such time.
    [ ! -s "$work/waited" ] || [ "$(grep -c . "$work/waited")" -lt 3 ] || patience=2
    while [ "$found" != "$expected" ] && [ "$tries" -lt "$patience" ]; do
        sleep 0.05
        tries=$((tries + 1))
        found=$("$@")
    done
    [ "$found" = "$expected" ] || echo "$1" >>"$work/waited"
    printf '%s' "$found"
}

dying_links() {
    ip -o link | grep -E '^[0-9]*: (veth|box0)'
}

verify_stage() {
    # Sourced by a later stage's script: only the function is wanted.
    [ -z "${stage:-}" ] || return 0
    stage=$1
    number=${stage%%-*}
    BOX=${BOX:-$lab/$stage/box}
    case $BOX in /*) ;; *) BOX=$PWD/$BOX ;; esac
    source_file=$(dirname "$BOX")/box.c
    work=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-verify.XXXXXX") || exit 1
    chmod 755 "$work"
    launcher=''
    trap 'kill -KILL $launcher 2>/dev/null; remove_delegated_cgroup
        rm -rf --one-file-system "$work"' EXIT
    trap 'exit 130' INT TERM HUP PIPE

    # A copy: the user may not be able to enter the place where the lab lies,
    # and boxes may write into their rootfs.
    if [ ! -x "$BOX" ]; then
        say "not ok - $stage: there is no program $BOX; expected make to build it"
        exit 1
    fi
    mkdir -p "$work/$stage" "$work/build"
    cp "$BOX" "$work/$stage/box"
    BOX=$work/$stage/box
    [ "$number" -lt 4 ] || [ ! -d "$lab/build/rootfs" ] || cp -a "$lab/build/rootfs" "$work/build/"
    own "$work/build/rootfs"
    # A helper that runs inside, if it needs no libraries.
    if [ -x "$lab/build/probe" ] && ! ldd "$lab/build/probe" 2>/dev/null | grep -q '=>'; then
        cp "$lab/build/probe" "$work/"
    fi
    # What an earlier box has left to the kernel may still be there.
    until_same "" dying_links
    before=$(host_state)
    delegate_cgroup
    # A user of the bridge, so that not every box has to make and remove it.
    exec 6</proc/self/ns/net
    [ "$number" -lt 6 ] || flock -s 6

    say "# $stage as $starter"
    if [ "$number" = 01 ] && [ "$starter" = user ]; then
        say "skip - 01-uts: without a user namespace it needs root"
        exit 0
    fi
    task - "runs true"
    result=$(status true)
    # Without some tasks no box can run: then no other can be looked at.
    if [ "$result" = 125 ] && grep -q ' is not written yet ' "$work/error"; then
        say "todo - runs true: $(sed -n 's/^.*box: \(task .* is not written yet .*\)/\1/p' "$work/error" | tail -n 1)"
        waits_for=$(sed -n 's/^.*box: task \([1-9]\),.*/\1/p' "$work/error" | tail -n 1)
        sed -n 's/.*task \([1-9]\) \([a-z_]*\).*/\1 \2/p' "$lab/tests/verify/$stage.sh" | sort -u -k 1,1 |
            while read -r task_number task_name; do
                if is_todo "$task_number"; then
                    say "todo $task_number $task_name"
                else
                    say "todo $task_number $task_name: waits for $waits_for"
                fi
            done
        exit 0
    fi
    said=$(head -n 1 "$work/error" | head -c 4096 | sed "s|$work/||g")
    ! reached memory.oom_control oom_kill || said="it takes memory without end"
    ! reached memory.events oom_kill || said="it takes memory without end"
    likely=$(one_line "${said:-it says nothing: is prepare_exec missing?}")
    read=$(sed -n '1,9s/^ *hint: //p' "$work/error" | grep . || echo "signal(7), make doctor")
    [ "$result" = 0 ] || why_not_true
    check "box true ends with 0" 0 "$result${cause:+, $said}" "$likely" "$read"
    # Else no other check would find what it has started.
    check "arguments arrive as they are" "[a b][*][]" \
        "$(run sh -c 'printf "[%s]" "$@"' sh 'a b' '*' '' </dev/null)" \
        "a shell, or a string, between box and the command" "execve(2)"
    end_task
    [ "$failures" = 0 ] || exit 1

    all_patience=$full_patience
    [ -z "$details" ] || full_patience=4
    "verify_$number"
    end_task
    full_patience=$all_patience
    # What a wrong task has done to the host would be blamed on them.
    if [ -z "$only_own" ] && { [ "$failures" = 0 ] || [ -n "$details" ]; }; then
        verify_stages_before
    fi

    task - "exit and cleanup"
    exec 6<&-
    exit_checks
    remove_delegated_cgroup
    check "the host is as before" same "$(until_same "$before" host_state >"$work/state"; printf '%s\n' "$before" >"$work/before"; echo >>"$work/state"; diff "$work/before" "$work/state" >"$work/changes" && echo same; grep '^[<>]' "$work/changes")" \
        "something is made in the launcher, or stays mounted" "namespaces(7)" \
        "*hostname*" "the hostname is set in the launcher: the host is renamed" \
        "*mount*" "a mount made in the launcher, or one that is not private" \
        "*cgroup*" "remove_cgroup is not reached" \
        "*link*" "a link made in the launcher, or the bridge of the last box"
    end_task
    [ "$failures" = 0 ] || exit 1
}

# In one line.
verify_stages_before() {
    [ -z "$details" ] || echo "# the stages before"
    summary=
    quiet=1
    own_failures=$failures
    for script in "$lab"/tests/verify/0?-*.sh; do
        earlier=$(basename "$script" .sh)
        [ "${earlier%%-*}" -lt "$number" ] || continue
        failures_before=$failures failed_tasks=" " todo_tasks=" "
        # shellcheck disable=SC1090
        . "$script"
        "verify_${earlier%%-*}"
        end_task
        if [ "$failures" = "$failures_before" ]; then
            summary="$summary $earlier"
        else
            summary="$summary $earlier(FAILED)"
            why="    $earlier: $failed_check; $(echo "$failed_details" | head -n 2 | tr -s ' \n' ' ')"
        fi
    done
    quiet=
    if [ "$failures" -gt "$own_failures" ]; then
        say "not ok - the stages before:$summary"
        # That stage's own script says more.
        printf '%s\n' "$why" | fold -s -w 80 | head -n 2
    elif [ -n "$summary" ]; then
        say "ok - the stages before:$summary"
    fi
    failed_tasks=" " todo_tasks=" "
}

# yes or no: whether SIGKILL to the held box's launcher ends all of the box. The
# pipe from the box ends when its last process has ended.
ends_with_launcher() {
    kill -KILL "$launcher" 2>/dev/null
    set_seconds
    if [ "$inside" != none ] && timeout "$seconds" cat <&9; then echo yes; else echo no; fi
}

# What every stage owes: the statuses, and nothing left.
exit_checks() {
    check "the command's exit status is box's" 42 "$(status sh -c 'exit 42')" \
        "WEXITSTATUS forgotten, or the status dropped" "waitpid(2)"
    hold
    kill -KILL "$inside" 2>/dev/null
    let_go
    check "a command killed by signal 9 gives 128+9" 137 "$held_status" \
        "WTERMSIG forgotten" "waitpid(2), signal(7)"
    check "no such command gives 127" 127 "$(status /no/such/command)" \
        "the error of execve(2) is not looked at" "execve(2)"
    check "a command that is no program gives 126" 126 "$(status /)" \
        "ENOENT is told from no other error" "execve(2)"
    hold
    check "after SIGKILL to the launcher the command is gone" yes "$(ends_with_launcher)" \
        "no PR_SET_PDEATHSIG, or set before the uid changed" "prctl(2)"
    let_go
    # From 06 on the next one removes what a killed one could not.
    status true >/dev/null
}
