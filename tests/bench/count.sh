#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `sipbpf count` over a capture of 200,000 messages, against tshark that prints one field for each: the time that passes,
# and the CPU seconds.
#
# usage: count.sh SIPBPF REPORT [--json]
set -u
here=$(cd "$(dirname "$0")" && pwd)
sipbpf=$(realpath "$1")
report=$(realpath "$2")
messages=200000
rounds=9
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Appends to $1.wall and $1.cpu the seconds that a command takes: seconds NAME COMMAND...
seconds() {
	local TIMEFORMAT='%R %U %S' name=$1 wall user system

	shift
	read -r wall user system < <({ time "$@" >/dev/null 2>&1; } 2>&1)
	echo "$wall" >>"$name.wall"
	awk '{ print $1 + $2 }' <<<"$user $system" >>"$name.cpu"
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
	seconds "$tmp/ours" "$sipbpf" count "$tmp/calls.pcap"
done
seconds "$tmp/tshark" tshark -r "$tmp/calls.pcap" -T fields -e sip.Method
while read -r kind name target; do
	"$report" "count, 200,000 messages; $name" s "x tshark" "$(<"$tmp/tshark.$kind")" "$target" ${3:+"$3"} <"$tmp/ours.$kind"
done <<<"wall time 350
cpu CPU 200"
