#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Calls (sipp) over TCP at the highest rate, counted by `sipbpf attach`: messages share segments and are cut by them, and
# all must be counted, as often as sipp says that it sent and received them. In each mode, with the offloads of the veth
# pair on (packets of up to 64 KiB) and off (each segment by itself), over a path as it is and over a narrow one.
#
# usage: test_streams.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

# Of each caller; four of them a round, 1,000 calls, and twelve rounds.
CALLS=$((250 * NET_SCALE))

# The callers' own port: none is used twice, not while another one listens on it nor while a connection closes.
port=7000

# Calls at a time that have a connection each: fewer than sipp lets wait to be accepted (100). Beyond, hosts lose handshakes
# and sipp, whose connections are then reset, gives up.
CONNECTIONS=64

# caller NAME FROM TO tn|t1 PORT OPEN: all calls of one caller, as fast as they can be made, OPEN of them at a time.
caller() {
	mkdir -p "$round/$1" && cd "$round/$1" && net__caller "$2" "$3" "$4" $CALLS -p "$5" -r 10000 -l "$6"
}

# All calls of a round at once: both families, a connection for each call (tn) and one for all (t1).
calls() {
	local pids=()

	(caller each4 $NET_A4 $NET_B4:5060 tn $((port + 1)) $CONNECTIONS) & pids+=($!)
	(caller each6 $NET_A6 "[$NET_B6]:5060" tn $((port + 2)) $CONNECTIONS) & pids+=($!)
	(caller one4 $NET_A4 $NET_B4:5060 t1 $((port + 3)) $CALLS) & pids+=($!)
	(caller one6 $NET_A6 "[$NET_B6]:5060" t1 $((port + 4)) $CALLS) & pids+=($!)
	net__wait_all "${pids[@]}"
}

# route NAMESPACE INTERFACE ADDRESS OPTION...: to one address; what TCP remembers of the last one is forgotten.
route() {
	ip -n "$1" route replace "$3" dev "$2" "${@:4}" && ip -n "$1" tcp_metrics flush
}

# A narrow path has small segments, few of them under way: messages queue up, and are cut anywhere. path wide|narrow
path() {
	local narrow=()

	[[ $1 == wide ]] || narrow=(advmss 300 cwnd lock 2)
	route "$NET_A" "$NET_A_IF" "$NET_B4" "${narrow[@]}" && route "$NET_A" "$NET_A_IF" "$NET_B6" "${narrow[@]}" &&
		route "$NET_B" "$NET_B_IF" "$NET_A4" "${narrow[@]}" && route "$NET_B" "$NET_B_IF" "$NET_A6" "${narrow[@]}"
}

# Has all packets of a connection received by one CPU: else they overtake each other when the sender moves to another one.
keep_order() {
	local file=queues/rx-0/rps_cpus mask

	mask=$(printf '%x' $(((1 << ($(nproc) < 32 ? $(nproc) : 32)) - 1)))
	ip netns exec "$NET_A" sh -c "echo $mask >/sys/class/net/$NET_A_IF/$file" &&
		ip netns exec "$NET_B" sh -c "echo $mask >/sys/class/net/$NET_B_IF/$file"
}

# offloads on|off
offloads() {
	ip netns exec "$NET_A" ethtool -K "$NET_A_IF" tso "$1" gso "$1" gro "$1" >/dev/null &&
		ip netns exec "$NET_B" ethtool -K "$NET_B_IF" tso "$1" gso "$1" gro "$1" >/dev/null
}

# check MODE on|off wide|narrow
check() {
	local name="calls over TCP, $1, offloads $2, path $3" reason start=$SECONDS

	round=$NET_TMP/$1-$2-$3
	mkdir -p "$round"
	port=$((port + 10))
	if ! offloads "$2"; then
		net__not_ok "$name" "ethtool could not turn them $2"
	elif ! path "$3"; then
		net__not_ok "$name" "ip could not set the routes"
	elif net__counted_calls "$round" "$1" $((2 * CALLS + 2)) TCP >"$round/reason"; then
		tail -n 1 "$round/verdict" >>"$NET_TMP/verdicts"
		net__ok "$name ($(tail -n 1 "$round/verdict"), $((SECONDS - start)) s)"
	else
		reason=$(tr '\n' ' ' <"$round/reason")
		net__stop "${attach_pid:-0}" KILL 2>/dev/null
		net__not_ok "$name" "${reason:-no reason given}"
	fi
	rm -rf "$round"
}

# "M messages in P packets, C that only go on": the test tests nothing unless packets held several, and messages were cut.
check_load() {
	local name="some messages shared a packet, some were cut"

	if awk '{ shared += $1 - $4; cut += $6 } END { exit !(shared > 0 && cut > 0) }' "$NET_TMP/verdicts"; then
		net__ok "$name"
	else
		net__not_ok "$name" "there were none"
	fi
}

net__require sipp ethtool python3
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
keep_order || net__die "receive packet steering could not be set"
net__callee $NET_B4 t1
net__callee $NET_B6 t1

for mode in native skb tc; do
	for state in on off; do
		check $mode $state wide
		check $mode $state narrow
	done
done
check_load
exit $NET_FAILED
