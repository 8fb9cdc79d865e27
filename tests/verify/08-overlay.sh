#!/bin/sh
. "$(dirname "$0")/../lib.sh"
verify_08() {
:
}
verify_stage 08-overlay
