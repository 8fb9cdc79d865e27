#!/bin/sh
. "$(dirname "$0")/../lib.sh"
verify_07() {
:
}
verify_stage 07-cgroup
