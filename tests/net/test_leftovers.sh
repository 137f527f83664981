#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What these tests leave behind: nothing, also if one is killed.
#
# usage: test_leftovers.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
lib=$(realpath "$(dirname "${BASH_SOURCE[0]}")/lib.sh")

# start_test: starts a test of its own, which waits; its pid in $test_pid.
start_test() {
	rm -f "$NET_TMP/waits"
	bash -c 'source "$1"; net__setup; net__start "$NET_B" sleep 1000; echo >"$2"; wait' test "$lib" "$NET_TMP/waits" \
		>"$NET_TMP/stdout" 2>"$NET_TMP/stderr" &
	test_pid=$!
	NET_PIDS+=("$test_pid")
	net__wait_for test -e "$NET_TMP/waits"
}

# namespaces PID: how many there are of the test with this pid.
namespaces() {
	ip netns list | grep -c "^sipbpf-[a-e]-$1-"
}

has_namespaces() {
	[[ $(namespaces "$1") == "$2" ]]
}

ended() {
	local signal

	for signal in TERM HUP; do
		net__want start_test && net__want has_namespaces "$test_pid" 2 && net__stop "$test_pid" "$signal"
		net__want has_namespaces "$test_pid" 0 || return 1
	done
}

killed() {
	net__want start_test && net__want has_namespaces "$test_pid" 2 && net__sweep && net__want has_namespaces "$test_pid" 2 &&
		net__stop "$test_pid" KILL
	net__want has_namespaces "$test_pid" 2 && net__sweep && net__want has_namespaces "$test_pid" 0 &&
		net__want has_namespaces $$ 2
}

tidy_up() {
	:
}

net__require jq
net__setup

net__check "a test that is ended removes its namespaces" ended
net__check "what one has left that was killed is removed later, and nothing else" killed
exit $NET_FAILED
