#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# HEP of real senders, counted where it arrives. Calls (sipp) over UDP and TCP, IPv4 and IPv6, pass three proxies (Kamailio)
# within A, and each proxy reports them to B by another version of HEP. Only HEP crosses the veth pair. What is counted of it
# must equal what a capture of the calls holds. sipgrep and sngrep report from that capture.
#
# usage: test_hep.sh [SIPBPF]
#
# Functions are called by their names in variables.
# shellcheck disable=SC2317
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")
CALLS=3
COLLECTOR_PORT=9060
MTU=1500
NET4=10.88.0 NET6=fd88:: # of what calls within A: proxies 1 to 3, the callee 8, the caller 9
CALLEE_PORT=5070
caller_port=7000 # none is used twice

remove_route() {
	ip -n "$NET_A" route del table local local "$1" dev lo 2>/dev/null
}

# sipgrep and sngrep report a segment that TCP repeats twice. Nothing is lost here, so nothing is repeated either.
inner_addresses() {
	local host address

	ip netns exec "$NET_A" bash -c "echo 0 >/proc/sys/net/ipv4/tcp_early_retrans" || return
	for host in 1 2 3 8 9; do
		ip -n "$NET_A" addr add "$NET4.$host/32" dev lo && ip -n "$NET_A" addr add "$NET6$host/128" dev lo nodad || return
		for address in "$NET4.$host" "$NET6$host"; do
			net__wait_for remove_route "$address" && # IPv6 adds it a little later
				ip -n "$NET_A" route add table local local "$address" dev lo rto_min 60s || return
		done
	done
}

# listens ADDRESS PORT: over UDP and TCP.
listens() {
	ip netns exec "$NET_A" ss -Hlnu | grep -qF "$1:$2 " && ip netns exec "$NET_A" ss -Hlnt | grep -qF "$1:$2 "
}

# wait_to_listen HOST PORT LOG: over IPv4 and IPv6.
wait_to_listen() {
	local address

	for address in "$NET4.$1" "[$NET6$1]"; do
		net__wait_for listens "$address" "$2" || net__die "nothing listens at $address: $(head -c 400 "$3")"
	done
}

start_callees() {
	local address transport

	for address in "$NET4.8" "$NET6"8; do
		for transport in u1 t1; do
			net__start "$NET_A" sipp -sf "$NET_DATA/sipp_uas.xml" -t $transport -i "$address" -p "$CALLEE_PORT" -nostdin \
				-d "$(net__pause $transport)" "${NET_SIPP_PATIENCE[@]}" >>callee.log 2>&1
		done
	done
	wait_to_listen 8 "$CALLEE_PORT" callee.log
}

# start_proxy VERSION: Kamailio that reports by this version.
start_proxy() {
	local own4=$NET4.$1:5060 own6="[$NET6$1]:5060"

	mkdir "proxy$1"
	sed "s,@VERSION@,$1,; s,@COLLECTOR@,$NET_B4:$COLLECTOR_PORT,; s,@OWN@,$NET_A4:5060,; s,@NEXT4@,$NET4.8:$CALLEE_PORT,
		s,@NEXT6@,[${NET6}8]:$CALLEE_PORT," "$NET_DATA/kamailio_hep.cfg" >"proxy$1.cfg"
	net__start "$NET_A" kamailio -f "$PWD/proxy$1.cfg" -DD -E -m 32 -M 4 -n 1 -P "$PWD/proxy$1.pid" -Y "$PWD/proxy$1" \
		-l "udp:$own4" -l "tcp:$own4" -l "udp:$own6" -l "tcp:$own6" >"proxy$1.log" 2>&1 </dev/null
}

start_proxies() {
	local version

	for version in 1 2 3; do
		start_proxy $version
	done
	for version in 1 2 3; do
		wait_to_listen $version 5060 "proxy$version.log"
	done
}

# Takes what is reported, so that no sender is refused.
start_collector() {
	net__start "$NET_B" python3 -c '
import socket, sys
collector = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
collector.bind(("0.0.0.0", int(sys.argv[1])))
while True:
    collector.recv(65536)' $COLLECTOR_PORT
}

# caller NAME FROM TO u1|t1 PORT
caller() {
	mkdir -p "$round/$1" && cd "$round/$1" && net__caller "$2" "$3" "$4" "$CALLS" -p "$5" -r 50
}

# Calls through each proxy.
calls() {
	local pids=() version transport

	for version in 1 2 3; do
		for transport in u1 t1; do
			caller_port=$((caller_port + 2))
			(caller "$version$transport-4" "$NET4.9" "$NET4.$version:5060" "$transport" "$caller_port") & pids+=($!)
			(caller "$version$transport-6" "${NET6}9" "[$NET6$version]:5060" "$transport" $((caller_port + 1))) &
			pids+=($!)
		done
	done
	net__wait_all "${pids[@]}" || {
		net__callers_complain "$round"
		return 1
	}
}

start_capture() {
	net__start "$NET_A" dumpcap -q -B 64 -i lo -w "$round/capture.pcapng" 2>"$round/dumpcap"
	capture_pid=$!
	net__wait_for grep -q '^File:' "$round/dumpcap"
}

# A capture that lost frames proves nothing.
end_capture() {
	net__stop "$capture_pid" INT
	grep -q 'Packets received/dropped.*: [0-9]*/0 ' "$round/dumpcap" &&
		"$sipbpf" count --format json --transport wire "$round/capture.pcapng" >"$round/wire"
}

# Nothing more is reported.
is_quiet() {
	local before

	before=$(net__passed)
	sleep 0.3
	[[ $(net__passed) == "$before" ]]
}

# compare [ADDRESS_PREFIX]: ends sipbpf, and compares what it has counted with the capture.
compare() {
	net__wait_for is_quiet
	net__stop "$attach_pid" || {
		echo "sipbpf ended with status $?: $(head -n 5 "$round/stderr")"
		return 1
	}
	python3 "$here/compare_hep.py" "$round/snapshots" "$wire" "$@" >"$round/verdict" || {
		tr '\n' ';' <"$round/verdict"
		return 1
	}
}

attach() {
	net__attach "$round" -i 60s "$@" || {
		head -n 5 "$round/stderr"
		return 1
	}
}

# reported_calls MODE MTU: with a small MTU, HEP comes in fragments.
reported_calls() {
	local fragments

	ip -n "$NET_A" link set "$NET_A_IF" mtu "$2" && attach --hep --mode "$1" && start_capture || return
	calls && net__wait_for is_quiet || return
	end_capture || {
		echo "no capture: $(tail -n 1 "$round/dumpcap")"
		return 1
	}
	wire=$round/wire
	compare || return
	fragments=$(jq -s 'map(.packets.reasons.fragment) | add' "$round/snapshots")
	(($2 == MTU && fragments == 0 || $2 < MTU && fragments > 0)) || {
		echo "$fragments fragments"
		return 1
	}
	cp "$round/wire" "$NET_TMP/wire" && cp "$round/capture.pcapng" "$NET_TMP/calls.pcapng"
}

# run_sender COMMAND...: in A, which reports the capture of the calls.
run_sender() {
	wire=$NET_TMP/wire
	attach "--hep=$COLLECTOR_PORT" --mode tc || return
	timeout "$NET_PATIENCE" ip netns exec "$NET_A" "$@" >"$round/sender" 2>&1 </dev/null || {
		echo "$1 ended with status $?: $(head -n 5 "$round/sender")"
		return 1
	}
}

# Debian's sipgrep knows IPv4 only. It reads the default ports, unless told of others.
sipgrep_reports() {
	run_sender sipgrep -H "udp:$NET_B4:$COLLECTOR_PORT" -P 5060-7999 -g -I "$NET_TMP/calls.pcapng" && compare 10.
}

# sngrep_reports VERSION
sngrep_reports() {
	printf 'set eep.send.version %s\n' "$1" >"$round/sngreprc"
	run_sender env TERM=xterm sngrep -N -q -f "$round/sngreprc" -H "udp:$NET_B4:$COLLECTOR_PORT" -I "$NET_TMP/calls.pcapng" &&
		compare
}

# Both ends of a hop report the same message, over an interface each: these are two reports, not one packet twice.
both_ends_report() {
	ip link add wa netns "$NET_A" type veth peer name wb netns "$NET_B" &&
		net__configure "$NET_A" wa 10.79.0.1 fd79::1 && net__configure "$NET_B" wb 10.79.0.2 fd79::2 &&
		net__fix_neighbour "$NET_A" wa "$(net__mac "$NET_B" wb)" 10.79.0.2 || return
	attach --hep --mode native wb || return
	ip netns exec "$NET_A" python3 - "$NET_B4" 10.79.0.2 "$COLLECTOR_PORT" <<-'PYTHON' || return
		import socket, sys
		ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
		report = b"\x01\x10\x02\x11\x13\xc4\x13\xc4" + ends + b"BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nCSeq: 1 BYE\r\n\r\n"
		for collector in sys.argv[1:3]:
		    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(report, (collector, int(sys.argv[3])))
	PYTHON
	net__wait_for is_quiet && net__stop "$attach_pid" || return
	jq -es '([.[].links[].messages[].count] | add) == 2' "$round/snapshots" >/dev/null || {
		echo "not two: $(jq -c '.links, .packets' "$round/snapshots" | head -c 900)"
		return 1
	}
}

# Without --hep, nothing is counted, and HEP is told.
not_read() {
	attach --mode native && calls && net__wait_for is_quiet && net__stop "$attach_pid" || return
	jq -es '([.[].links[]] | length) == 0 and ([.[].packets.reasons.hep] | add) > 100 and
		([.[].packets.encapsulations.hep] | add) == 0' "$round/snapshots" >/dev/null || {
		echo "not all of it is hep: $(jq -c '.links, .packets' "$round/snapshots" | head -c 600)"
		return 1
	}
}

# check NAME FUNCTION ARGUMENT...
check() {
	local name=$1 reason

	round=$NET_TMP/round
	mkdir -p "$round"
	if "${@:2}" >"$round/reason"; then
		net__ok "$name$([[ ! -f $round/verdict ]] || echo " ($(tail -n 1 "$round/verdict"))")"
	else
		reason=$(tr '\n' ' ' <"$round/reason")
		net__stop "${attach_pid:-0}" KILL 2>/dev/null
		net__stop "${capture_pid:-0}" KILL 2>/dev/null
		net__not_ok "$name" "${reason:-no reason given}"
	fi
	rm -rf "$round"
}

net__require sipp dumpcap kamailio sipgrep sngrep python3 jq
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
cd "$NET_TMP" || exit 1
inner_addresses || net__die "could not set the inner addresses"
start_collector
start_callees
start_proxies
check "HEP1, HEP2 and HEP3 of Kamailio in fragments, tc" reported_calls tc 700
check "HEP1, HEP2 and HEP3 of Kamailio, skb" reported_calls skb $MTU
check "HEP1, HEP2 and HEP3 of Kamailio, native" reported_calls native $MTU
check "HEP3 of sipgrep" sipgrep_reports
check "HEP3 of sngrep" sngrep_reports 3
check "HEP2 of sngrep" sngrep_reports 2
check "both ends report a message, over two interfaces" both_ends_report
check "without --hep" not_read
exit $NET_FAILED
