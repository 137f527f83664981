#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs test programs, each to its end, and fails when one did. They print TAP lines; a program that dies without a failed
# one is reported as a failure of its own. However many run at once, they are told in the order of the arguments.
#
# usage: run_tests.sh [--jobs N] [--as-root | --three-capabilities] PROGRAM... [-- ARGUMENT...]
#
# What a program prints as root stays in PROGRAM.tap: the results that other kernels are measured by.
set -u
export CMOCKA_MESSAGE_OUTPUT=TAP
wrapper=()
needs_root=
jobs=1
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

# run NUMBER ARGUMENT...: what the program prints goes to a file of the number, its exit status to another one.
run() {
	local number=$1

	"${wrapper[@]}" "${programs[number]}" "${@:2}" >"$work/$number" 2>&1
	echo $? >"$work/$number.new" && mv "$work/$number.new" "$work/$number.status"
}

tell() {
	local output status

	output=$(cat "$work/$1")
	status=$(cat "$work/$1.status")
	((${#wrapper[@]} == 0)) || output=${output//# SKIP /# SKIP as an ordinary user with three capabilities: }
	printf '%s\n' "$output"
	if [[ -n $needs_root && ${#wrapper[@]} == 0 ]]; then
		mv "$work/$1" "${programs[$1]}.tap"
	fi
	((status == 0)) && return
	failed=1
	grep '^not ok' <<<"$output" | grep -qv '# SKIP' ||
		printf 'not ok - %s: exit status %d\n' "${programs[$1]##*/}" "$status"
}

# Tells all that have ended, up to the first that has not.
tell_ended() {
	while [[ -e $work/$next.status ]]; do
		tell "$next"
		next=$((next + 1))
	done
}

# Names those that are ended with this script.
# shellcheck disable=SC2317 # called by a trap
tell_unended() {
	local number

	for ((number = next; number < started; number++)); do
		[[ -e $work/$number.status ]] || printf 'not ok - %s: did not come to its end\n' "${programs[number]##*/}"
	done
	exit 1
}

while [[ ${1:-} == --?* ]]; do
	case $1 in
	--jobs)
		jobs=$2
		shift
		;;
	--as-root)
		needs_root=1
		;;
	--three-capabilities)
		three_capabilities
		;;
	esac
	shift
done
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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
started=0 next=0 running=0
trap tell_unended TERM
while ((started < ${#programs[@]})); do
	if ((running == jobs)); then
		wait -n
		running=$((running - 1))
		tell_ended
	fi
	run "$started" "$@" &
	started=$((started + 1)) running=$((running + 1))
done
wait
tell_ended
exit $failed
