#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `make demo`: its tables add up to the calls that it makes, and nothing is left.
#
# usage: test_demo.sh [SIPBPF]
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
sipbpf=$(realpath "${1:-build/sipbpf}")
calls=240
messages_of_call=12
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

net__require sipp
if ! scripts/demo.sh "$sipbpf" >"$tmp/tables" 2>"$tmp/messages"; then
	echo "not ok - demo: $(tail -n 1 "$tmp/messages")"
	exit 1
fi
total=$(awk '$1 == "SUMMARY" { sum += $NF } END { print sum + 0 }' "$tmp/tables")
if ((total >= calls * messages_of_call)); then
	echo "ok - demo: its tables have all messages"
else
	echo "not ok - demo: $total messages, not $((calls * messages_of_call))"
	exit 1
fi
