#!/bin/sh
# What the Makefile promises: STAGE, BOX, help, and make deps on other distributions.
# seconds: 3
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"

for value in 3 03 03-pid; do
    make -n run "STAGE=$value" 2>/dev/null | grep -q '03-pid/box'
    verdict "STAGE=$value is 03-pid" $?
done
newest=$(for box in 0?-*/box; do echo "$box"; done | tail -n 1)
make -n run 2>/dev/null | grep -q "$newest"
verdict "make run opens the newest stage" $?
for value in 0 9 03-pidx pid '03-pid 04-mount' '$(shell echo 03)'; do
    output=$(make -n run "STAGE=$value" 2>&1)
    [ $? = 2 ] && case $output in *"STAGE=$value: expected one of 01-uts"*) true ;; *) false ;; esac
    verdict "STAGE=$value is refused" $?
done
make -s diff STAGE=3 | grep -q '^+.*CLONE_NEWPID' && ! make -s diff STAGE=3 | grep -q '^-static'
verdict "make diff shows what a stage adds" $?
! make -n run STAGE=9 >/dev/null 2>&1 && make -s help STAGE=9 >/dev/null
verdict "STAGE is looked at only where it matters" $?

# A student's own program: it is built, and looked at.
mkdir -p "$work/student/03-pid"
cp 03-pid/box.c "$work/student/03-pid/"
make -s "$work/student/03-pid/box" && "$work/student/03-pid/box" true
verdict "a copy of box.c elsewhere is built" $?
for box in "" "$work" "$work/none"; do
    output=$(BOX=$box tests/verify.sh 03-pid 2>&1)
    [ $? = 125 ] && case $output in *"is no program; expected"*) true ;; *) false ;; esac
    verdict "BOX='${box#"$work"}' is refused" $?
done
[ "$(03-pid/box --version)" = "03-pid/box 1.0" ]
verdict "box --version" $?
make -s CC=/no/such help | grep -q 'make tour'
verdict "make help, which asks no compiler" $?

# What includes a header is built again, and nothing else.
copy_lab
touch "$copy/07-cgroup/cgroups.h"
make -n -C "$copy" all >"$work/again"
grep -q 'build/cgroups.o' "$work/again" && ! grep -q -e "-o build/\(rtnetlink\|launch\).o" "$work/again"
verdict "a changed header: what includes it is built again, nothing else" $?

# The first make, which installs libcap, builds what the second one would.
rm -f "$copy/build/flags" "$copy/build/deps-build"
printf '#!/bin/sh\n: >"%s/installed"\n' "$work" >"$copy/common/tools/deps.sh"
cat >"$work/cc" <<'END'
#!/bin/sh
[ -e "${0%/*}/installed" ] || case "$*" in -print-file-name=libcap.a) echo libcap.a && exit ;; esac
exec cc "$@"
END
chmod 755 "$work/cc"
is_static() { ldd "$1" 2>/dev/null | grep -q '=>' && echo no || echo yes; }
make -s -C "$copy" "CC=$work/cc" 01-uts/box && [ -e "$work/installed" ] &&
    [ "$(is_static "$copy/01-uts/box")" = "$(is_static 01-uts/box)" ]
verdict "the first make, which installs libcap, links as the second one does" $?

# ---- make deps, on distributions that this is not ------------------------------

# deps_on MANAGER PURPOSE [STATUS]: what it would run where busybox and bwrap are missing;
# STATUS is what `apt-get install -s` says of a package that it knows, or not.
deps_on() {
    rm -rf "${work:?}/bin"
    mkdir "$work/bin"
    for program in sh cat cut grep id ldd echo uname cc pkg-config lsns ip nft ping ps mount hostname xz hyperfine; do
        path=$(command -v "$program") && ln -s "$path" "$work/bin/$program"
    done
    printf '#!/bin/sh\n[ "$2" != -s ] || exit %s\necho ran "%s" "$@"\n' "${3:-0}" "$1" >"$work/bin/$1"
    chmod 755 "$work/bin/$1"
    CC=$(command -v cc) PATH=$work/bin common/tools/deps.sh "$2" 2>&1
}
for expected in "apt-get install -y --no-install-recommends busybox-static" \
    "dnf install -y busybox" "pacman -S --needed --noconfirm busybox" \
    "zypper --non-interactive install busybox-static"; do
    manager=${expected%% *}
    if [ "$(id -u)" = 0 ]; then
        [ "$(deps_on "$manager" run)" = "$expected
ran $expected" ]
        verdict "make deps on a host with $manager" $?
    fi
done
output=$(deps_on none run)
[ $? = 1 ] && case $output in *busybox-static*) true ;; *) false ;; esac
verdict "make deps without a package manager names what is missing" $?
output=$(deps_on apt-get grade 1)
[ $? = 1 ] && case $output in *"no package bubblewrap; expected a newer one") true ;; *) false ;; esac
verdict "make deps names what an old distribution does not have" $?
output=$(common/tools/deps.sh build run check 2>&1) && [ -z "$output" ]
verdict "make deps says and does nothing where nothing is missing" $?
common/tools/deps.sh nonsense >/dev/null 2>&1
[ $? = 1 ]
verdict "make deps refuses what it does not know" $?

done_testing
