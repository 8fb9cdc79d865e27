#!/bin/sh
# Where AppArmor restricts user namespaces, as on Ubuntu since 23.10, loads a profile
# that frees the lab's programs alone. It says what it will do and asks first.
#
#   allow.sh             with YES=1 in the environment without asking; where nobody
#                        can be asked, in a pipe, that is needed
#   allow.sh --remove    unloads the profile and deletes it
#
# Exits with 0 if that is done, or if there is nothing to do.
set -eu

PATH=$PATH:/usr/sbin:/sbin

fail() {
    echo "make allow: $*" >&2
    exit 1
}

# The name is that of this clone, by its path: another one has a profile of its own.
lab=$(cd "$(dirname "$0")/../.." && pwd -P && echo .)
lab=${lab%??}
name=lab-$(printf %s "$lab" | cksum | cut -d ' ' -f 1)
file=/etc/apparmor.d/$name

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
# shellcheck disable=SC2086
as_root() { $sudo "$@"; }

if [ "${1:-}" = --remove ]; then
    [ -e "$file" ] || {
        echo "There is no $file: nothing to remove."
        exit 0
    }
    unloaded=yes
    as_root apparmor_parser -R "$file" || unloaded=
    as_root rm "$file" || fail "$file could not be deleted"
    [ -n "$unloaded" ] || fail "$name could not be unloaded; its file is deleted, so the next boot is without it"
    echo "The profile $name is unloaded, and $file deleted."
    exit 0
fi

[ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ] || {
    echo "AppArmor does not restrict user namespaces here: nothing to do."
    exit 0
}
newline='
'
case $lab in
*[]\[*?{}^@\"\\]* | *"$newline"*)
    fail "'$lab': AppArmor would take a part of this for a pattern; expected a path without * ? [ ] { } ^ @ \" \\ and newlines"
    ;;
esac
command -v apparmor_parser >/dev/null || fail "apparmor_parser is missing; expected the package apparmor to be installed"
[ -z "$sudo" ] || command -v sudo >/dev/null || fail "there is no sudo; expected root"

programs="0?-*/box,my/*/box,common/tools/sandbox.sh"
cat <<END
AppArmor keeps user namespaces, or their capabilities, from programs without a
profile. This loads one that frees these, and what they start, and nothing else:
  $lab/{$programs}
It is written to $file, so it holds after a reboot too,
until \`make allow REMOVE=1\`. Whoever may run these programs can run any program in
a user namespace, and so reach more of the kernel, as on a machine without this
restriction. If others use this machine, keep them out of $lab.
END
if [ -z "${YES:-}" ]; then
    [ -t 0 ] || fail "nobody can be asked, this is no terminal; expected YES=1"
    printf '%s' "${sudo:+With sudo: }load it? [y/N] "
    read -r answer || answer=
    case $answer in
    y | Y | yes) ;;
    *) fail "nothing done" ;;
    esac
fi

# Not confined in any way (flags), but known by a name, which has what it needs.
as_root tee "$file" >/dev/null <<END || fail "$file could not be written"
# Written by \`make allow\`; \`make allow REMOVE=1\` in the same directory deletes it.
abi <abi/4.0>,
profile $name "$lab/{$programs}" flags=(unconfined) {
  userns,
}
END
as_root apparmor_parser -r "$file" || {
    as_root rm "$file"
    fail "the profile was refused; expected AppArmor 4.0 or newer"
}
echo "The profile is loaded; \`make doctor\` shows what works now."
