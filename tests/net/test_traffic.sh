#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Real calls (sipp) over a veth pair, counted by `sipbpf attach` on one end and captured there at the same time: each
# cell of every link must equal what tshark finds in the capture, and the sums what sipp says it sent.
#
# usage: test_traffic.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

# Makes calls and waits for them: caller NAME FROM TO un|tn CALLS RATE
caller() {
	mkdir -p "$round/$1" && cd "$round/$1" && net__caller "$2" "$3" "$4" "$5" -r "$6" -l 2000
}

# All calls of a round, both transports and families at once: calls UDP_CALLS UDP_RATE TCP_CALLS TCP_RATE
calls() {
	local pids=() pid failed=0

	(caller udp4 $NET_A4 $NET_B4:5060 un "$1" "$2") & pids+=($!)
	(caller udp6 $NET_A6 "[$NET_B6]:5060" un "$1" "$2") & pids+=($!)
	(caller tcp4 $NET_A4 $NET_B4:5060 tn "$3" "$4") & pids+=($!)
	(caller tcp6 $NET_A6 "[$NET_B6]:5060" tn "$3" "$4") & pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=1
	done
	return $failed
}

first_lines() {
	head -n 5 "$@" 2>/dev/null | tr '\n' ' '
}

# has_snapshots COUNT
# shellcheck disable=SC2317 # called through net__wait_for
has_snapshots() {
	(($(wc -l <"$round/snapshots") >= $1))
}

# Runs a round, until there are so many snapshots, and prints why it failed; what it measured is in $verdict:
# traffic MODE INTERVAL SNAPSHOTS CALLS RATE CALLS RATE
traffic() {
	net__attach "$round" -i "$2" --mode "$1" || {
		first_lines "$round/stderr"
		return 1
	}
	net__capture "$round" || {
		echo "no capture: $(first_lines "$round/dumpcap")"
		return 1
	}
	calls "${@:4}" || {
		net__callers_complain "$round"
		return 1
	}
	net__wait_for has_snapshots $(($3 - 1)) || {
		echo "only $(wc -l <"$round/snapshots") snapshots"
		return 1
	}
	net__end_capture "$round" || {
		echo "the capture is not complete: $(tail -n 1 "$round/dumpcap")"
		return 1
	}
	net__stop "$attach_pid" || {
		echo "sipbpf ended with status $?: $(first_lines "$round/stderr")"
		return 1
	}
	python3 "$here/compare.py" "$round/snapshots" "$round/capture.pcapng" "$round"/*/*_counts.csv >"$round/verdict" || {
		tr '\n' ';' <"$round/verdict"
		return 1
	}
}

# One test: check NAME MODE INTERVAL SNAPSHOTS_MIN UDP_CALLS UDP_RATE TCP_CALLS TCP_RATE
check() {
	local name=$1 mode=$2 interval=$3 reason

	shift
	round=$NET_TMP/$mode-$interval
	mkdir -p "$round"
	if ! traffic "$@" >"$round/reason"; then
		reason=$(cat "$round/reason")
		net__stop "${attach_pid:-0}" KILL 2>/dev/null
		net__stop "${capture_pid:-0}" KILL 2>/dev/null
		net__not_ok "$name" "${reason:-no reason given}"
		return
	fi
	if ! net__is_bare "$NET_B" "$NET_B_IF"; then
		net__not_ok "$name" "programs are left on the interface"
	else
		net__ok "$name ($(tail -n 1 "$round/verdict"))"
	fi
	rm -rf "$round"
}

net__require sipp dumpcap tshark python3 jq bpftool tc
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
net__callee $NET_B4 u1
net__callee $NET_B6 u1
net__callee $NET_B4 t1
net__callee $NET_B6 t1

for mode in native skb tc; do
	check "calls, $mode" $mode 60s 1 $((500 * NET_SCALE)) 250 $((125 * NET_SCALE)) 60
done
check "calls, $((60 * NET_SCALE)) bank swaps" native 100ms $((60 * NET_SCALE)) $((1300 * NET_SCALE)) 200 $((325 * NET_SCALE)) 50
exit $NET_FAILED
