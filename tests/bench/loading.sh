#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# How long `sipbpf attach` takes from its start until packets are counted: until it says that it is attached, on a veth in
# a network namespace that ends with this script.
#
# usage: loading.sh SIPBPF REPORT [--json]
set -u
here=$(cd "$(dirname "$0")" && pwd)
[[ ${LOADING_NAMESPACE:-} ]] || LOADING_NAMESPACE=1 exec unshare --net "$here/${0##*/}" "$@"
sipbpf=$(realpath "$1")
report=$(realpath "$2")
rounds=9

# Milliseconds until it is attached: load MODE
load() {
	local start=$EPOCHREALTIME end="" line errors pid

	exec {errors}< <(exec "$sipbpf" attach --interval 1h --mode "$1" lb 2>&1 >/dev/null)
	pid=$!
	while read -r line <&"$errors"; do
		[[ $line != *"lb: received by"* ]] || {
			end=$EPOCHREALTIME
			break
		}
	done
	kill "$pid" 2>/dev/null
	while read -r line <&"$errors"; do :; done
	exec {errors}<&-
	[[ $end ]] || {
		echo "bench: loading: sipbpf attach --mode $1 failed" >&2
		return 1
	}
	awk -v start="$start" -v end="$end" 'BEGIN { printf "%.1f\n", (end - start) * 1000 }'
}

ip link add la type veth peer name lb && ip link set la up && ip link set lb up || exit 1
for mode in native tc auto; do
	times=$(for ((i = 0; i < rounds; i++)); do load $mode || exit 1; done) || exit 1
	"$report" "attach --mode $mode, until packets are counted" ms ${3:+"$3"} <<<"$times"
done
