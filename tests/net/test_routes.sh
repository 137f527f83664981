#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Messages that pass several counted interfaces: routed, translated (NAT), bridged, through a tunnel and the interface below
# it, from one end of a veth pair to the other. Each counts once, between the ends with which it was first seen; what is
# only like another message counts too.
#
# usage: test_routes.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

# A is the client and C the server. B is between them: vb leads to A, and r1 to C.
C4=10.78.0.9 R4=10.78.0.2
C6=fd78::9 R6=fd78::2
METHODS=(OPTIONS MESSAGE INFO)
MESSAGES=$((2 * 2 * ${#METHODS[@]})) # requests and answers, over UDP and TCP

attach_pid=0
relay_pid=0

tidy_up() {
	((attach_pid)) && net__stop "$attach_pid" KILL
	((relay_pid)) && net__stop "$relay_pid" KILL
	attach_pid=0 relay_pid=0
	ip netns exec "$NET_B" sysctl -qw net.ipv4.ip_forward=1
}

# ---- counting ----

# start INTERFACE...: counts at them, in $mode.
start() {
	: >"$NET_TMP/stderr"
	net__start "$NET_B" "$sipbpf" attach --format json -i 1h --mode "$mode" "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	attach_pid=$!
	net__wait_for net__is_settled "$attach_pid" "$NET_TMP/stderr" && [[ -d /proc/$attach_pid ]]
}

end() {
	sleep 0.2
	net__stop "$attach_pid"
}

# has_variable NAME VALUE: of the programs.
has_variable() {
	local id

	while read -r id; do
		bpftool -j map show id "$id" | jq -e '.name | endswith(".bss")' >/dev/null &&
			bpftool -j map dump id "$id" |
			jq -e --arg name "$1" --argjson value "$2" '[.. | objects | .[$name] | numbers] == [$value]' >/dev/null && return
	done < <(awk '/^map_id:/ { print $2 }' "/proc/$attach_pid/fdinfo/"*)
	return 1
}

# counted JQ [ARGUMENT...]: the last snapshot fulfils this.
counted() {
	jq -se '[.[].links[]] as $links | ([$links[].messages[].count] | add // 0) as $total |
		[$links[].messages[].direction] as $directions | '"$1" "$NET_TMP/stdout" --args "${@:2}" >"$NET_TMP/answer" || {
		reason="$1: $(jq -c '{links, reasons: (.packets.reasons | with_entries(select(.value != 0)))}' "$NET_TMP/stdout")"
		return 1
	}
}

# ---- traffic ----

# talk [TARGET]: requests from A to a server, and its answers.
talk() {
	local transport

	for transport in udp tcp; do
		ip netns exec "$NET_A" timeout "$NET_PATIENCE" python3 "$here/send_requests.py" "$transport" "$NET_A4" "${1:-$C4}" 5060 \
			"$transport@a" "${METHODS[@]}" >"$NET_TMP/talk" 2>&1 || return
	done
}

# each_mode WANTED TARGET INTERFACE...: what is wanted of the counts holds in each mode that all of them have.
each_mode() {
	local wanted=$1 target=$2 modes=(tc native skb)

	shift 2
	[[ " $* " == *" br"* || " $* " == *" x0 "* || " $* " == *" gtp "* ]] && modes=(tc skb)
	for mode in "${modes[@]}"; do
		net__want start "$@" && net__want talk "$target" && net__want end && counted "$wanted" || return 1
	done
}

# ---- the checks; each returns 1 when something is wrong, and net__check() says which line ----

ONCE="\$total == $MESSAGES"

routed() {
	each_mode "$ONCE and all(\$links[]; .server_ip == \"$C4\")" "$C4" "$NET_B_IF" r1
}

# forward6 0|1: whether B routes IPv6.
forward6() {
	ip netns exec "$NET_B" sysctl -qw net.ipv6.conf.all.forwarding="$1"
}

each_fragment_once() {
	for mode in tc native skb; do
		net__want start "$NET_B_IF" r1 &&
			net__want ip netns exec "$NET_A" python3 "$here/send_fragments.py" "$NET_A4" "$C4" 6 &&
			net__want ip netns exec "$NET_A" python3 "$here/send_fragments.py" "$NET_A6" "$C6" 6 &&
			net__want has_variable fragment_tickets 0 && net__want end && counted '[$links[].messages[] | select(.type | endswith("INVITE")) | [.type, .method, .count]] ==
				[["ReINVITE", "INVITE", 6], ["ReINVITE", "INVITE", 6]]' || return 1
	done
}

# re-INVITEs of 4 KB in fragments of IP, whose headers lie in any of them. No copy of a fragment is kept, because they come
# in order. Connection tracking puts them together and cuts
# them again, those of IPv6 with another identification.
routed_fragments() {
	forward6 1 && each_fragment_once && nat "chain forward { type filter hook forward priority 0; ct state new; }" inet && each_fragment_once
	local failed=$?

	nat_off inet 2>/dev/null
	forward6 0
	return "$failed"
}

# send_long NAMESPACE TARGET SIZE: three INVITEs of this size, which may be cut into fragments on their way.
send_long() {
	ip netns exec "$1" python3 - "$2" "$3" <<-'PYTHON'
		import socket, sys, time
		IP_MTU_DISCOVER, IP_PMTUDISC_DONT = 10, 0
		with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
		    udp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
		    for number in range(3):
		        lines = "INVITE sip:c SIP/2.0", f"Via: SIP/2.0/UDP a;branch=z9hG4bK{number}", "To: <sip:c>", \
		            "CSeq: 1 INVITE", "Content-Length: 0", "X-Filler: "
		        text = "\r\n".join(lines)
		        udp.sendto((text + (int(sys.argv[2]) - len(text) - 4) * "0" + "\r\n\r\n").encode(), (sys.argv[1], 5071))
		        time.sleep(0.02)
	PYTHON
}

smaller_fragments() {
	for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want send_long "$NET_A" "$C4" 1400 &&
			net__want ip netns exec "$NET_A" python3 "$here/send_fragments.py" "$NET_A4" "$C4" 3 && net__want end &&
			counted '[$links[].messages[] | select(.type | endswith("INVITE")) | [.type, .method, .count]] | sort ==
				[["INVITE", "INVITE", 3], ["ReINVITE", "INVITE", 3]]' || return 1
	done
}

# What is received whole leaves in fragments, and what is received in fragments leaves in smaller ones.
cut_on_the_way() {
	ip -n "$NET_B" link set r1 mtu 576 && smaller_fragments
	local failed=$?

	ip -n "$NET_B" link set r1 mtu 1500
	configure_link_to_c r1 # the kernel takes IPv6 away from an interface with an MTU of less than 1,280
	return "$failed"
}

# A handshake of TLS where nobody expects it is told once.
routed_tls() {
	net__accept "$NET_C" 8443 || return 1
	for mode in tc native skb; do
		net__want start "$NET_B_IF" r1 && net__want net__begin_tls "$C4" 8443 && net__want end &&
			counted '[.[].unread.tls_ports[]] == [{port: 8443, handshakes: 1}]' || return 1
	done
}

# has_interface NAME: in B.
has_interface() {
	ip -n "$NET_B" link show "$1" >/dev/null 2>&1
}

# nat RULES [FAMILY]: in B, until nat_off [FAMILY].
nat() {
	ip netns exec "$NET_B" nft -f - <<-RULES
		table ${2:-ip} sipbpf_test {
			$1
		}
	RULES
}

nat_off() {
	ip netns exec "$NET_B" nft delete table "${1:-ip}" sipbpf_test
}

# One link for each client, with both directions. The client is as it calls itself.
masqueraded() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	each_mode "$ONCE"' and ($links | length) == 2 and all($links[]; .client_ip == "'"$NET_A4"'" and .server_ip == "'"$C4"'" and
		([.messages[].direction] | unique) == ["in", "out"])' "$C4" "$NET_B_IF" r1
	local failed=$?

	nat_off
	return "$failed"
}

# ask SOURCE [TARGET [PORT]]: a request from port 5070 or this one, over UDP, and its answer.
ask() {
	ip netns exec "$NET_A" timeout 20 python3 - "$1" "${2:-$C4}" "${3:-5070}" <<-'PYTHON'
		import socket, sys
		lines = "OPTIONS sip:c SIP/2.0", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "To: <sip:c>", "From: <sip:a>;tag=1", \
		    "Call-ID: " + sys.argv[1], "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		udp.bind((sys.argv[1], int(sys.argv[3])))
		udp.connect((sys.argv[2], 5060))
		udp.send("\r\n".join(lines).encode())
		udp.recv(1000)
	PYTHON
}

# ask_alike PORT ADDRESS...: requests with the same text from these addresses of A, one right after the other, and their
# answers. Nothing in their IP headers tells them apart.
ask_alike() {
	ip netns exec "$NET_A" timeout 20 python3 - "$C4" "$C6" "$@" <<-'PYTHON'
		import socket, sys
		IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2 # the identification is 0 then
		lines = "OPTIONS sip:c SIP/2.0", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "To: <sip:c>", "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""
		sockets = []
		for source in sys.argv[4:]:
		    udp = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM)
		    if udp.family == socket.AF_INET:
		        udp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
		    udp.bind((source, int(sys.argv[3])))
		    sockets.append((udp, (sys.argv[2 if ":" in source else 1], 5060)))
		for udp, target in sockets:
		    udp.sendto("\r\n".join(lines).encode(), target)
		for udp, _ in sockets:
		    udp.recv(1000)
	PYTHON
}

# each_alike COUNT ADDRESS...: each of them has a link, with so many requests and answers.
each_alike() {
	counted '[$links[] | {client_ip, counts: [.messages[] | [.direction, .type, .count]] | sort}] | sort_by(.client_ip) ==
		[$ARGS.positional[1:] | sort[] | {client_ip: ., counts: [["in", "OPTIONS", ($ARGS.positional[0] | tonumber)], ["out", "200", ($ARGS.positional[0] | tonumber)]]}]' "$@"
}

# In any order, before and after their translations are known.
alike() {
	for mode in tc native; do
		net__want start "$NET_B_IF" r1 || return 1
		for ((i = 0; i < 3; i++)); do
			net__want ask_alike 5088 "$1" "$2" && sleep 0.3 && net__want ask_alike 5088 "$2" "$1" && sleep 0.3 || return 1
		done
		net__want end && each_alike 6 "$1" "$2" || return 1
	done
}

# Two phones behind NAT, and a phone behind NAT and one with IPv6, which is not translated.
masqueraded_alike() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	keep_translations && forward6 1 && labels 0 "$NET_A" && alike "$NET_A4" 10.77.0.3 && alike "$NET_A6" "$NET_A4"
	local failed=$?

	labels 1 "$NET_A"
	forward6 0
	nat_off
	return "$failed"
}

# The kernel's own translations are over. Who reads them has it remove them.
is_forgotten() {
	sleep 2
	net__wait_for eval '! ip netns exec "$NET_B" grep -q udp /proc/net/nf_conntrack'
}

each_use_of_a_port() {
	for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want is_forgotten && net__want ask "$NET_A4" && net__want is_forgotten &&
			net__want ask 10.77.0.3 && net__want is_forgotten && net__want ask_from_router && net__want end &&
			counted '[$links[] | {client_ip, counts: [.messages[] | [.direction, .type, .count]] | sort}] | sort ==
				[("10.77.0.1", "10.77.0.3", "'"$R4"'") | {client_ip: ., counts: [["in", "OPTIONS", 1], ["out", "200", 1]]}]' || return 1
	done
}

# The port that stood for one client stands for another one, and then for a program in B.
masqueraded_again() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 ip saddr 10.77.0.0/24 meta l4proto udp masquerade to :5070; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	ip netns exec "$NET_B" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1 net.netfilter.nf_conntrack_udp_timeout_stream=1
	neighbours_at "$NET_B_IF"
	each_use_of_a_port
	local failed=$?

	nat_off
	return "$failed"
}

# ask_from_router [PORT]
ask_from_router() {
	local NET_A=$NET_B

	ask "$R4" "$C4" "${1:-5070}"
}

# invite_from_server PORT [TARGET]: requests from port 5060 of C, where a program listens.
invite_from_server() {
	ip netns exec "$NET_C" python3 - "${2:-$R4}" "$1" <<-'PYTHON'
		import socket, struct, sys, time
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
		for number in range(3):
		    lines = "INVITE sip:b SIP/2.0", f"Via: SIP/2.0/UDP c;branch=z9hG4bK{number}", "To: <sip:b>", "CSeq: 1 INVITE", "", ""
		    text = "\r\n".join(lines).encode()
		    raw.sendto(struct.pack(">HHHH", 5060, int(sys.argv[2]), 8 + len(text), 0) + text, (sys.argv[1], 0))
		    time.sleep(0.05)
	PYTHON
}

requests_to_a_port() {
	for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want is_forgotten && net__want ask "$NET_A4" && net__want is_forgotten &&
			net__want invite_from_server 5070 && net__want end &&
			counted '[$links[] | [([.client_ip, .server_ip] - ["'"$C4"'"])[0], ([.messages[] | select(.type == "INVITE") | .count] | add // 0)]] | sort ==
				[["'"$NET_A4"'", 1], ["'"$R4"'", 2]]' || return 1
	done
}

# The port that stood for one client is given to another one by a rule: the first packet shows that.
forwarded_again() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }
		chain pre { type nat hook prerouting priority -100; iifname r1 udp dport 5070 dnat to 10.77.0.3:5070; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	requests_to_a_port
	local failed=$?

	nat_off
	return "$failed"
}

# knows_translations NUMBER JQ: so many of the programs' translations fulfil this.
knows_translations() {
	local id

	while read -r id; do
		bpftool -j map show id "$id" | jq -e '.name == "translations"' >/dev/null &&
			bpftool -j map dump id "$id" | jq -e "[.[].formatted | select($2)] | length == $1" >/dev/null && return
	done < <(awk '/^map_id:/ { print $2 }' "/proc/$attach_pid/fdinfo/"*)
	return 1
}

# wait_for_next_hop TO PORT: a request of A waits in B, longer than packets are remembered, for the next hop's link-layer
# address, and is answered.
wait_for_next_hop() {
	local mac

	mac=$(net__mac "$NET_C" rc)
	ip -n "$NET_B" neigh del "$C4" dev r1
	ip netns exec "$NET_C" nft 'add table arp silent; add chain arp silent input { type filter hook input priority 0; policy drop; }'
	ask "$NET_A4" "$1" "$2" &
	net__wait_for eval 'ip -n "$NET_B" neigh show "$C4" dev r1 | grep -q INCOMPLETE'
	sleep 0.5
	ip -n "$NET_B" neigh replace "$C4" lladdr "$mac" dev r1 nud permanent
	ip netns exec "$NET_C" nft delete table arp silent
	wait $!
}

# The last request, which waits, counts at both interfaces; all else counts on the phone's link.
waits_in_the_router() {
	net__want ask "$NET_A4" "$C4" 5250 && for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want wait_for_next_hop "$C4" 5250 && net__want ask "$NET_A4" "$C4" 5250 &&
			net__want invite_from_server 5250 && net__want end &&
			counted '[$links[] | select(.client_ip == "'"$NET_A4"'") | .messages[] | [.direction, .type, .count]] | sort ==
				[["in", "OPTIONS", 2], ["out", "200", 2], ["out", "INVITE", 3]]' || return 1
	done
}

# A packet of a phone that is forwarded too late to be known again does not make the phone's port the router's.
masqueraded_late() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	keep_translations && waits_in_the_router
	local failed=$?

	nat_off
	return "$failed"
}

# The server speaks first, after something of the phone's that is no message. As soon as connection tracking has been asked,
# what follows counts on the phone's link.
opened_by_something_else() {
	ip netns exec "$NET_A" python3 -c 'import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((sys.argv[1], 5251))
udp.sendto(b"\r\n\r\n", (sys.argv[2], 5060))' "$NET_A4" "$C4"
	net__want invite_from_server 5251 &&
		net__want net__wait_for knows_translations 1 '.value.is_tracked == 1 and .key.ends.target_port == 5251' &&
		net__want invite_from_server 5251 && net__want ask "$NET_A4" "$C4" 5251 && net__want end &&
		counted '[$links[] | [.client_ip, ([.messages[] | [.direction, .type, .count]] | sort)]] | sort ==
			[["'"$NET_A4"'", [["in", "OPTIONS", 1], ["out", "200", 1], ["out", "INVITE", 3]]], ["'"$R4"'", [["out", "INVITE", 3]]]]'
}

masqueraded_for_something_else() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	mode=tc
	keep_translations && net__want start "$NET_B_IF" r1 && opened_by_something_else
	local failed=$?

	nat_off
	return "$failed"
}

# What comes to a port of B that stood for a phone, and for nobody since, is B's own.
masqueraded_no_more() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	mode=tc
	ip netns exec "$NET_B" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=25 net.netfilter.nf_conntrack_udp_timeout_stream=25
	net__want start "$NET_B_IF" r1 && net__want ask "$NET_A4" "$C4" 5087 &&
		net__want net__wait_for knows_translations 1 '.value.is_tracked == 1 and .key.ends.target_port == 5087' &&
		net__want net__wait_for knows_translations 0 '.key.ends.target_port == 5087' && net__want invite_from_server 5087 && net__want end &&
		counted '[$links[] | [.client_ip, ([.messages[] | [.direction, .type, .count]] | sort)]] | sort ==
			[["'"$NET_A4"'", [["in", "OPTIONS", 1], ["out", "200", 1]]], ["'"$R4"'", [["out", "INVITE", 3]]]]'
	local failed=$?

	nat_off
	return "$failed"
}

# For longer than a check takes. Each of the checks has ports of its own.
keep_translations() {
	ip netns exec "$NET_B" sysctl -qw net.netfilter.nf_conntrack_udp_timeout=120 net.netfilter.nf_conntrack_udp_timeout_stream=120
}

# each_phone SERVER CLIENT...: each client has one link, on which the server called it three times, and answered one request.
each_phone() {
	counted '[$links[] | {server_ip, client_ip, counts: [.messages[] | [.direction, .type, .count]] | sort}] | sort_by(.client_ip) ==
		[$ARGS.positional[1:][] | {server_ip: $ARGS.positional[0], client_ip: .,
			counts: [["in", "OPTIONS", 1], ["out", "200", 1], ["out", "INVITE", 3]]}]' "$@"
}

# register_phones TARGET PORT PORT: a request of each of two phones, before anything is counted.
register_phones() {
	keep_translations && ask "$NET_A4" "$1" "$2" && ask 10.77.0.3 "$1" "$3"
}

# The server calls each of them, and then each sends a request.
called_first() {
	net__want register_phones "$C4" 5080 5081 && for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want invite_from_server 5080 && net__want invite_from_server 5081 &&
			net__want ask "$NET_A4" "$C4" 5080 && net__want ask 10.77.0.3 "$C4" 5081 && net__want end &&
			each_phone "$C4" "$NET_A4" 10.77.0.3 || return 1
	done
}

# Where only the far side is counted, there is no other address than that of the near side's translation.
called_first_outside() {
	for mode in tc native; do
		net__want start r1 && net__want invite_from_server 5080 && net__want ask "$NET_A4" "$C4" 5080 && net__want end &&
			each_phone "$C4" "$R4" || return 1
	done
}

# Two phones that were translated before, and are called from outside before they send anything.
masqueraded_before() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	called_first && called_first_outside && routing_bridge_on && called_first
	local failed=$?

	has_interface br0 && routing_bridge_off
	nat_off
	return "$failed"
}

# What a program in B sends is translated before it is first seen.
router_called_first() {
	keep_translations && net__want ask_from_router 5085 &&
		for mode in tc native; do
			net__want start "$NET_B_IF" r1 && net__want invite_from_server 7085 && net__want ask_from_router 5085 && net__want end &&
				each_phone "$C4" "$R4" || return 1
		done
}

own_before() {
	nat "chain post { type nat hook postrouting priority 100; oifname r1 udp sport 5085 snat to $R4:7085; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	router_called_first
	local failed=$?

	nat_off
	return "$failed"
}

is_back() {
	grep -q "r1: the interface is back" "$NET_TMP/stderr"
}

# r1 goes, a phone speaks through r9, which then takes the place of r1, and the server calls the phone.
called_at_another() {
	keep_translations && net__want start "$NET_B_IF" r1 && ip -n "$NET_B" link del r1 && link_to_c r9 && net__want ask "$NET_A4" "$C4" 5084 &&
		ip -n "$NET_B" link set r9 down && ip -n "$NET_B" link set r9 name r1 && configure_link_to_c r1 &&
		net__want net__wait_for is_back && net__want invite_from_server 5084 && net__want end && each_phone "$C4" "$NET_A4"
}

came_back() {
	nat "chain post { type nat hook postrouting priority 100; ip daddr $C4 snat to $R4; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	mode=tc
	called_at_another
	local failed=$?

	has_interface r9 && ip -n "$NET_B" link del r9
	has_interface r1 || link_to_c r1
	nat_off
	return "$failed"
}

forwarded_port_calls_first() {
	net__want register_phones "$NET_B4" 5082 5083 && for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want invite_from_server 5082 "$NET_A4" &&
			net__want invite_from_server 5083 10.77.0.3 && net__want ask "$NET_A4" "$NET_B4" 5082 &&
			net__want ask 10.77.0.3 "$NET_B4" 5083 && net__want end && each_phone "$NET_B4" "$NET_A4" 10.77.0.3 || return 1
	done
}

# A proxy behind a forwarded port, to which two phones have spoken before, speaks first.
forwarded_before() {
	nat "chain pre { type nat hook prerouting priority -100; iifname $NET_B_IF udp dport 5060 dnat to $C4; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	forwarded_port_calls_first
	local failed=$?

	nat_off
	return "$failed"
}

# The server is as the client calls it.
forwarded_port() {
	nat "chain pre { type nat hook prerouting priority -100; iifname $NET_B_IF meta l4proto { tcp, udp } th dport 5060 dnat to $C4; }" || {
		skip_reason="no NAT in this kernel"
		return 0
	}
	each_mode "$ONCE"' and ($links | length) == 2 and all($links[]; .client_ip == "'"$NET_A4"'" and .server_ip == "'"$NET_B4"'" and
		([.messages[].direction] | unique) == ["in", "out"])' "$NET_B4" "$NET_B_IF" r1
	local failed=$?

	nat_off
	return "$failed"
}

# Both ends of the bridge and the bridge itself, which is given copies of all frames: A is in the network of C then.
bridged() {
	ip -n "$NET_B" link add br0 type bridge && ip -n "$NET_B" link set br0 multicast off up promisc on &&
		ip -n "$NET_B" link set "$NET_B_IF" master br0 && ip -n "$NET_B" link set r1 master br0 &&
		ip -n "$NET_A" addr add 10.78.0.1/24 dev "$NET_A_IF" &&
		ip -n "$NET_A" neigh replace "$C4" lladdr "$(net__mac "$NET_C" rc)" dev "$NET_A_IF" nud permanent &&
		ip -n "$NET_C" neigh replace "$NET_A4" lladdr "$(net__mac "$NET_A" "$NET_A_IF")" dev rc nud permanent &&
		ip -n "$NET_C" route replace 10.77.0.0/24 dev rc && ip -n "$NET_A" route replace 10.78.0.0/24 dev "$NET_A_IF" &&
		each_mode "$ONCE" "$C4" "$NET_B_IF" r1 br0
	local failed=$?

	ip -n "$NET_B" link del br0
	ip -n "$NET_A" addr del 10.78.0.1/24 dev "$NET_A_IF"
	ip -n "$NET_A" neigh del "$C4" dev "$NET_A_IF"
	ip -n "$NET_C" route del 10.77.0.0/24
	routes_on
	return "$failed"
}

# neighbours_at INTERFACE: B knows A's addresses there.
neighbours_at() {
	net__fix_neighbour "$NET_B" "$1" "$(net__mac "$NET_A" "$NET_A_IF")" "$NET_A4" 10.77.0.3
}

# B routes from a bridge that vb is a port of, until routing_bridge_off.
routing_bridge_on() {
	ip -n "$NET_B" link add br0 type bridge && ip -n "$NET_B" link set br0 multicast off up &&
		ip -n "$NET_B" link set br0 address "$(net__mac "$NET_B" "$NET_B_IF")" &&
		ip -n "$NET_B" link set "$NET_B_IF" master br0 && ip -n "$NET_B" addr del "$NET_B4/24" dev "$NET_B_IF" &&
		ip -n "$NET_B" addr add "$NET_B4/24" dev br0 && neighbours_at br0
}

routing_bridge_off() {
	ip -n "$NET_B" link del br0
	ip -n "$NET_B" addr add "$NET_B4/24" dev "$NET_B_IF"
	neighbours_at "$NET_B_IF"
}

routed_from_a_bridge() {
	routing_bridge_on && each_mode "$ONCE" "$C4" "$NET_B_IF" r1 && each_mode "$ONCE" "$C4" r1 br0
	local failed=$?

	routing_bridge_off
	return "$failed"
}

is_remembering() {
	has_variable may_pass_twice 1
}

# One interface is enough where B sends back what it receives. It begins to, after sipbpf has.
sent_back() {
	mode=tc
	ip netns exec "$NET_B" sysctl -qw net.ipv4.ip_forward=0 && net__want start "$NET_B_IF" && net__want_not is_remembering &&
		ip netns exec "$NET_B" sysctl -qw net.ipv4.ip_forward=1 && net__want net__wait_for is_remembering &&
		ip -n "$NET_A" neigh replace 10.77.0.9 lladdr "$(net__mac "$NET_B" "$NET_B_IF")" dev "$NET_A_IF" nud permanent &&
		ip -n "$NET_B" neigh replace 10.77.0.9 lladdr "$(net__mac "$NET_A" "$NET_A_IF")" dev "$NET_B_IF" nud permanent &&
		net__want send_text_to 10.77.0.9 5071 "$NET_A4" && net__want end && counted '$total == 2'
	local failed=$?

	ip -n "$NET_A" neigh del 10.77.0.9 dev "$NET_A_IF"
	ip -n "$NET_B" neigh del 10.77.0.9 dev "$NET_B_IF"
	return "$failed"
}

# Both ends of a VXLAN between A and B, until tunnel_off. 1 where the kernel has none.
make_tunnel() {
	ip -n "$NET_A" link add x0 type vxlan id 7 local "$NET_A4" remote "$NET_B4" dstport 4789 2>/dev/null &&
		ip -n "$NET_B" link add x0 type vxlan id 7 local "$NET_B4" remote "$NET_A4" dstport 4789 && return
	skip_reason="no VXLAN in this kernel"
	return 1
}

# tunnel_on [MTU]
tunnel_on() {
	local mtu=(${1:+mtu "$1"})

	ip -n "$NET_A" addr add 10.79.0.1/24 dev x0 && ip -n "$NET_B" addr add 10.79.0.2/24 dev x0 &&
		ip -n "$NET_A" link set x0 "${mtu[@]}" multicast off up && ip -n "$NET_B" link set x0 "${mtu[@]}" multicast off up &&
		ip -n "$NET_A" neigh replace 10.79.0.2 lladdr "$(net__mac "$NET_B" x0)" dev x0 nud permanent &&
		ip -n "$NET_B" neigh replace 10.79.0.1 lladdr "$(net__mac "$NET_A" x0)" dev x0 nud permanent
}

tunnel_off() {
	ip -n "$NET_A" link del x0
	ip -n "$NET_B" link del x0
}

# What A sends through a VXLAN leaves it in B and is routed to C.
from_a_tunnel() {
	make_tunnel || return 0
	tunnel_on && ip -n "$NET_B" route replace "$NET_A4" via 10.79.0.1 table 7 && ip -n "$NET_B" rule add iif r1 table 7 &&
		ip -n "$NET_A" route replace 10.78.0.0/24 via 10.79.0.2 &&
		each_mode "$ONCE" "$C4" "$NET_B_IF" r1 && each_mode "$ONCE" "$C4" "$NET_B_IF" x0 r1 && each_mode "$ONCE" "$C4" x0 "$NET_B_IF"
	local failed=$?

	ip -n "$NET_B" rule del iif r1 table 7
	tunnel_off
	routes_on
	return "$failed"
}

# A phone behind a tunnel, of which the interface below is counted, has spoken before and is called.
called_in_a_tunnel() {
	net__want keep_translations && net__want ask 10.79.0.1 "$C4" 5086 && for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want invite_from_server 5086 && net__want ask 10.79.0.1 "$C4" 5086 && net__want end &&
			each_phone "$C4" 10.79.0.1 || return 1
	done
}

masqueraded_from_a_tunnel() {
	make_tunnel || return 0
	nat "chain post { type nat hook postrouting priority 100; oifname r1 masquerade; }" || {
		skip_reason="no NAT in this kernel"
		tunnel_off
		return 0
	}
	tunnel_on && ip -n "$NET_A" route replace 10.78.0.0/24 via 10.79.0.2 && called_in_a_tunnel
	local failed=$?

	nat_off
	tunnel_off
	routes_on
	return "$failed"
}

# gtp_end NAMESPACE ADDRESS LOCAL REMOTE: an end of a tunnel of GTP-U, which is a program.
gtp_end() {
	net__start "$1" python3 "$here/gtp_tunnel.py" gtp "$2/24" "$3" "$4" >"$NET_TMP/$1.gtp" 2>&1
	net__wait_for grep -q ready "$NET_TMP/$1.gtp"
}

# What A sends through a tunnel is taken out of it, and put into it, by a program on B. It is in other memory then.
from_a_tunnel_of_a_program() {
	local first second

	net__want gtp_end "$NET_A" 10.79.0.1 "$NET_A4" "$NET_B4" && first=$! && net__want gtp_end "$NET_B" 10.79.0.2 "$NET_B4" "$NET_A4" &&
		second=$! && ip -n "$NET_B" route replace "$NET_A4" dev gtp table 7 && ip -n "$NET_B" rule add iif r1 table 7 &&
		ip -n "$NET_A" route replace 10.78.0.0/24 dev gtp &&
		each_mode "$ONCE" "$C4" "$NET_B_IF" r1 && each_mode "$ONCE" "$C4" "$NET_B_IF" gtp r1 && each_mode "$ONCE" "$C4" gtp "$NET_B_IF"
	local failed=$?

	ip -n "$NET_B" rule del iif r1 table 7
	[[ -n $first ]] && net__stop "$first" KILL
	[[ -n $second ]] && net__stop "$second" KILL
	routes_on
	return "$failed"
}

long_both_ways() {
	for mode in tc skb; do
		net__want start "$NET_B_IF" x0 && net__want send_long "$NET_A" 10.79.0.2 1470 && net__want send_long "$NET_B" 10.79.0.1 1470 &&
			net__want end && counted '$total == 6 and ($directions | unique) == ["in"]' || return 1
	done
}

# The packets of the tunnel are fragments, of which those inside know nothing: to B, which puts them together, and from B.
tunnel_in_fragments() {
	make_tunnel || return 0
	tunnel_on 1500 && long_both_ways
	local failed=$?

	tunnel_off
	return "$failed"
}

# Both ends of a veth pair are counted; what one sends, the other receives, and a bridge passes it on.
veth_pair() {
	ip -n "$NET_B" link add p0 type veth peer name p1 && ip -n "$NET_B" link add br1 type bridge &&
		ip -n "$NET_B" link set p1 master br1 && ip -n "$NET_B" link set r1 master br1 &&
		ip -n "$NET_B" addr del "$R4/24" dev r1 && ip -n "$NET_B" addr add "$R4/24" dev p0 &&
		for interface in p0 p1 br1; do ip -n "$NET_B" link set "$interface" multicast off up || break; done &&
		ip -n "$NET_B" neigh replace "$C4" lladdr "$(net__mac "$NET_C" rc)" dev p0 nud permanent &&
		ip -n "$NET_C" neigh replace "$R4" lladdr "$(net__mac "$NET_B" p0)" dev rc nud permanent &&
		each_mode "$ONCE" "$C4" "$NET_B_IF" p0 p1 r1 br1
	local failed=$?

	ip -n "$NET_B" link del br1
	ip -n "$NET_B" link del p0
	ip -n "$NET_B" addr add "$R4/24" dev r1
	routes_on
	return "$failed"
}

# ---- calls through two proxies in B: by vb to the first one, by lo to the second one, by r1 to C ----

CALLS=$((250 * NET_SCALE)) # over each transport
CALLEE_PORT=5080

# proxy NAME ADDRESS NEXT
proxy() {
	mkdir -p "$NET_TMP/$1" && sed "s,@DUMPS@,$NET_TMP/$1,; s,@NEXT4@,$3," "$NET_DATA/kamailio.cfg" >"$NET_TMP/$1.cfg" &&
		net__start "$NET_B" kamailio -f "$NET_TMP/$1.cfg" -DD -E -m 64 -M 8 -n 1 -P "$NET_TMP/$1.pid" -Y "$NET_TMP/$1" \
			-l "udp:$2:5060" -l "tcp:$2:5060" >"$NET_TMP/$1.log" 2>&1 && net__wait_for net__listens "$2" t
}

# callee u1|t1, caller u1|t1: with the counts of sipp in a folder of its own.
callee() {
	mkdir -p "$NET_TMP/uas$1" && cd "$NET_TMP/uas$1" && net__start "$NET_C" sipp -sf "$NET_DATA/sipp_uas.xml" -t "$1" -i "$C4" \
		-p "$CALLEE_PORT" -m "$CALLS" -nostdin "${NET_SIPP_PATIENCE[@]}" -trace_counts -fd 1 -d "$(net__pause "$1")" >log 2>&1
}

caller() {
	mkdir -p "$NET_TMP/uac$1" && cd "$NET_TMP/uac$1" && net__caller "$NET_A4" "$NET_B4:5060" "$1" "$CALLS" -p 7080 -r 100
}

callees_listen() {
	ip netns exec "$NET_C" ss -Hlun | grep -q ":$CALLEE_PORT " && ip netns exec "$NET_C" ss -Hltn | grep -q ":$CALLEE_PORT "
}

calls() {
	local transport pids=() callees=()

	for transport in u1 t1; do
		callee "$transport"
		callees+=("$!")
	done
	net__wait_for callees_listen || return
	for transport in u1 t1; do
		(caller "$transport") & pids+=($!)
	done
	net__wait_all "${pids[@]}" "${callees[@]}"
}

# Between A and the first proxy and between the second one and C it is what sipp counted there; between the proxies it is
# what A saw.
hops() {
	python3 - "$NET_TMP/stdout" "$NET_A4" "$NET_B4" "$R4" "$C4" "$NET_TMP" <<-'PYTHON'
		import collections, glob, os, sys
		sys.path.insert(0, os.environ["TESTS_NET"])
		import compare
		cells = compare.read_snapshots(sys.argv[1])[0]
		def by_type(totals):
		    types = collections.Counter()
		    for (_, name), count in totals.items():
		        types[name] += count
		    return types
		def hop(*ends):
		    return by_type(compare.by_type({key: count for key, count in cells.items() if {key[0], key[2]} == set(ends)}))
		def sipp(kind):
		    paths = glob.glob(f"{sys.argv[6]}/{kind}*/*_counts.csv")
		    return by_type(sum(map(compare.read_sipp, paths), collections.Counter()))
		a, b, r, c = sys.argv[2:6]
		first, between, last = hop(a, b), hop(b, r), hop(r, c)
		faults = [*compare.differences("first hop", sipp("uac"), first, "sipp"),
		          *compare.differences("between", first, between, "the first hop"),
		          *compare.differences("last hop", sipp("uas"), last, "sipp")]
		print(*faults[:6] or [sum(types.values()) for types in (first, between, last)], sep="; ")
		sys.exit(len(faults) > 0 or sum(first.values()) == 0)
	PYTHON
}

proxied() {
	local verdict

	command -v kamailio sipp >/dev/null || {
		skip_reason="no Kamailio or sipp (make setup)"
		return 0
	}
	mode=tc
	net__want start "$NET_B_IF" lo r1 && net__want proxy first "$NET_B4" "$R4:5060" && net__want proxy second "$R4" "$C4:$CALLEE_PORT" &&
		net__want calls && net__want end || return 1
	verdict=$(TESTS_NET=$here hops)
	local failed=$?

	reason=$verdict
	((failed)) || echo "# $verdict messages at the three hops"
	return "$failed"
}

# ---- what is alike and not the same ----

# send_text_to TARGET PORT FROM...: the same request from each of these addresses of A, twice.
send_text_to() {
	ip netns exec "$NET_A" python3 - "$@" <<-'PYTHON'
		import socket, sys, time
		lines = "OPTIONS sip:c SIP/2.0", "Via: SIP/2.0/UDP a;branch=z9hG4bK1", "To: <sip:c>", "CSeq: 1 OPTIONS", "", ""
		for _ in range(2):
		    for source in sys.argv[3:]:
		        with socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM) as udp:
		            udp.bind((source, 5070))
		            udp.sendto("\r\n".join(lines).encode(), (sys.argv[1], int(sys.argv[2])))
		    time.sleep(0.05)
	PYTHON
}

# labels 0|1 NAMESPACE...: whether flow labels are given to what is sent there by IPv6.
labels() {
	local namespace

	for namespace in "${@:2}"; do
		ip netns exec "$namespace" sysctl -qw net.ipv6.auto_flowlabels="$1" || return 1
	done
}

each_phone_is_counted() {
	for mode in tc native skb; do
		net__want start "$NET_B_IF" r1 && net__want send_text_to "$C4" 5060 "$NET_A4" 10.77.0.3 &&
			net__want send_text_to "$C6" 5060 "$NET_A6" fd77::3 && net__want end &&
			counted '[$links[] | [.messages[] | [.direction, .type, .count]] | sort] | length == 4 and
				all(.[]; . == [["in", "OPTIONS", 2], ["out", "200", 2]])' || return 1
	done
}

# Retransmissions within milliseconds, from two phones with equal packets, whose IP headers may not tell. Each phone has
# the answers to its own.
retransmitted() {
	forward6 1 && each_phone_is_counted && labels 0 "$NET_A" && each_phone_is_counted
	local failed=$?

	labels 1 "$NET_A"
	forward6 0
	return "$failed"
}

# relay_text NAMESPACE: a program there that sends on what it receives, as it is, by a socket for this alone.
relay_text() {
	net__start "$1" python3 -c '
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("0.0.0.0", 5072))
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.connect((sys.argv[1], 5071))
print("ready", flush=True)
while True:
    text = udp.recv(65536)
    try:
        out.send(text)
    except ConnectionRefusedError: # what C says of the one before
        out.send(text)
' "$C4" >"$NET_TMP/relay"
	relay_pid=$!
	net__wait_for grep -q ready "$NET_TMP/relay"
}

# send_to_relay TARGET [HOPS]
send_to_relay() {
	ip netns exec "$NET_A" python3 - "$1" "${2:-64}" <<-'PYTHON'
		import socket, sys, time
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		udp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(sys.argv[2]))
		for i in range(5):
		    lines = "OPTIONS sip:c SIP/2.0", f"Via: SIP/2.0/UDP a;branch=z9hG4bK{i}", "To: <sip:c>", "CSeq: 1 OPTIONS", "", ""
		    udp.sendto("\r\n".join(lines).encode(), (sys.argv[1], 5072))
		    time.sleep(0.02)
	PYTHON
}

relayed() {
	for mode in tc native skb; do
		net__want start "$NET_B_IF" r1 && net__want relay_text "$NET_B" && net__want send_to_relay "$NET_B4" && net__want end &&
			counted '$total == 10' || return 1
		net__stop "$relay_pid" KILL
		relay_pid=0
	done
}

# D is a container on B, which routes to it by an interface that is not counted.
RELAY4=10.80.0.2 RELAY6=fd80::2

container_on() {
	NET_D=${NET_A/-a-/-d-}
	ip netns add "$NET_D" && ip link add d0 netns "$NET_B" type veth peer name d1 netns "$NET_D" &&
		ip -n "$NET_B" addr add 10.80.0.1/24 dev d0 && ip -n "$NET_D" addr add "$RELAY4/24" dev d1 &&
		ip -n "$NET_B" addr add fd80::1/64 dev d0 nodad && ip -n "$NET_D" addr add "$RELAY6/64" dev d1 nodad &&
		ip -n "$NET_B" link set d0 up && ip -n "$NET_D" link set d1 up &&
		ip -n "$NET_D" route add default via 10.80.0.1 && ip -n "$NET_D" route add default via fd80::1 &&
		ip -n "$NET_A" route replace "$RELAY4/32" via "$NET_B4" && ip -n "$NET_A" route replace "$RELAY6/128" via "$NET_B6"
}

container_off() {
	((relay_pid)) && net__stop "$relay_pid" KILL
	relay_pid=0
	ip netns del "$NET_D"
	ip -n "$NET_A" route del "$RELAY4/32"
	ip -n "$NET_A" route del "$RELAY6/128"
}

both_are_counted() {
	for mode in tc native; do
		net__want start "$NET_B_IF" r1 && net__want send_to_relay "$RELAY4" && net__want send_to_relay "$RELAY4" 32 && net__want end &&
			counted '$total == 20' || return 1
	done
}

# The program's packets are its own: they have another identification, or more hops before them.
relayed_in_a_container() {
	container_on && net__want relay_text "$NET_D" && both_are_counted
	local failed=$?

	container_off
	return "$failed"
}

# b2bua: sends back to A, port 5071, what it receives in the container, with another branch of the same length.
b2bua() {
	net__start "$NET_D" python3 -c '
import socket
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.bind(("::", 5072))
print("ready", flush=True)
while True:
    text, caller = udp.recvfrom(65536)
    udp.sendto(text.replace(b"z9hG4bK", b"z9hG4bJ"), (caller[0], 5071))
' >"$NET_TMP/relay"
	relay_pid=$!
	net__wait_for grep -q ready "$NET_TMP/relay"
}

# reinvite ADDRESS TARGET: three re-INVITEs of two fragments, whose To and CSeq lie in the second one, to the B2BUA and back.
reinvite() {
	ip netns exec "$NET_A" timeout "$NET_PATIENCE" python3 - "$@" <<-'PYTHON'
		import socket, sys
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		out, back = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
		out.bind((sys.argv[1], 5070))
		back.bind((sys.argv[1], 5071))
		for number in range(3):
		    lines = "INVITE sip:c SIP/2.0", f"Via: SIP/2.0/UDP a;branch=z9hG4bK{number}", "X-Filler: " + 1500 * "0", \
		        f"To: <sip:c>;tag={number}", f"CSeq: {number} INVITE", "Content-Length: 0", "", ""
		    out.sendto("\r\n".join(lines).encode(), (sys.argv[2], 5072))
		    back.recv(65536)
	PYTHON
}

each_leg_is_counted() {
	for mode in tc native; do
		net__want start "$NET_B_IF" && net__want reinvite "$NET_A4" "$RELAY4" && net__want reinvite "$NET_A6" "$RELAY6" && net__want end &&
			counted '[$links[] | [.server_port, [.messages[] | [.type, .method, .count]]]] | sort | [.[0, 2]] == [.[1, 3]] and unique ==
				[[5070, [["ReINVITE", "INVITE", 3]]], [5071, [["ReINVITE", "INVITE", 3]]]]' || return 1
	done
}

# The second fragment of each leg begins with the same bytes. Only their IP headers tell which datagram it is of.
fragments_of_two_legs() {
	container_on && forward6 1 && net__want b2bua && each_leg_is_counted &&
		labels 0 "$NET_A" "$NET_D" && each_leg_is_counted
	local failed=$?

	labels 1 "$NET_A"
	forward6 0
	container_off
	return "$failed"
}

# Somebody's program on vb passes what it receives on before ours sees it (BPF_F_BEFORE, TCX_PASS).
put_in_front() {
	net__start "$NET_B" python3 -c '
import ctypes, platform, socket, struct, sys, time
number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
pass_on = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xb7, 0, 0, 0, 0x95, 0, 0, 0))
text = ctypes.create_string_buffer(b"GPL")
def bpf(command, attr):
    fd = libc.syscall(number, command, ctypes.create_string_buffer(attr, 128), 128)
    if fd < 0:
        sys.exit(f"bpf({command}): errno {ctypes.get_errno()}")
    return fd
program = bpf(5, struct.pack("IIQQ", 3, 2, ctypes.addressof(pass_on), ctypes.addressof(text)))
link = bpf(28, struct.pack("IIIIIIQ", program, socket.if_nametoindex(sys.argv[1]), 46, 1 << 3, 0, 0, 0))
print("ready", flush=True)
time.sleep(1000)
' "$NET_B_IF" >"$NET_TMP/relay" 2>"$NET_TMP/front"
	relay_pid=$!
	net__wait_for eval 'grep -q ready "$NET_TMP/relay" || [[ -s $NET_TMP/front ]]'
	grep -q ready "$NET_TMP/relay"
}

# What another program keeps from the hook at vb counts where it is seen.
behind_another() {
	mode=tc
	net__want start "$NET_B_IF" r1 || return 1
	put_in_front || {
		skip_reason="no tcx in this kernel"
		return 0
	}
	net__want talk && net__want end && counted "$ONCE"
}

# routes_on [INTERFACE]: it leads from B to C.
routes_on() {
	local to_c=${1:-r1}

	ip -n "$NET_A" route replace 10.78.0.0/24 via "$NET_B4" &&
		ip -n "$NET_B" neigh replace "$C4" lladdr "$(net__mac "$NET_C" rc)" dev "$to_c" nud permanent &&
		ip -n "$NET_C" neigh replace "$R4" lladdr "$(net__mac "$NET_B" "$to_c")" dev rc nud permanent &&
		ip -n "$NET_C" route replace 10.77.0.0/24 via "$R4"
}

# configure_link_to_c INTERFACE: of B.
configure_link_to_c() {
	ip -n "$NET_C" addr replace "$C4/24" dev rc && ip -n "$NET_B" addr replace "$R4/24" dev "$1" &&
		ip -n "$NET_C" addr replace "$C6/64" dev rc nodad && ip -n "$NET_B" addr replace "$R6/64" dev "$1" nodad &&
		ip -n "$NET_C" link set rc multicast off up && ip -n "$NET_B" link set "$1" multicast off up && routes_on "$1" &&
		ip -n "$NET_C" route replace fd77::/64 via "$R6" &&
		ip -n "$NET_B" neigh replace "$C6" lladdr "$(net__mac "$NET_C" rc)" dev "$1" nud permanent &&
		ip -n "$NET_C" neigh replace "$R6" lladdr "$(net__mac "$NET_B" "$1")" dev rc nud permanent
}

link_to_c() {
	ip link add "$1" netns "$NET_B" type veth peer name rc netns "$NET_C" && configure_link_to_c "$1"
}

net__require tc jq python3 nft
net__setup
NET_C=${NET_A/-a-/-c-}
{
	ip netns add "$NET_C" && ip -n "$NET_C" link set lo up && link_to_c r1 &&
		ip -n "$NET_A" addr add 10.77.0.3/24 dev "$NET_A_IF" && ip -n "$NET_A" addr add fd77::3/64 dev "$NET_A_IF" nodad &&
		net__fix_neighbour "$NET_B" "$NET_B_IF" "$(net__mac "$NET_A" "$NET_A_IF")" fd77::3 &&
		ip -n "$NET_A" route add fd78::/64 via "$NET_B6" &&
		ip netns exec "$NET_B" sysctl -qw net.ipv4.ip_forward=1
} || net__die "could not make a router"
net__start "$NET_C" python3 "$here/far_end.py" 5060 "$C4" "$C6" >"$NET_TMP/far_end" 2>&1
net__wait_for grep -q listening "$NET_TMP/far_end" || net__die "no server: $(head -c 300 "$NET_TMP/far_end")"

net__check "what is routed counts once" routed
net__check "what is routed in fragments counts once" routed_fragments
net__check "what is cut into fragments on its way counts once" cut_on_the_way
net__check "TLS that is routed is told once" routed_tls
net__check "what is routed and masqueraded counts once, on the client's link" masqueraded
net__check "requests with the same text count on the link of each client, also those that are not translated" masqueraded_alike
net__check "a port that NAT gives to others is theirs" masqueraded_again
net__check "so is one that a rule gives to them" forwarded_again
net__check "a port that stands for nobody any more is the router's own" masqueraded_no_more
net__check "what waits in the router takes no port from the phone" masqueraded_late
net__check "what a packet without a message opened counts on the client's link soon" masqueraded_for_something_else
net__check "what was masqueraded before counts on the client's link, whoever speaks first" masqueraded_before
net__check "so does what was sent to a forwarded port before" forwarded_before
net__check "and what was translated while an interface was gone" came_back
net__check "what a program in the router sends counts as it is after its translation" own_before
net__check "what is routed to a forwarded port counts once, on the client's link" forwarded_port
net__check "what is bridged counts once" bridged
net__check "what is routed from a bridge counts once" routed_from_a_bridge
net__check "what is sent back by the same interface counts once" sent_back
net__check "what comes from a tunnel counts once" from_a_tunnel
net__check "what came from a tunnel and was masqueraded before counts on the client's link" masqueraded_from_a_tunnel
net__check "what comes from a tunnel that ends in a program counts once" from_a_tunnel_of_a_program
net__check "what a tunnel carries in fragments counts once" tunnel_in_fragments
net__check "what passes both ends of a veth pair counts once" veth_pair
net__check "calls through proxies count once for each hop" proxied
net__check "what is sent again counts again" retransmitted
net__check "what a program sends on counts again" relayed
net__check "what a program in a container sends on counts again" relayed_in_a_container
net__check "what a B2BUA in a container sends on in fragments counts again" fragments_of_two_legs
net__check "what another program keeps from a hook counts at the next one" behind_another
exit "$NET_FAILED"
