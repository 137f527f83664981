#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `sipbpf count` over captures: every engine says the same.
#
# usage: test_count.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")" && pwd)
sipbpf=$(realpath "${1:-build/sipbpf}")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

# The snapshot, its links and messages in one order, whatever the order in which they were counted. jq takes seconds for it.
snapshot() {
	"$sipbpf" count --format json --engine "$1" "$2" | python3 -c '
import json, sys
snapshot = json.load(sys.stdin)
for link in snapshot["links"]:
    link["messages"].sort(key=str)
print(json.dumps(snapshot | {"links": sorted(snapshot["links"], key=str)}))'
}

engines_agree() {
	local name=$1 file=$2 engine expected

	expected=$(snapshot user "$file")
	for engine in bpf tc; do
		if [[ -n $expected && $(snapshot $engine "$file") == "$expected" ]]; then
			echo "ok - count: $name: $engine counts as user"
		else
			echo "not ok - count: $name: $engine counts otherwise than user"
			failed=1
		fi
	done
}

# What is counted in a capture, without what could not be read: tshark does not export that.
counts() {
	"$sipbpf" count --format json "$1" | jq -S '.links | map(select(.messages != []) | .messages |= sort) | sort'
}

# What tshark exports of a capture counts as the capture does: messages (layer 7), and what UDP and TCP carry (layer 4).
exports_count() {
	local layer capture=$here/../data/calls.pcap expected

	if ! type -P tshark >/dev/null; then
		echo "ok - count: what tshark exports # SKIP tshark is not installed (make setup)"
		return
	fi
	expected=$(counts "$capture")
	for layer in 4 7; do
		if tshark -r "$capture" -U "OSI layer $layer" -w "$tmp/exported.pcapng" 2>"$tmp/tshark.err" &&
			[[ $expected == *INVITE* && $(counts "$tmp/exported.pcapng") == "$expected" ]]; then
			echo "ok - count: what tshark exports of layer $layer"
		else
			echo "not ok - count: what tshark exports of layer $layer counts otherwise than the capture"
			failed=1
		fi
	done
}

exports_count
if ((EUID != 0)); then
	echo "ok - count # SKIP loading BPF programs needs root"
	exit 0
fi
python3 "$here/make_rows.py" "$tmp/rows.pcap"
engines_agree "more rows than a bank holds" "$tmp/rows.pcap"
python3 "$here/make_long.py" "$tmp/long.pcap"
engines_agree "packets longer than a page" "$tmp/long.pcap"
python3 "$here/make_kinds.py" "$tmp/kinds.pcapng"
engines_agree "frames that are not Ethernet" "$tmp/kinds.pcapng"
python3 "$here/make_waiting.py" "$tmp/waiting.pcap"
engines_agree "segments that wait when the capture ends" "$tmp/waiting.pcap"
if [[ $("$sipbpf" count --format json "$tmp/waiting.pcap" | jq '[.links[].messages[].count] | add') == 10 ]]; then
	echo "ok - count: their messages count"
else
	echo "not ok - count: their messages are lost"
	failed=1
fi
exit $failed
