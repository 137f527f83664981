#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `sipbpf status` over instances that run in every mode: its numbers after known packets, who runs them and what they cost,
# one and several, hung, in other network namespaces; and what is not ours.
#
# usage: test_status.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sipbpf=$(realpath "${1:-build/sipbpf}")

# ---- doing ----

# send COUNT: requests from A to B, one datagram each, from one port; and as many datagrams that are no SIP. Until B has
# had them.
send() {
	local before

	before=$(net__arrived)
	ip netns exec "$NET_A" python3 - "$1" "$NET_B4" <<-'PYTHON'
		import socket, sys
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		udp.bind(("", 5090))
		for i in range(int(sys.argv[1])):
		    lines = "OPTIONS sip:b SIP/2.0", "Via: SIP/2.0/UDP a", "To: <sip:b>", f"CSeq: {i} OPTIONS", "", ""
		    udp.sendto("\r\n".join(lines).encode(), (sys.argv[2], 5070))
		    udp.sendto(b"\x80 no message at all", (sys.argv[2], 5070))
	PYTHON
	net__wait_for net__have_arrived $((before + 2 * $1))
}

# start NAMESPACE INTERFACE ARGUMENT...: runs `sipbpf attach` in the background, pid in $attach_pid, and waits for it.
start() {
	local number=$((++started))

	: >"$NET_TMP/attach.$number"
	net__start "$1" "$sipbpf" attach --interval 1h "${@:3}" "$2" >/dev/null 2>"$NET_TMP/attach.$number"
	attach_pid=$!
	net__wait_for net__is_settled "$attach_pid" "$NET_TMP/attach.$number" && [[ -d /proc/$attach_pid ]]
}

# status ARGUMENT...: runs it in B, its output in $NET_TMP/stdout and stderr; returns its exit status.
status() {
	ip netns exec "$NET_B" "${wrapper[@]}" timeout "$NET_PATIENCE" "$sipbpf" status "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
}

# one PID QUERY: what jq finds in the instance that this process runs, in the object that status has written.
one() {
	jq -c --argjson pid "$1" '[.instances[] | select(any(.processes[]; .pid == $pid))] | first | '"$2" "$NET_TMP/stdout"
}

# has PID QUERY WANTED: status in JSON says so of the instance.
has() {
	status --format json && [[ $(one "$1" "$2") == "$3" ]]
}

stop_all() {
	local pid

	for pid in "${NET_PIDS[@]}"; do
		kill -s CONT "$pid" 2>/dev/null
		net__stop "$pid"
	done
}

wrapper=()
started=0
attach_pid=0

# ---- the checks ----

# says WORDS: a line of the text is this, or has it.
says() {
	grep -qF -- "$1" "$NET_TMP/stdout"
}

complains() {
	grep -qF -- "$1" "$NET_TMP/stderr"
}

# Every instance ends with its check.
tidy_up() {
	wrapper=()
	stop_all
}

# counts_in MODE RECEIVED WORDS: what a mode sees of 7 requests, 7 other datagrams, and the ICMP errors that answer them.
counts_in() {
	local modes='[.attachments[] | [.interface, .direction, .mode]]'

	net__want start "$NET_B" "$NET_B_IF" --mode "$1" || return 1
	kill -s STOP "$attach_pid" # it is not to collect meanwhile
	send 7
	net__want has "$attach_pid" "$modes" "[[\"$NET_B_IF\",\"received\",\"$2\"],[\"$NET_B_IF\",\"sent\",\"tcx\"]]" &&
		net__want has "$attach_pid" '.counters.packets.sip' 7 &&
		net__want has "$attach_pid" '.counters.reasons.not_sip' 7 &&
		net__want has "$attach_pid" '.counters.packets.seen == .counters.packets.sip + ([.counters.reasons[]] | add)' true &&
		net__want has "$attach_pid" '.counters.bank | [.rows, .messages]' '[1,7]' &&
		net__want has "$attach_pid" '.counters.other.messages' 0 &&
		net__want status "$NET_B_IF" && net__want says "process $attach_pid (sipbpf), since 20" &&
		net__want says "  attached        $NET_B_IF: received by $3, sent by tcx" && net__want says ", sip 7" &&
		net__want says "not_sip 7" && net__want says "  bank            rows 1 of 131072, messages 7 (not yet collected)"
}

counts_in_native() {
	counts_in native native "native XDP"
}

counts_in_skb() {
	counts_in skb skb "generic XDP"
}

counts_in_tc() {
	counts_in tc tcx tcx
}

# What is collected leaves the bank and stays among the packets.
collected() {
	net__want start "$NET_B" "$NET_B_IF" || return 1
	send 5
	kill -s USR1 "$attach_pid"
	net__want net__wait_for has "$attach_pid" '.counters.bank | [.rows, .messages]' '[0,0]' &&
		net__want has "$attach_pid" '.counters.packets.sip' 5
}

full_bank() {
	net__want start "$NET_B" "$NET_B_IF" --max-links 100 && net__want status && net__want says " of 800, messages"
}

several() {
	local first

	net__want start "$NET_B" "$NET_B_IF" --mode native || return 1
	first=$attach_pid
	send 3
	net__want start "$NET_B" "$NET_B_IF" --mode tc || return 1
	send 4
	net__want has "$first" '.counters.packets.sip' 7 && net__want has "$attach_pid" '.counters.packets.sip' 4 &&
		net__want has "$first" '[.attachments[].mode]' '["native","tcx"]' &&
		net__want has "$attach_pid" '[.attachments[].mode]' '["tcx","tcx"]' &&
		net__want status "$NET_B_IF" && net__want says "process $first (sipbpf)" && net__want says "process $attach_pid (sipbpf)"
}

# at INTERFACE: the packets of an interface, received and sent, with those of SIP, as status in JSON has them.
at() {
	one "$attach_pid" ".interfaces[] | select(.interface == \"$1\") | [.received.seen, .received.sip, .sent.seen, .sent.sip]"
}

# Two pairs: what passes one counts there alone, by direction, in each mode. SIP that is sent by B goes to nobody.
by_interface() {
	local mode

	net__want ip link add wa netns "$NET_A" type veth peer name wb netns "$NET_B" || return 1
	for mode in native skb tc; do
		net__start "$NET_B" "$sipbpf" attach --interval 1h --mode "$mode" "$NET_B_IF" wb >/dev/null 2>"$NET_TMP/attach.two"
		attach_pid=$!
		net__want net__wait_for net__is_settled "$attach_pid" "$NET_TMP/attach.two" || return 1
		send 7
		ip netns exec "$NET_B" python3 -c 'import socket
for i in range(3): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"none", ("10.77.0.1", 5070))'
		net__want status --format json && net__want test "$(at "$NET_B_IF" | jq '.[1]')" = 7 &&
			net__want test "$(at "$NET_B_IF" | jq '.[0] >= 14')" = true && net__want test "$(at "$NET_B_IF" | jq '.[3]')" = 0 &&
			net__want test "$(at "$NET_B_IF" | jq '.[2] >= 3')" = true && net__want test "$(at wb)" = '[0,0,0,0]' &&
			net__want has "$attach_pid" '.counters.packets.seen == ([.interfaces[] | .received.seen + .sent.seen] | add)' true &&
			net__want status && net__want says "  interface       wb: received 0 (sip 0), sent 0 (sip 0)" &&
			net__want says "  interface       $NET_B_IF: received " && net__stop "$attach_pid" || return 1
	done
	net__want ip -n "$NET_B" link del wb
}

# Arguments choose instances of their interfaces in the network namespace that status runs in, by any of their names.
arguments() {
	local name=an-alternative-name-longer-than-an-interface-may-have

	net__want start "$NET_A" "$NET_A_IF" && net__want start "$NET_B" "$NET_B_IF" || return 1
	net__want status --format json "$NET_B_IF" &&
		net__want eval '[[ $(jq -c "[.instances[].attachments[].interface] | unique" "$NET_TMP/stdout") == "[\"vb\"]" ]]' &&
		net__want ip -n "$NET_B" link property add dev "$NET_B_IF" altname "$name" && net__want status "$name" &&
		net__want says "attached        $NET_B_IF: " || return 1
	status "$NET_B_IF" lo
	net__want test $? = 1 && net__want complains "sipbpf: lo: no sipbpf is attached to it" && net__want says "attached        $NET_B_IF: "
}

# An interface is told from one of the same number elsewhere.
other_namespaces() {
	local namespace

	namespace=$(stat -L -c %i "/run/netns/$NET_A")
	net__want start "$NET_A" "$NET_A_IF" && net__want has "$attach_pid" '[.attachments[] | [.interface, .namespace]] | unique' \
		"[[\"$NET_A_IF\",$namespace]]" &&
		net__want status && net__want says "  attached        $NET_A_IF (network namespace $namespace): received by tcx, sent by tcx" &&
		net__want eval '! status "$NET_B_IF"'
}

hung() {
	net__want start "$NET_B" "$NET_B_IF" || return 1
	kill -s STOP "$attach_pid"
	send 6
	net__want has "$attach_pid" '.counters | [.packets.sip, .bank.messages]' '[6,6]' && net__want status "$NET_B_IF" &&
		net__want says "process $attach_pid (sipbpf)"
}

# It looks and changes nothing: what was there is counted after it as well.
looks_only() {
	net__want start "$NET_B" "$NET_B_IF" --format json -o "$NET_TMP/snapshots" || return 1
	send 9
	status && status --format json && status --cost 1
	net__want net__stop "$attach_pid" &&
		net__want test "$(jq -n '[inputs.links[].messages[].count] | add' "$NET_TMP/snapshots")" = 9
}

# Programs of others with our names on the interface, and one of ours beside them.
foreign() {
	printf '%s\n' '__attribute__((section("xdp"), used)) int sipbpf_xdp(void *ctx) { return 2; }' \
		'char text[] __attribute__((section("license"), used)) = "GPL";' |
		clang -target bpf -O2 -g -x c -c - -o "$NET_TMP/foreign.o" || return 1
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric obj "$NET_TMP/foreign.o" sec xdp || {
		skip_reason="iproute2 cannot attach XDP"
		return 0
	}
	foreign_checks
	local result=$?
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric off
	return "$result"
}

foreign_checks() {
	status "$NET_B_IF"
	net__want test $? = 1 && net__want complains "sipbpf: $NET_B_IF: no sipbpf is attached to it" &&
		net__want test ! -s "$NET_TMP/stdout" && net__want start "$NET_B" "$NET_B_IF" &&
		net__want has "$attach_pid" '[.attachments[].mode]' '["tcx","tcx"]' && net__want status --format json "$NET_B_IF" &&
		net__want eval '[[ $(jq ".instances | length" "$NET_TMP/stdout") == 1 ]]' || return 1
	# An interface of the same number as that of the foreign program, in another network namespace.
	net__want start "$NET_A" "$NET_A_IF" --mode skb &&
		net__want test "$(ip -n "$NET_A" -j link show "$NET_A_IF" | jq '.[0].ifindex')" = \
			"$(ip -n "$NET_B" -j link show "$NET_B_IF" | jq '.[0].ifindex')" &&
		net__want has "$attach_pid" '[.attachments[].interface] | unique' "[\"$NET_A_IF\"]"
}

# Others may run on this host: what is asked is whether this interface has one.
nothing() {
	status "$NET_B_IF"
	net__want test $? = 1 && net__want complains "sipbpf: $NET_B_IF: no sipbpf is attached to it" && net__want test ! -s "$NET_TMP/stdout" ||
		return 1
	status "$NET_B_IF" "$NET_B_IF"
	net__want test "$(grep -c "no sipbpf is attached to it" "$NET_TMP/stderr")" = 1 || return 1
	status --format json "$NET_B_IF"
	net__want test $? = 1 && net__want test "$(jq -c '[.schema, .instances]' "$NET_TMP/stdout")" = '["sipbpf.status.v1",[]]'
}

ended() {
	net__want start "$NET_B" "$NET_B_IF" && net__want status "$NET_B_IF" && net__stop "$attach_pid" &&
		net__want net__wait_for eval '! status "$NET_B_IF"'
}

# Another status has the programs open for as long as it measures, and does not count.
beside_another() {
	net__want start "$NET_B" "$NET_B_IF" --mode tc || return 1
	net__start "$NET_B" "$sipbpf" status --cost "$NET_PATIENCE" >/dev/null 2>&1
	net__want net__wait_for measures $! && net__want has "$attach_pid" '[.processes[].pid]' "[$attach_pid]"
}

# The process has measuring turned on.
measures() {
	find "/proc/$1/fd" -lname '*bpf-stats*' 2>/dev/null | grep -q .
}

# status for a time, with 50 requests and other datagrams while it measures: it is stopped until they have come.
status_while_sending() {
	net__start "$NET_B" "$sipbpf" status "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	local pid=$!

	net__wait_for measures "$pid" && kill -s STOP "$pid" && send 50 && kill -s CONT "$pid" && wait "$pid"
}

# Over the time of --cost alone, and one program per packet.
cost() {
	net__want start "$NET_B" "$NET_B_IF" --mode native || return 1
	send 100
	net__want status_while_sending --format json --cost 3 "$NET_B_IF" || return 1
	net__want test "$(jq .cost_seconds "$NET_TMP/stdout")" = 3 &&
		net__want test "$(one "$attach_pid" '.programs[] | select(.name == "sipbpf_xdp").runs')" -ge 100 &&
		net__want test "$(one "$attach_pid" '.programs[] | select(.name == "sipbpf_xdp").runs')" -le 110 &&
		net__want test "$(one "$attach_pid" '.programs[] | select(.name == "sipbpf_xdp").nanoseconds_per_run > 1')" = true &&
		net__want has "$attach_pid" '[.programs[].name] | sort' '["sipbpf_sent","sipbpf_tc_any","sipbpf_xdp","sipbpf_xdp_any"]' &&
		net__want status --cost 1 "$NET_B_IF" && net__want says ", measured for 1 s"
}

# Somebody on this host has measuring turned on: it is the kernel's, for all.
# A capture that is still being counted has its programs loaded, and attached to nothing.
unattached() {
	local capture=$NET_TMP/endless.pcap attached result

	mkfifo "$capture" || return 1
	net__start "$NET_B" "$sipbpf" count --engine bpf "$capture" >/dev/null 2>&1
	exec 5>"$capture"
	head -c 24 "$NET_DATA/calls.pcap" >&5
	net__want net__wait_for has $! '.attachments' '[]'
	status
	result=$?
	attached=$(grep '^  attached' "$NET_TMP/stdout" | grep -vc 'to no visible interface')
	net__want test "$result" = $((attached == 0)) && net__want says "  attached        to no visible interface" || return 1
	((attached)) || net__want complains "status: no sipbpf is attached to any visible interface" || return 1
	exec 5>&-
}

is_measured() {
	find /proc/[0-9]*/fd -lname '*bpf-stats*' 2>/dev/null | grep -q .
}

# Without --cost it turns nothing on.
no_cost() {
	local before

	before=$(cat /proc/sys/kernel/bpf_stats_enabled)
	net__want start "$NET_B" "$NET_B_IF" || return 1
	is_measured || send 5
	if ((before != 0)) || is_measured; then
		skip_reason="others on this host have measuring turned on"
		return 0
	fi
	net__want has "$attach_pid" '[.programs[].runs] | add' 0 && net__want status "$NET_B_IF" &&
		net__want says "  cost            not measured" && net__want complains "sysctl kernel.bpf_stats_enabled=1" && net__want eval '! says "kernel.bpf_stats_enabled"' &&
		net__want test "$(cat /proc/sys/kernel/bpf_stats_enabled)" = "$before"
}

only_sys_admin() {
	local set=-all,+sys_admin sipbpf=$NET_TMP/sipbpf

	net__want start "$NET_B" "$NET_B_IF" || return 1
	send 2
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set"
		--ambient-caps="$set")
	net__want status --format json "$NET_B_IF" &&
		net__want test "$(jq -c '[.instances[] | .processes, .counters.packets.sip]' "$NET_TMP/stdout")" = '[[],2]' &&
		net__want status "$NET_B_IF" && net__want says "no visible process, since 20" && net__want says "sip 2"
}

three_capabilities_are_not_enough() {
	local set=-all,+bpf,+net_admin,+perfmon sipbpf=$NET_TMP/sipbpf

	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set"
		--ambient-caps="$set")
	status "$NET_B_IF"
	net__want test $? = 1 && net__want complains "that needs CAP_SYS_ADMIN in the initial user namespace, which root has, unless" &&
		net__want test ! -s "$NET_TMP/stdout"
}

capabilities_of_a_namespace() {
	wrapper=(unshare -Ur)
	status "$NET_B_IF"
	net__want test $? = 1 && net__want complains "that needs CAP_SYS_ADMIN in the initial user namespace, which root has, unless"
}

net__require jq python3 setpriv clang unshare
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
install -m 755 "$sipbpf" "$NET_TMP/sipbpf"
chmod 755 "$NET_TMP"

net__check "native: mode and numbers" counts_in_native
net__check "skb: mode and numbers" counts_in_skb
net__check "tc: mode and numbers" counts_in_tc
net__check "what is collected leaves the bank" collected
net__check "the size of the bank" full_bank
net__check "several instances on one interface" several
net__check "packets by interface and direction" by_interface
net__check "arguments choose interfaces" arguments
net__check "interfaces of other network namespaces" other_namespaces
net__check "a process that hangs" hung
net__check "looking takes nothing away" looks_only
net__check "whoever looks does not count" beside_another
net__check "XDP programs of others are not listed" foreign
net__check "nothing attached" nothing
net__check "programs that are attached to nothing" unattached
net__check "an instance that has ended is gone" ended
net__check "--cost measures for a time" cost
net__check "without --cost nothing is measured" no_cost
net__check "CAP_SYS_ADMIN is enough for all but the processes" only_sys_admin
net__check "the capabilities of attach are not enough, which is told" three_capabilities_are_not_enough
net__check "those of a user namespace neither" capabilities_of_a_namespace
exit $NET_FAILED
