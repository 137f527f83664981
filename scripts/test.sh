#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs the whole test suite, step by step: what each step prints goes to a log, its TAP lines are counted, failures and
# skips are shown with their reasons. The last line is the sum: "N passed, N failed, N skipped".
#
# usage: test.sh BUILD_FOLDER FUZZ_SECONDS [STEP...]
set -u
out=$1 fuzz_seconds=$2
shift 2
wanted=" $* "
logs=$out/test
all_passed=0 all_failed=0 all_skipped=0

# Counts TAP lines of a log that match: count LOG REGEX
count() {
	grep -cE "$2" "$1"
}

# The skipped tests; a test program that cannot give the reason there says it in the line before.
skips() {
	awk '/^(not )?ok .*# SKIP/ { print $0 (before ~ /^(ok|not ok|1\.\.|$)/ ? "" : ": " before) } { before = $0 }' "$1"
}

# Prints one line for the step and adds to the sums: tally NAME LOG STATUS SECONDS
tally() {
	local name=$1 log=$2 status=$3 seconds=$4 passed failed skipped

	skipped=$(count "$log" '^(not )?ok .*# SKIP')
	passed=$(($(count "$log" '^ok ') - $(count "$log" '^ok .*# SKIP')))
	failed=$(($(count "$log" '^not ok ') - $(count "$log" '^not ok .*# SKIP')))
	if ((status != 0 && failed == 0)); then
		failed=1
		tail -n 15 "$log"
		printf 'not ok - %s: exit status %d%s, see %s\n' "$name" "$status" \
			"$( ((status == 124)) && echo " (out of time)")" "$log" >>"$log"
	elif ((status == 0 && passed + failed + skipped == 0)); then
		passed=1
	fi
	grep -E '^not ok ' "$log" | grep -v '# SKIP' | cut -c 1-600
	skips "$log" | cut -c 1-300
	sed -n 's/^\(# \)*\(.*instructions processed by the verifier.*\)/    \2/p' "$log"
	printf '%-16s %4d passed, %d failed, %d skipped (%d s)\n' "$name" "$passed" "$failed" "$skipped" "$seconds"
	all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
}

is_wanted() {
	[[ $wanted == "  " || $wanted == *" $1 "* ]]
}

# step NAME SECONDS_MAX COMMAND...
step() {
	local name=$1 limit=$2 log=$logs/$1.log start=$SECONDS

	is_wanted "$name" || return
	shift 2
	timeout -k 30 "$limit" "$@" >"$log" 2>&1
	tally "$name" "$log" $? $((SECONDS - start))
}

# Likewise, beside the steps that follow, up to `await NAME`.
step_beside() {
	local name=$1 limit=$2

	is_wanted "$name" || return
	shift 2
	beside_start=$SECONDS
	timeout -k 30 "$limit" "$@" >"$logs/$name.log" 2>&1 </dev/null &
	beside_pid=$!
}

await() {
	is_wanted "$1" || return
	wait "$beside_pid"
	tally "$1" "$logs/$1.log" $? $((SECONDS - beside_start))
	beside_pid=
}

has_target() {
	make -n O="$out" "$1" >/dev/null 2>&1
}

beside_pid=
trap '[[ -z $beside_pid ]] || kill "$beside_pid" 2>/dev/null' EXIT
mkdir -p "$logs"
sanitize='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
step build 300 make O="$out" all
step bpf 300 make O="$out" test-bpf
# A guest takes one processor, and all the others need is built. Live traffic has the machine to itself.
step_beside kernels 1100 make O="$out" test-kernels
step unit 300 make O="$out" test-unit
step unit-sanitized 800 make O="$out/sanitize" CFLAGS="$sanitize" test-unit
step library 300 make O="$out" test-library
step check 400 make O="$out" check
if has_target fuzz; then
	step fuzz 600 make O="$out" fuzz T="$fuzz_seconds"
fi
await kernels
step net 600 make O="$out" test-net
printf '%d passed, %d failed, %d skipped\n' $all_passed $all_failed $all_skipped
((all_failed == 0))
