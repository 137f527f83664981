#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs each fuzzer for so many seconds, as many at once as there are processors, one TAP line for each. Fails when one
# finds something, and says where the input is that reproduces it.
#
# usage: run.sh BUILD_FOLDER NAME=SECONDS...
set -u
out=$1
shift
here=$(dirname "$0")
failed=0

# fuzz NAME SECONDS
fuzz() {
	local name=$1 seconds=$2 log=$out/$1.log corpus=$out/corpus/$1 found=$out/found/$1

	mkdir -p "$corpus" "$found"
	if "$out/fuzz_$name" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=1024 -timeout=60 -verbosity=1 \
		-print_final_stats=1 -dict="$here/sip.dict" -artifact_prefix="$found/" "$corpus" \
		"$here/corpus/$name" >"$log" 2>&1; then
		echo "ok - fuzz $name: $(awk '/number_of_executed_units/ { print $2 }' "$log") inputs in $seconds s"
		return
	fi
	echo "not ok - fuzz $name: $(grep -m 1 -E '^not true|, one view: |runtime error|ERROR: ' "$log")"
	echo "# reproduce: $out/fuzz_$name $(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)"
	echo "# log: $log"
}

running=0
for fuzzer in "$@"; do
	fuzz "${fuzzer%=*}" "${fuzzer#*=}" >"$out/${fuzzer%=*}.tap" &
	running=$((running + 1))
	((running < $(nproc))) || {
		wait -n
		running=$((running - 1))
	}
done
wait
for fuzzer in "$@"; do
	cat "$out/${fuzzer%=*}.tap"
	grep -q '^ok' "$out/${fuzzer%=*}.tap" || failed=1
done
exit $failed
