#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs the whole test suite, step by step: what each step prints goes to a log, its TAP lines are counted, skips are shown
# with their reasons, and at the end the failures. The last line is the sum: "N passed, N failed, N skipped".
#
# What the steps need is built first, once. Then three rows of steps run at the same time, of about the same length: two that
# compute, and one that mostly waits for the kernel.
#
# usage: test.sh BUILD_FOLDER FUZZ_SECONDS [STEP...]
set -u
out=$1 fuzz_seconds=$2
shift 2
wanted=" $* "
logs=$out/test
failed_tests=$logs/failed_tests
all_passed=0 all_failed=0 all_skipped=0

# Counts TAP lines of a log that match: count LOG REGEX
count() {
	grep -cE "$2" "$1"
}

# The skipped tests; a test program that cannot give the reason there says it in the line before.
skips() {
	awk '/^(not )?ok .*# SKIP/ { print $0 (before ~ /^(ok|not ok|1\.\.|$)/ ? "" : ": " before) } { before = $0 }' "$1"
}

# The failed tests, at most 30: each between what its program printed since the test before, at most 20 lines of it, and
# the comments that TAP puts behind it.
failures() {
	awk '
		/^(not )?ok / { is_failed = /^not / && !/# SKIP/ && tests++ < 30 }
		/^not ok / && is_failed {
			for (line = number > 20 ? number - 20 : 0; line < number; line++)
				print "    " lines[line]
			print
		}
		/^(not )?ok / { number = 0; next }
		is_failed && /^#/ { print; next }
		{ lines[number++] = $0; is_failed = 0 }' "$1" | cut -c 1-600
}

# Prints one line for the step and adds to the sums: tally NAME LOG STATUS SECONDS
tally() {
	local name=$1 log=$2 status=$3 seconds=$4 passed failed skipped

	skipped=$(count "$log" '^(not )?ok .*# SKIP')
	passed=$(($(count "$log" '^ok ') - $(count "$log" '^ok .*# SKIP')))
	failed=$(($(count "$log" '^not ok ') - $(count "$log" '^not ok .*# SKIP')))
	if ((status != 0 && failed == 0)); then
		failed=1
		printf 'not ok - %s: exit status %d%s, see %s\n' "$name" "$status" \
			"$( ((status == 124)) && echo " (out of time)")" "$log" >>"$log"
	elif ((status == 0 && passed + failed + skipped == 0)); then
		passed=1
	fi
	failures "$log" >>"$failed_tests"
	skips "$log" | cut -c 1-300
	sed -n 's/^\(# \)*\(.*instructions processed by the verifier.*\)/    \2/p' "$log"
	printf '%-16s %4d passed, %d failed, %d skipped (%d s)\n' "$name" "$passed" "$failed" "$skipped" "$seconds"
	all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
}

is_wanted() {
	[[ $wanted == "  " || $wanted == *" $1 "* ]]
}

# ---- the steps ----

# What each step takes, in seconds, beside the others on two processors. It is ended after five times that and five minutes:
# nothing waits for a limit but a failure.
declare -A usual=([build]=95 [bpf]=75 [net]=620 [unit]=60 [unit-sanitized]=680 [library]=13 [check]=110
	[fuzz]=$((30 + 2 * fuzz_seconds)) [kernels]=760)
names=(build unit unit-sanitized library check bpf fuzz net kernels)
rounds=${TEST_ROUNDS:-1}

limit_of() {
	echo $((300 + 5 * ${usual[$1]} * rounds))
}

# Sets $command to what the step runs: command_of NAME
command_of() {
	local sanitize='-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
	local name

	# A program with the sanitizers within starts in two thirds of the time; clang links them so by itself.
	[[ ${CC:-gcc} == *clang* ]] || sanitize+=' -static-libasan -static-libubsan'
	command=(make -j "$(nproc)" O="$out")
	case $1 in
	build)
		for name in bpf net unit library check fuzz kernels; do
			! is_wanted "$name" || command+=("build-$name")
		done
		;;
	unit-sanitized) command=(make -j "$(nproc)" O="$out/sanitize" CFLAGS="$sanitize" test-unit) ;;
	check) command+=(check) ;;
	fuzz) command+=(fuzz T="$fuzz_seconds") ;;
	*) command+=("test-$1") ;;
	esac
}

# step NAME: runs it to its end, which is told in $logs/NAME.end: its exit status and the seconds that it took.
step() {
	local name=$1 start=$SECONDS command status

	command_of "$name"
	timeout -k 30 "$(limit_of "$name")" "${command[@]}" >"$logs/$name.log" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	# A test that was killed has not removed its network namespaces.
	((status == 0)) || bash -c 'source tests/net/lib.sh; net__sweep' 2>/dev/null
	echo "$status $((SECONDS - start))" >"$logs/$name.new"
	mv "$logs/$name.new" "$logs/$name.end"
}

# row NAME...: those steps that are wanted, one after the other.
row() {
	local name

	trap 'kill "$child" 2>/dev/null; exit 1' TERM
	for name in "$@"; do
		! is_wanted "$name" || step "$name"
	done
}

# Tells a step when it has come to its end: await NAME
await() {
	local status seconds

	is_wanted "$1" || [[ $1 == build ]] || return
	while [[ ! -e $logs/$1.end && -n $(jobs -pr) ]]; do
		sleep 0.5
	done
	read -r status seconds <"$logs/$1.end"
	tally "$1" "$logs/$1.log" "$status" "$seconds"
}

end_rows() {
	local pids

	mapfile -t pids < <(jobs -pr)
	((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null
}

# Failures stand right above the sum, where whoever sees only the end of the output finds them.
sum() {
	cat "$failed_tests"
	printf '%d passed, %d failed, %d skipped\n' $all_passed $all_failed $all_skipped
	((all_failed == 0))
}

trap end_rows EXIT
mkdir -p "$logs"
rm -f "$logs"/*.end
: >"$failed_tests"
step build
await build
if ((all_failed > 0)); then
	sum
	exit 1
fi
row kernels check &
row unit-sanitized unit library fuzz &
row bpf net &
for name in "${names[@]:1}"; do
	await "$name"
done
sum
