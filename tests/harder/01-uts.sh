#!/bin/sh
# 01-uts, harder: the NIS domain name, and variables for the command.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

verify_01() {
    domain=animals$(random)
    host_domain=$(domainname)

    task A "--domainname NAME"
    hold --domainname "$domain"
    check "domainname inside prints the name given" "$domain" \
        "$(nsenter -u -t "$inside" domainname 2>/dev/null)" \
        "setdomainname is not called in the child" "setdomainname(2)"
    check "the host keeps its own" "$domain $host_domain" \
        "$(nsenter -u -t "$inside" domainname 2>/dev/null) $(domainname)" \
        "setdomainname before the clone" "setdomainname(2)"
    let_go
    check "without the option it is what the host has" "$domain $host_domain" \
        "$(run --domainname "$domain" domainname) $(run domainname)" \
        "it is set although nobody asked for it" "setdomainname(2)"
    check "with --share uts it is refused" "0 125" \
        "$(status --domainname "$domain" true) $(status --share uts --domainname "$domain" true)" \
        "the option's group in options[] is not CLONE_NEWUTS" "argp(3)"
    check "64 bytes are taken, 65 are not" "125 $(printf %064d 7)" \
        "$(status --domainname "$(printf %065d 7)" true) $(run --domainname "$(printf %064d 7)" domainname)" \
        "the length is not looked at" "setdomainname(2)"

    task B "--env NAME=VALUE"
    value="a b=*$(random)"
    check "the variable arrives as it was given" "$value" \
        "$(run --env "LAB=$value" sh -c 'printf %s "$LAB"')" \
        "not added after set_environment" "environ(7), putenv(3)"
    check "it may be given again, for another name" "1 $value" \
        "$(run --env A=1 --env "B=$value" sh -c 'echo "$A $B"')" \
        "only the last one is kept" "argp(3)"
    check "it takes the place of one that box sets" /lab \
        "$(run --env HOME=/lab sh -c 'echo "$HOME"')" \
        "set before set_environment" "putenv(3)"
    check "without = it is refused" "0 125" \
        "$(status --env A=1 true) $(status --env A true)" \
        "the value is not looked at before the clone" "environ(7)"
}

verify_stage 01-uts
