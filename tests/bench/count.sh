#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `sipbpf count` over a capture of 200,000 messages, against tshark that prints one field for each: CPU seconds of both.
#
# usage: count.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")" && pwd)
sipbpf=$(realpath "${1:-build/sipbpf}")
messages=200000
rounds=5
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The CPU seconds, of user and system, that a command takes.
seconds() {
	local TIMEFORMAT='%U %S'

	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}

command -v tshark >/dev/null || {
	echo "bench: count: tshark is not installed (make setup)" >&2
	exit 1
}
python3 "$here/make_capture.py" "$tmp/calls.pcap" $messages
counted=$("$sipbpf" count --format json "$tmp/calls.pcap" | jq '[.links[].messages[].count] | add')
[[ $counted == "$messages" ]] || {
	echo "bench: count: $counted of $messages messages were counted" >&2
	exit 1
}
for ((i = 0; i < rounds; i++)); do
	seconds "$sipbpf" count "$tmp/calls.pcap"
done | sort -n >"$tmp/ours"
theirs=$(seconds tshark -r "$tmp/calls.pcap" -T fields -e sip.Method)
ours=$(sed -n "$((rounds / 2 + 1))p" "$tmp/ours")
awk -v ours="$ours" -v theirs="$theirs" 'BEGIN {
	printf "%-44s %8.3f s, tshark %.2f s: %.0f times faster   target: at least 200 times\n",
		"count, 200,000 messages", ours, theirs, theirs / ours }'
