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

# The snapshot, its links and messages in one order, whatever the order in which they were counted.
snapshot() {
	"$sipbpf" count --format json --engine "$1" "$2" | jq -cS '.links |= (map(.messages |= sort) | sort)'
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

if ((EUID != 0)); then
	echo "ok - count # SKIP loading BPF programs needs root"
	exit 0
fi
python3 "$here/make_rows.py" "$tmp/rows.pcap"
engines_agree "more rows than a bank holds" "$tmp/rows.pcap"
python3 "$here/make_long.py" "$tmp/long.pcap"
engines_agree "packets longer than a page" "$tmp/long.pcap"
python3 "$here/make_waiting.py" "$tmp/waiting.pcap"
engines_agree "segments that wait when the capture ends" "$tmp/waiting.pcap"
for engine in user bpf tc; do
	if [[ $("$sipbpf" count --format json --engine $engine "$tmp/waiting.pcap" | jq '[.links[].messages[].count] | add') == 10 ]]; then
		echo "ok - count: $engine counts their messages"
	else
		echo "not ok - count: $engine loses their messages"
		failed=1
	fi
done
exit $failed
