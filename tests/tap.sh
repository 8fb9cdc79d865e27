# Sourced first by every test, tests/*.t and tests/long/*.t: runs the rest of it in a
# sandbox of its own, where nobody else's boxes are, and prints TAP for prove(1).
#
#   verdict CLAIM STATUS         ok, or not ok
#   skip CLAIM REASON            this host refuses
#   until_true COMMAND...        waits until it succeeds, twenty seconds at most
#   refused EXPECTED COMMAND...  it ends with 125, and one line that says so
#   start_held, end_held         many boxes that stay; no_links, no_tables: none is left
#   cgroups_of LAUNCHER          the directories of its box's cgroups
#   copy_programs                into $work: what a user runs where the lab is closed to him
#   run_suite PROGRAM [WORDS...] a Check suite, after words that make it somebody else's;
#                                copy_programs comes first
#   copy_lab                     into $copy: the whole lab, with a my/ of its own
#   done_testing                 the last line of every test
#
# $lab is the lab and the working directory. $work is for files: any user may enter it,
# and it ends with the test. $as_user is what makes the command after it an ordinary
# user's; $many_users is yes if that is another uid.
#
# A test may print the lines of tests/verify.sh and of the player as they are. What is
# no verdict explains a failure: it goes to stderr.
#
# ---- the environment -------------------------------------------------------------
#
# What tests and tools read of it, all in all, but for PATH. A person sets:
#
#   BOX       a program in place of the stage's own, for tests/verify.sh, make verify
#   SLOW      2, where all takes twice as long: bounds on time are twice as long, and fewer
#             moments of a storm are tried. verify.sh sets 4 for the lab's own programs,
#             teeth.t too; vm/guest.sh sets 10
#   LAB_TMP   where temporary files go, in place of /var/tmp. check.sh, tap.sh and
#             verify.sh set a directory of their own for all that they start
#   ACCEL VM_SECONDS   what speeds QEMU up, and how long it may take, for vm/vm.sh
#   AUTO FROM NOTES RECORD SPEED, DIR, FROM, PID, RESET, YES, REMOVE, KERNEL ARCH, CC
#             make's, as make help ALL=1 has them: for demo.sh, grade.sh, rootfs.sh, look,
#             start.sh, allow.sh, vm/, and whatever compiles
#   HOME NO_COLOR SHELL TERM   as everywhere
#
# One script, for another that it does not start itself, or for itself later on:
#
#   LAB_TESTS     check.sh, for tap.sh: all tests of this run, to say which of how many
#   LAB_RUN       check.sh, for sandbox.sh: a part of its cgroups' names, to know them by
#   LAB_OWNER     grade.sh and vm/guest.sh, for sandbox.sh: a uid that may make cgroups there
#   LAB_SANDBOX   sandbox.sh, for itself: 1 in a sandbox
#   LAB_PWD       sandbox.sh, for itself and rootfs.sh: the caller's directory
#   LAB_HOST      sandbox.sh, for itself: the first process's number on the machine
#   LAB_DEMO LAB_DEMO_SOCKET LAB_DEMO_COLUMNS LAB_DEMO_LINES
#                 demo.sh, for demo.tcl and demo.conf: its files, and the terminal's size
#
# And of other programs:
#
#   CK_RUN_CASE CK_TAP_LOG_FILE_NAME CK_TIMEOUT_MULTIPLIER   the tests, for Check
#   PERL_TEST_HARNESS_DUMP_TAP   check.sh, for prove: where each test's TAP goes
#   ASAN_OPTIONS   the Makefile with SANITIZE=1, for the programs; sandbox.sh asks for it
#   GIT_OPTIONAL_LOCKS   the Makefile, for git
# shellcheck shell=sh disable=SC2034

cd "$(dirname "$0")" || exit 1
until [ -f tests/tap.sh ]; do cd .. || exit 1; done
test_name=$(basename "$0" .t)
test_file=$(find tests -name "$test_name.t")

for program in build/seccomp build/check_stages; do
    [ -x "$program" ] || { echo "$test_name: $program is missing: make check-programs" >&2; exit 125; }
done

# ---- around the test -----------------------------------------------------------

if [ "${1:-}" != --inside ]; then
    PATH=$PATH:/usr/sbin:/sbin
    # Not in /tmp: a check has links that climb to what is here, in a box with its own /tmp.
    LAB_TMP=$(mktemp -d "${LAB_TMP:-/var/tmp}/lab-$test_name.XXXXXX") || exit 1
    export PATH LAB_TMP
    chmod 755 "$LAB_TMP"
    trap 'rm -rf --one-file-system "$LAB_TMP"' EXIT
    trap 'exit 130' INT TERM HUP PIPE
    # Its place among those that tests/check.sh runs.
    case " ${LAB_TESTS:-} " in
    *" $test_file "*)
        here=${LAB_TESTS%%"$test_file"*}
        echo "$(($(echo "$here" | wc -w) + 1)) of $(echo "$LAB_TESTS" | wc -w): $test_name" >&2
        ;;
    esac
    {
        # The reaper names the processes that outlive the test.
        common/tools/sandbox.sh build/reaper "$test_file" --inside </dev/null 2>&1 ||
            echo "not ok - the test comes to its end and leaves no process: status $?"
    } | sed -u '
        s/^\(not ok\|ok\) \(- \)\{0,1\}/\1 - /
        s/^todo \(- \)\{0,1\}/not ok - todo /
        s/^skip \(- \)\{0,1\}\(.*\)/ok - \2 # skip/
        /^ok/b
        /^#/b
        h; s/^/'"$test_name"': /w /dev/stderr
        g; /^not ok/!d' | tee "$LAB_TMP/tap"
    echo "1..$(grep -c '^\(not \)*ok' "$LAB_TMP/tap")"
    ! grep -q '^not ok' "$LAB_TMP/tap"
    exit
fi

# ---- in its sandbox ------------------------------------------------------------

shift
# Not those of a test that this one starts.
unset LAB_TESTS
set -u
umask 022
# As on a host with systemd; else a forgotten MS_PRIVATE would not show.
mount --make-rshared / || exit 1
lab=$PWD work=$LAB_TMP
trap '[ -n "${done:-}" ] || exit 3' EXIT
trap 'exit 130' INT TERM HUP PIPE

verdict() {
    if [ "$2" = 0 ]; then printf 'ok - %s\n' "$1"; else printf 'not ok - %s\n' "$1"; fi
}

skip() { echo "skip $1: $2"; }

done_testing() {
    done=yes
    exit 0
}

until_true() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || return 1
        sleep 0.05
    done
}

refused() {
    expected=$1
    shift
    said=$("$@" 2>&1 </dev/null)
    [ $? = 125 ] && case $said in *"$expected"*) true ;; *) echo "$said"; false ;; esac
}

user_id=12345
if setpriv --reuid "$user_id" --regid "$user_id" --clear-groups true 2>/dev/null; then
    many_users=yes
    as_user="setpriv --reuid $user_id --regid $user_id --clear-groups --inh-caps=-all"
else
    many_users=
    as_user="unshare --user --map-user=$user_id --map-group=$user_id --"
fi

# Ten or so boxes that read from $work/stay are held until end_held.
start_held() {
    rm -f "$work/stay"
    mkfifo "$work/stay"
    exec 7<>"$work/stay"
}
end_held() {
    exec 7>&-
}
no_links() { ! ip -o link | grep -qE '^[0-9]+: (veth|box0)'; }
no_tables() { ! nft list tables | grep -q box; }

# The cgroups of a launcher's box, and nobody else's.
cgroups_of() {
    find /sys/fs/cgroup -type d \( -path "*/box/$1" -o -path "*/box/$1-*" \) 2>/dev/null
}

copy_programs() {
    mkdir -p "$work/build" "$work/common/tools"
    for box in 0?-*/box; do
        mkdir "$work/${box%/box}"
        cp "$box" "$work/$box"
    done
    cp -a build/rootfs "$work/build/"
    cp build/check_* build/seccomp build/probe "$work/build/"
    cp common/tools/doctor.sh common/tools/needs.sh common/tools/deps.sh common/tools/rootfs.sh "$work/common/tools/"
}

run_suite() {
    program=$1
    shift
    log=$(mktemp "$work/suite.XXXXXX")
    chmod 666 "$log"
    (cd "$work" && CK_TAP_LOG_FILE_NAME=$log "$@" "build/$program" >"$log.said" 2>&1)
    suite_status=$?
    # The plan is the last that it writes.
    sed '/^1\.\./d' "$log"
    [ $suite_status = 0 ] || cat "$log.said"
    grep -q '^1\.\.[1-9]' "$log"
    verdict "$program${1:+ as a user} comes to its end" $?
}

copy_lab() {
    copy=$work/lab
    mkdir -p "$copy/build"
    cp -a Makefile common tests 0?-* "$copy/"
    find build -mindepth 1 -maxdepth 1 ! -name vm ! -name 'demo*' -exec cp -a {} "$copy/build/" \;
}
