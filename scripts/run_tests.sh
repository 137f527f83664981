#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs test programs one after the other, each to its end, and fails when one did. They print TAP lines; a program that
# dies without a failed one is reported as a failure of its own.
#
# usage: run_tests.sh [--as-root | --three-capabilities] PROGRAM... [-- ARGUMENT...]
set -u
export CMOCKA_MESSAGE_OUTPUT=TAP
wrapper=()
needs_root=
programs=()
failed=0

skip_all() {
	printf 'ok - %s # SKIP %s\n' "${programs[*]##*/}" "$1"
	exit 0
}

# Exactly what loading needs, as an ordinary user: root would hide what is missing.
three_capabilities() {
	local set=-all,+bpf,+net_admin,+perfmon

	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set"
		--ambient-caps="$set")
	needs_root=1
}

run() {
	local output status

	output=$("${wrapper[@]}" "$@" 2>&1)
	status=$?
	((${#wrapper[@]} == 0)) || output=${output//# SKIP /# SKIP as an ordinary user with three capabilities: }
	printf '%s\n' "$output"
	((status == 0)) && return
	failed=1
	grep '^not ok' <<<"$output" | grep -qv '# SKIP' || printf 'not ok - %s: exit status %d\n' "${1##*/}" "$status"
}

case ${1:-} in
--as-root)
	needs_root=1
	shift
	;;
--three-capabilities)
	three_capabilities
	shift
	;;
esac
while (($# > 0)) && [[ $1 != -- ]]; do
	programs+=("$1")
	shift
done
[[ ${1:-} == -- ]] && shift
((${#programs[@]} > 0)) || exit 0

[[ -z $needs_root || $EUID == 0 ]] || skip_all "needs root"
if ((${#wrapper[@]} > 0)) && ! "${wrapper[@]}" test -x "${programs[0]}"; then
	skip_all "an ordinary user cannot reach $(dirname "${programs[0]}")"
fi
for program in "${programs[@]}"; do
	run "$program" "$@"
done
exit $failed
