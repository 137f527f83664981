#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Calls (sipp) through tunnels, counted on the interface on which the tunnels' packets pass: over VXLAN, GRE and IP in IP, IPv4
# and IPv6 within, UDP and TCP, in each mode. All must be counted, between the inner addresses, as often as sipp says.
#
# usage: test_tunnels.sh [SIPBPF]
#
# Functions are called by their names in variables.
# shellcheck disable=SC2317
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

INNER_A4=10.88.0.1 INNER_A6=fd88::1
INNER_B4=10.88.0.2 INNER_B6=fd88::2
CALLS=25 # of each caller; four of them a round, and nine rounds
MTU=1400 # of what is in the tunnels
TAGGED=20

# The callers' own port: none is used twice.
port=7000

# caller NAME FROM TO u1|tn PORT
caller() {
	mkdir -p "$round/$1" && cd "$round/$1" && net__caller "$2" "$3" "$4" "$CALLS" -p "$5" -r 100
}

calls() {
	local pids=()

	(caller udp4 "$INNER_A4" "$INNER_B4:5060" u1 $((port + 1))) & pids+=($!)
	(caller udp6 "$INNER_A6" "[$INNER_B6]:5060" u1 $((port + 2))) & pids+=($!)
	(caller tcp4 "$INNER_A4" "$INNER_B4:5060" tn $((port + 3))) & pids+=($!)
	(caller tcp6 "$INNER_A6" "[$INNER_B6]:5060" tn $((port + 4))) & pids+=($!)
	net__wait_all "${pids[@]}" || return
	ip netns exec "$NET_B" "$sipbpf" status --format json "$NET_B_IF" >"$round/status"
}

# ---- tunnels: tunnel_KIND NAMESPACE LOCAL REMOTE makes device "tunnel"; 2: the kernel cannot ----

tunnel_vxlan() {
	ip -n "$1" link add tunnel type vxlan id 7 local "$2" remote "$3" dstport 4789 2>/dev/null || return 2
	ip -n "$1" link set tunnel address "02:00:00:00:00:${2##*.}"
}

tunnel_gre() {
	ip -n "$1" link add tunnel type gre local "$2" remote "$3" key 7 seq 2>/dev/null || relay gre "$@"
}

# Never the kernel's: a device of type ipip takes no IPv6, and one of type sit is another module.
tunnel_ipip() {
	relay ipip "$@"
}

has_device() {
	ip -n "$1" link show tunnel >/dev/null 2>&1
}

relay() {
	[[ -c /dev/net/tun ]] || return 2
	net__start "$2" python3 "$here/tunnel.py" "$1" tunnel "$3" "$4" 2>"$NET_TMP/relay.$2"
	relays+=($!)
	net__wait_for has_device "$2"
}

# connect NAMESPACE ADDRESS4 ADDRESS6 PEER_MAC: sends what goes to the other end's inner addresses into the tunnel
connect() {
	ip -n "$1" link set tunnel mtu $MTU multicast off &&
		ip netns exec "$1" sysctl -qw net.ipv6.conf.tunnel.addr_gen_mode=1 &&
		ip -n "$1" link set tunnel up &&
		ip -n "$1" route add "$2" dev tunnel src "$4" &&
		ip -n "$1" route add "$3" dev tunnel src "$5" || return
	[[ $kind != vxlan ]] || net__fix_neighbour "$1" tunnel "$6" "$2" "$3"
}

# Returns 2 when the kernel cannot.
make_tunnel() {
	local status

	"tunnel_$kind" "$NET_A" $NET_A4 $NET_B4 && "tunnel_$kind" "$NET_B" $NET_B4 $NET_A4
	status=$?
	((status == 0)) || return $status
	connect "$NET_A" $INNER_B4 $INNER_B6 $INNER_A4 $INNER_A6 02:00:00:00:00:2 &&
		connect "$NET_B" $INNER_A4 $INNER_A6 $INNER_B4 $INNER_B6 02:00:00:00:00:1
}

remove_tunnel() {
	local relay

	for relay in "${relays[@]}"; do
		net__stop "$relay"
	done
	relays=()
	ip -n "$NET_A" link del tunnel 2>/dev/null
	ip -n "$NET_B" link del tunnel 2>/dev/null
}

inner_addresses() {
	ip -n "$NET_A" addr add $INNER_A4/32 dev lo && ip -n "$NET_A" addr add $INNER_A6/128 dev lo nodad &&
		ip -n "$NET_B" addr add $INNER_B4/32 dev lo && ip -n "$NET_B" addr add $INNER_B6/128 dev lo nodad
}

# ---- checks ----

# Every packet of UDP and TCP came through the tunnel, and was seen to: through NAME. Router solicitations need no tunnel.
through() {
	jq -es --arg name "$1" 'map(.packets) | (map(.encapsulations[$name]) | add) as $through |
		(map(.seen - .reasons.not_ip - .reasons.not_transport) | add) as $seen | $through > 0 and $through >= $seen' \
		"$round/snapshots" >/dev/null
}

# `status` has told so too, while sipbpf counted: status_tells NAME
status_tells() {
	jq -es --arg name "$1" '.[0].instances[0].counters | .encapsulations[$name] >= .packets.sip and .packets.sip > 0' \
		"$round/status" >/dev/null
}

# tunneled MODE
tunneled() {
	net__counted_calls "$round" "$1" $((2 * CALLS + 2)) TCP,UDP || return
	through "${encapsulations[$kind]}" || {
		echo "not all came through ${encapsulations[$kind]}: $(jq -c .packets "$round/snapshots")"
		return 1
	}
	status_tells "${encapsulations[$kind]}" || {
		echo "status says otherwise: $(head -c 500 "$round/status")"
		return 1
	}
}

# check NAME FUNCTION MODE
check() {
	local name=$1 reason

	round=$NET_TMP/round
	mkdir -p "$round"
	port=$((port + 10))
	if "$2" "$3" >"$round/reason"; then
		net__ok "$name$([[ ! -f $round/verdict ]] || echo " ($(tail -n 1 "$round/verdict"))")"
	else
		reason=$(tr '\n' ' ' <"$round/reason")
		net__stop "${attach_pid:-0}" KILL 2>/dev/null
		net__not_ok "$name" "${reason:-no reason given}"
	fi
	rm -rf "$round"
}

# The kernel takes the outer tag out of what is received before tc sees it: it matters to none, and all is counted.
tagged() {
	net__attach "$round" -i 60s --mode "$1" || {
		head -n 5 "$round/stderr"
		return 1
	}
	ip netns exec "$NET_A" python3 "$here/send_tagged.py" "$NET_A_IF" "$TAGGED" || return
	sleep 0.2
	net__stop "$attach_pid" || {
		echo "sipbpf ended with status $?: $(head -n 5 "$round/stderr")"
		return 1
	}
	jq -es --argjson count "$TAGGED" '([.[].links[].messages[].count] | add) == $count and
		([.[].packets.encapsulations.vlan] | add) == $count' "$round/snapshots" >/dev/null || {
		echo "not $TAGGED messages, each with a tag: $(jq -c '.links, .packets' "$round/snapshots" | tr '\n' ' ')"
		return 1
	}
}

declare -A encapsulations=([vxlan]=vxlan [gre]=gre [ipip]=ip_in_ip)
relays=()

net__require sipp python3 jq sysctl
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
inner_addresses || net__die "could not set the inner addresses"
for transport in u1 t1; do
	net__callee $INNER_B4 $transport
	net__callee $INNER_B6 $transport
done

for mode in native skb tc; do
	check "tags of 802.1Q and 802.1ad, $mode" tagged "$mode"
done
for kind in vxlan gre ipip; do
	make_tunnel
	case $? in
	0)
		for mode in native skb tc; do
			check "calls through $kind, $mode" tunneled "$mode"
		done
		;;
	2) net__skip "calls through $kind" "the kernel has neither $kind nor TUN" ;;
	*) net__not_ok "calls through $kind" "the tunnel could not be made: $(cat "$NET_TMP"/relay.* 2>/dev/null | tail -n 3)" ;;
	esac
	remove_tunnel
done
exit $NET_FAILED
