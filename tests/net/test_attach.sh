#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Hooks and life of `sipbpf attach`: modes and their reasons, programs of others, several at once, failed starts, kills,
# interfaces that change, capabilities.
#
# usage: test_attach.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/net/attached.sh
source "$(dirname "${BASH_SOURCE[0]}")/attached.sh"
sipbpf=$(realpath "${1:-build/sipbpf}")

# ---- the checks; each returns 1 when something is wrong, and net__check() says which line ----

# mode_says MODE WORDS: attaches in this mode, says so, and a SIGTERM leaves nothing.
mode_says() {
	net__want start --mode "$1" "$NET_B_IF" && net__want says "$NET_B_IF: $2" && net__want_not is_bare &&
		net__want net__stop "$attach_pid" && net__want is_bare
}

mode_auto() {
	mode_says auto "received by tcx (native XDP would disable veth's offloads), sent by tcx"
}

mode_native() {
	mode_says native "received by native XDP (as asked for), sent by tcx"
}

mode_skb() {
	mode_says skb "received by generic XDP (as asked for), sent by tcx"
}

mode_tc() {
	mode_says tc "received by tcx (as asked for), sent by tcx"
}

# A tc program of somebody else, which drops what has no Ethernet header, sees whole frames in each mode.
foreign_tc_sees_frames() {
	local mode

	cat >"$NET_TMP/ethernet.c" <<-'C'
		static long (*load_bytes)(void *skb, unsigned offset, void *to, unsigned length) = (void *)26;
		__attribute__((section("tc"), used)) int ethernet(void *skb)
		{
			unsigned char type[2] = { 0, 0 };

			load_bytes(skb, 12, type, 2);
			return type[0] == 0x08 || (type[0] == 0x86 && type[1] == 0xdd) ? -1 : 2;
		}
		char text[] __attribute__((section("license"), used)) = "GPL";
	C
	net__want clang -target bpf -O2 -g -c -o "$NET_TMP/ethernet.o" "$NET_TMP/ethernet.c" || return 1
	net__want tc -n "$NET_B" qdisc add dev "$NET_B_IF" clsact || return 1
	tc -n "$NET_B" filter add dev "$NET_B_IF" ingress bpf da obj "$NET_TMP/ethernet.o" sec tc || {
		skip_reason="iproute2 cannot attach a tc program"
		tc -n "$NET_B" qdisc del dev "$NET_B_IF" clsact
		return
	}
	for mode in skb native tc; do
		net__want start --format json -i 60 --mode "$mode" "$NET_B_IF" && net__want send 5 &&
			net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 5 || return 1
	done
	tc -n "$NET_B" qdisc del dev "$NET_B_IF" clsact
}

foreign_xdp() {
	printf '%s\n' '__attribute__((section("xdp"), used)) int foreign(void *ctx) { return 2; }' \
		'char text[] __attribute__((section("license"), used)) = "GPL";' |
		clang -target bpf -O2 -g -x c -c - -o "$NET_TMP/foreign.o" || return 1
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric obj "$NET_TMP/foreign.o" sec xdp || {
		skip_reason="iproute2 cannot attach XDP"
		return 0
	}
	net__want refuses --mode native "$NET_B_IF" && net__want says "there is an XDP program already (id " &&
		net__want says "foreign)" && net__want says "remove it with \`ip link set dev $NET_B_IF xdpgeneric off\`" &&
		net__want refuses --mode skb "$NET_B_IF" && net__want refuses_before_loading --mode native "$NET_B_IF" &&
		net__want refuses_before_loading --mode skb "$NET_B_IF" && net__want start "$NET_B_IF" &&
		net__want says "received by tcx (there is an XDP program already: id " &&
		net__want net__stop "$attach_pid" &&
		net__want eval 'ip -n "$NET_B" link show "$NET_B_IF" | grep -q xdpgeneric' &&
		net__want ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric off && net__want is_bare
}

# A generic XDP program of somebody else that takes frames in fragments: on some kernels, tc then sees frames without Ethernet.
foreign_frags() {
	printf '%s\n' '__attribute__((section("xdp.frags"), used)) int frags(void *ctx) { return 2; }' \
		'char text[] __attribute__((section("license"), used)) = "GPL";' |
		clang -target bpf -O2 -g -x c -c - -o "$NET_TMP/frags.o" || return 1
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric obj "$NET_TMP/frags.o" sec xdp.frags || {
		skip_reason="iproute2 cannot attach XDP that takes fragments"
		return 0
	}
	net__want start --format json -i 60 "$NET_B_IF" && net__want send 5 &&
		net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 5 &&
		net__want ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric off && net__want is_bare
}

# Nobody without capabilities, who cannot load, is told of the program.
refuses_before_loading() {
	three_capabilities_of_nobody -all
	refuses "$@" && says "there is an XDP program already (id "
	local failed=$?

	wrapper=()
	return "$failed"
}

# Makes $NET_TMP/sipbpf, a copy that any user may run.
publish_sipbpf() {
	[[ $sipbpf == "$NET_TMP/sipbpf" ]] || install -m 755 "$sipbpf" "$NET_TMP/sipbpf"
	chmod 755 "$NET_TMP"
}

three_capabilities_of_nobody() {
	local set=$1

	publish_sipbpf
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set" --ambient-caps="$set")
}

# One that a BPF link holds, which ip(8) cannot remove.
foreign_link() {
	local first id sipbpf=$sipbpf

	net__want start --mode skb "$NET_B_IF" || return 1
	first=$attach_pid
	net__want refuses --mode skb "$NET_B_IF" && net__want says "stop the program that attached it, or \`bpftool link detach id " ||
		return 1
	id=$(grep -o 'detach id [0-9]*' "$NET_TMP/stderr" | cut -d ' ' -f 3)
	three_capabilities_of_nobody -all,+bpf,+net_admin,+perfmon
	sipbpf=$NET_TMP/sipbpf
	net__want refuses --mode skb "$NET_B_IF" &&
		net__want says "stop the program that attached it or, if none runs, \`ip link set dev $NET_B_IF xdpgeneric off\`" ||
		return 1
	wrapper=()
	net__want bpftool link detach id "$id" && net__want eval '! ip -n "$NET_B" link show "$NET_B_IF" | grep -q xdp' &&
		net__want net__stop "$first" && net__want is_bare
}

# An interface of the same number in another network namespace has a link of its own, which is not this program's.
foreign_namespace() {
	local twin_stderr=$NET_TMP/twin.stderr namespace twin_pid

	for namespace in "$NET_A" "$NET_B"; do
		net__want ip -n "$namespace" link add twin index 4242 type veth peer name twin_peer || return 1
	done
	ip -n "$NET_B" link set dev twin xdpgeneric obj "$NET_TMP/foreign.o" sec xdp || {
		skip_reason="iproute2 cannot attach XDP"
		return 0
	}
	net__start "$NET_A" "$sipbpf" attach --mode skb twin >/dev/null 2>"$twin_stderr"
	twin_pid=$!
	net__want net__wait_for net__is_settled "$twin_pid" "$twin_stderr" && net__want refuses --mode skb twin &&
		net__want says "remove it with \`ip link set dev twin xdpgeneric off\`" && net__want net__stop "$twin_pid" &&
		net__want ip -n "$NET_A" link del twin && net__want ip -n "$NET_B" link del twin
}

# One takes XDP, the others tc; each counts every message.
several() {
	local pids=() i

	for i in native auto tc auto; do
		net__want start --format json -o "$NET_TMP/several.${#pids[@]}" --mode "$i" "$NET_B_IF" || return 1
		pids+=("$attach_pid")
	done
	send 20
	for i in "${!pids[@]}"; do
		net__want net__stop "${pids[i]}" && net__want has_messages "$NET_TMP/several.$i" 20 || return 1
	done
	net__want is_bare
}

kill_leaves_nothing() {
	local mode

	for mode in native skb tc; do
		net__want start --mode "$mode" "$NET_B_IF" && net__want_not is_bare || return 1
		net__stop "$attach_pid" KILL
		net__want net__wait_for is_bare || return 1
	done
}

failed_starts() {
	net__want refuses "$NET_B_IF" nope && net__want says "nope: no such interface" && net__want is_bare &&
		net__want refuses "$NET_B_IF" "$NET_B_IF" && net__want says "$NET_B_IF is given twice" && net__want is_bare &&
		net__want refuses --log "$NET_TMP/no/log" "$NET_B_IF" && net__want says "$NET_TMP/no/log: No such file" &&
		net__want is_bare && net__want refuses -o "$NET_TMP" "$NET_B_IF" && net__want is_bare
}

# A start that fails leaves what an older run wrote.
failed_start_keeps_output() {
	echo old >"$NET_TMP/old"
	net__want refuses -o "$NET_TMP/old" "$NET_B_IF" nope && net__want grep -q old "$NET_TMP/old"
}

given_twice() {
	net__want refuses "$NET_B_IF" "$NET_B_IF" && net__want says "is given twice" && net__want is_bare
}

# link_type NUMBER: gives the TUN device t0 another one.
link_type() {
	ip netns exec "$NET_B" python3 - "$1" <<-'PYTHON'
		import fcntl, os, struct, sys
		TUNSETIFF, TUNSETLINK, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x400454CD, 1, 0x1000
		tun = os.open("/dev/net/tun", os.O_RDWR)
		fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"t0", IFF_TUN | IFF_NO_PI))
		fcntl.ioctl(tun, TUNSETLINK, int(sys.argv[1]))
	PYTHON
}

# What begins with IP is counted; what begins with something else, such as InfiniBand (32) or 802.11 (801), is refused.
no_ethernet() {
	local type

	ip -n "$NET_B" tuntap add dev t0 mode tun 2>/dev/null || {
		skip_reason="no tun"
		return 0
	}
	for type in 32 801; do
		net__want link_type "$type" && net__want refuses t0 &&
			net__want says "t0: its frames (link type $type) begin with neither Ethernet nor IP" || return 1
	done
	net__want link_type 512 && net__want start t0 && net__want says "t0: received by tcx (no native XDP without Ethernet), sent by tcx" &&
		net__want net__stop "$attach_pid" && net__want refuses --mode native t0 &&
		net__want says "t0: native XDP failed: Operation not supported; use --mode tc" || return 1
	ip -n "$NET_B" tuntap del dev t0 mode tun
}

alternative_name() {
	local name=an-alternative-name-of-more-than-fifteen-characters

	ip -n "$NET_B" link property add dev "$NET_B_IF" altname "$name" || {
		skip_reason="iproute2 knows no alternative names"
		return 0
	}
	net__want start "$name" && net__want says "$NET_B_IF: received by" && net__want net__stop "$attach_pid" &&
		net__want refuses "$name" "$NET_B_IF" && net__want says "$NET_B_IF is given twice"
	local failed=$?

	ip -n "$NET_B" link property del dev "$NET_B_IF" altname "$name"
	return "$failed"
}

# Brings the addresses back that going down has removed.
up_again() {
	ip -n "$NET_B" link set "$1" up
	ip -n "$NET_A" neigh replace "$NET_B4" lladdr "$(net__mac "$NET_B" "$1")" dev "$NET_A_IF" nud permanent
	net__wait_for has_carrier "$NET_A" "$NET_A_IF" && net__wait_for has_carrier "$NET_B" "$1"
}

# has_carrier NAMESPACE INTERFACE: until then nothing is sent.
has_carrier() {
	ip -n "$1" -o link show "$2" | grep -q 'state UP'
}

down_up_rename() {
	net__want start --format json -o "$NET_TMP/changes" "$NET_B_IF" || return 1
	send 3
	ip -n "$NET_B" link set "$NET_B_IF" down
	net__want net__wait_for says "$NET_B_IF: the interface is down" || return 1
	ip -n "$NET_B" link set "$NET_B_IF" name other
	net__want net__wait_for says "$NET_B_IF: the interface is now called other" || return 1
	up_again other
	net__want net__wait_for says "other: the interface is up again" || return 1
	send 4
	net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/changes" 7 && net__want is_bare other || return 1
	ip -n "$NET_B" link set other down
	ip -n "$NET_B" link set other name "$NET_B_IF"
	up_again "$NET_B_IF"
}

starts_down() {
	ip -n "$NET_B" link set "$NET_B_IF" down
	net__want start --format json "$NET_B_IF" &&
		net__want net__wait_for says "$NET_B_IF: the interface is down; counting begins when it is up" || return 1
	up_again "$NET_B_IF"
	net__want net__wait_for says "$NET_B_IF: the interface is up; counting begins" || return 1
	send 2
	net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 2
}

# The names of the programs that the process holds, in one line.
loaded_programs() {
	local id

	sed -n 's/^prog_id:[[:space:]]*//p' "/proc/$attach_pid"/fdinfo/* | sort -nu | while read -r id; do
		bpftool -j prog show id "$id" | jq -r .name
	done | sort -u | tr '\n' ' '
}

# A veth is counted by tc, so the programs of XDP are not loaded. Names are cut at 15 characters.
only_what_is_attached() {
	net__want start "$NET_B_IF" && net__want test "$(loaded_programs)" = "sipbpf_received sipbpf_sent sipbpf_tc_any " &&
		net__want net__stop "$attach_pid" && net__want start --mode native "$NET_B_IF" &&
		net__want eval '[[ $(loaded_programs) == *"sipbpf_xdp "* && $(loaded_programs) != *received* ]]' &&
		net__want net__stop "$attach_pid"
}

# ---- interfaces that go ----

# make_pair NAME: x0 in A and the interface of this name in B, up.
make_pair() {
	ip link add x0 netns "$NET_A" type veth peer name "$1" netns "$NET_B" && bring_up "$1"
}

bring_up() {
	ip -n "$NET_A" link set x0 up && ip -n "$NET_B" link set "$1" up && net__wait_for has_carrier "$NET_B" "$1" &&
		net__wait_for has_carrier "$NET_A" x0
}

# invite COUNT: INVITEs from x0 in A, as frames: no address is needed.
invite() {
	ip netns exec "$NET_A" python3 - "$1" <<-'PYTHON'
		import socket, struct, sys
		raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		raw.bind(("x0", 0))
		for i in range(int(sys.argv[1])):
		    text = f"INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>\r\nCSeq: {i} INVITE\r\n\r\n".encode()
		    udp = struct.pack("!HHHH", 5090, 5060, 8 + len(text), 0) + text
		    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), i, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
		    raw.send(b"\xff" * 6 + b"\2\0\0\0\0\1\x08\0" + ip + udp)
	PYTHON
}

# says_so_often COUNT WORDS: stderr of the last start has them on so many lines.
says_so_often() {
	[[ $(grep -cF -- "$2" "$NET_TMP/stderr") == "$1" ]]
}

# is_told_gone NAME: status shows that it has gone.
is_told_gone() {
	ip netns exec "$NET_B" "$sipbpf" status >"$NET_TMP/status" 2>/dev/null
	grep -q "^  interface       $1 (gone): received " "$NET_TMP/status" && grep -q "^  notice          $1: the interface is gone$" "$NET_TMP/status"
}

deleted() {
	ip link add x0 netns "$NET_A" type veth peer name x1 netns "$NET_B"
	ip link add y0 netns "$NET_A" type veth peer name y1 netns "$NET_B"
	net__want start --format json -o "$NET_TMP/deleted" "$(number_of x1)" "$NET_B_IF" "$(number_of y1)" || return 1
	send 5
	ip -n "$NET_B" link del x1
	net__want net__wait_for says "x1: the interface is gone; counting continues on 2 other interfaces" || return 1
	# Moved away is gone as well, and its hooks are taken off.
	ip -n "$NET_B" link set y1 netns "$NET_A"
	net__want net__wait_for says "y1: the interface is gone; counting continues on 1 other interface" || return 1
	net__want eval '[[ $(tcx_count "$NET_A" y1) == 0 ]]' && send 6 && net__want net__stop "$attach_pid" &&
		net__want has_messages "$NET_TMP/deleted" 11
	ip -n "$NET_A" link del y1
}

# number_of INTERFACE: its number in B.
number_of() {
	ip -n "$NET_B" -j link show "$1" | jq '.[0].ifindex'
}

# An interface of the same name is another one than that of a number.
last_deleted() {
	net__want make_pair x1 && net__want start "$(number_of x1)" || return 1
	ip -n "$NET_B" link del x1
	wait "$attach_pid"
	net__want test $? = 1 && net__want says "x1: the interface is gone, and no interface is left to count on" &&
		net__want grep -q "no SIP messages in " "$NET_TMP/stdout"
}

# made_again MODE TIMES: what is deleted and made again is counted again, so often, and the totals go on; so is what moves to
# another network namespace and back. While no interface is left, it waits.
made_again() {
	local round times=$2 count=3 file=$NET_TMP/again

	net__want make_pair x1 && net__want start --format json -i 300ms --mode "$1" -o "$file" x1 && invite 3 &&
		net__want net__wait_for has_messages "$file" 3 || return 1
	for ((round = 1; round <= times; round++)); do
		net__want ip -n "$NET_B" link del x1 &&
			net__want net__wait_for says_so_often "$round" "x1: the interface is gone; counting goes on when it is back" &&
			net__want net__wait_for is_told_gone x1 && net__want make_pair x1 &&
			net__want net__wait_for says_so_often "$round" "x1: the interface is back, received by" &&
			invite 4 && net__want net__wait_for has_messages "$file" $((count += 4)) || return 1
	done
	for (( ; round <= 2 * times; round++)); do
		net__want ip -n "$NET_B" link set x1 netns "$NET_A" &&
			net__want net__wait_for says_so_often "$round" "x1: the interface is gone; counting goes on when it is back" &&
			net__want ip -n "$NET_A" link set x1 netns "$NET_B" && net__want bring_up x1 &&
			net__want net__wait_for says_so_often "$round" "x1: the interface is back, received by" &&
			invite 5 && net__want net__wait_for has_messages "$file" $((count += 5)) || return 1
	done
	net__want_not is_told_gone x1 && net__want net__stop "$attach_pid" && net__want has_messages "$file" "$count" &&
		net__want is_bare x1 && net__want ip -n "$NET_B" link del x1
}

made_again_by_tc() {
	made_again auto 2
}

made_again_by_xdp() {
	made_again native 1
}

# The end is the same while an interface is gone, and when one that has come back is killed.
ends_while_gone() {
	net__want make_pair x1 && net__want start x1 "$NET_B_IF" && net__want ip -n "$NET_B" link del x1 &&
		net__want net__wait_for says "x1: the interface is gone" && send 2 && net__want net__stop "$attach_pid" &&
		net__want grep -Eq '^SUMMARY.* 2$' "$NET_TMP/stdout" && net__want grep -q "^note: x1: the interface is gone$" "$NET_TMP/stdout" &&
		net__want make_pair x1 && net__want start x1 && net__want ip -n "$NET_B" link del x1 && net__want make_pair x1 &&
		net__want net__wait_for says "x1: the interface is back" && net__want_not is_bare x1 || return 1
	net__stop "$attach_pid" KILL
	net__want net__wait_for is_bare x1 && net__want ip -n "$NET_B" link del x1
}

# What has another name by then, or goes at once.
gone_under_another_name() {
	net__want make_pair x1 && net__want start --format json -i 300ms x1 && net__want ip -n "$NET_B" link set x1 down &&
		net__want ip -n "$NET_B" link set x1 name x2 && net__want ip -n "$NET_B" link del x2 &&
		net__want net__wait_for says "x2: the interface is gone; counting goes on when there is one called x1" &&
		net__want make_pair x2 && net__want ip -n "$NET_B" link set x2 down && net__want ip -n "$NET_B" link set x2 name x1 &&
		net__want net__wait_for says "x1: the interface is back, " && net__want bring_up x1 && invite 2 &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 2 || return 1
	for _ in 1 2 3 4 5 6 7 8; do
		ip -n "$NET_B" link del x1
		ip link add x0 netns "$NET_A" type veth peer name x1 netns "$NET_B"
	done
	net__want bring_up x1 && net__want net__wait_for is_on x1 && invite 3 &&
		net__want net__wait_for has_messages "$NET_TMP/stdout" 5 && net__want net__stop "$attach_pid" && net__want ip -n "$NET_B" link del x1
}

# is_on INTERFACE: status has it attached.
is_on() {
	ip netns exec "$NET_B" "$sipbpf" status "$1" >/dev/null 2>&1
}

# What cannot be attached to in the mode is told, and the next one is tried.
refused_when_back() {
	net__want make_pair x1 && net__want start --format json -i 300ms --mode native x1 && net__want ip -n "$NET_B" link del x1 &&
		net__want net__wait_for says "x1: the interface is gone" || return 1
	ip -n "$NET_B" tuntap add dev x1 mode tun 2>/dev/null || {
		skip_reason="no tun"
		return 0
	}
	net__want net__wait_for says "x1: the interface is back, but is not counted: native XDP failed: Operation not supported" &&
		net__want ip -n "$NET_B" link set x1 up && net__want ip -n "$NET_B" tuntap del dev x1 mode tun && net__want make_pair x1 &&
		net__want net__wait_for says "x1: the interface is back, received by native XDP" && net__want says_so_often 1 "is not counted" &&
		invite 2 && net__want net__wait_for has_messages "$NET_TMP/stdout" 2 && net__want net__stop "$attach_pid" &&
		net__want ip -n "$NET_B" link del x1
}

three_capabilities() {
	three_capabilities_of_nobody -all,+bpf,+net_admin,+perfmon
	local sipbpf=$NET_TMP/sipbpf
	net__want start --format json "$NET_B_IF" && send 2 &&
		net__want grep -q '^CapEff:.0*$' "/proc/$attach_pid/status" &&
		net__want grep -q '^CapPrm:.0*$' "/proc/$attach_pid/status" &&
		net__want grep -q '^CapAmb:.0*$' "/proc/$attach_pid/status" &&
		net__want grep -q '^NoNewPrivs:.1$' "/proc/$attach_pid/status" &&
		net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 2 && net__want is_bare || return 1
	three_capabilities_of_nobody -all,+bpf,+net_admin
	net__want refuses "$NET_B_IF" && net__want says "needs CAP_PERFMON" &&
		net__want says "sudo setcap 'cap_bpf,cap_net_admin,cap_perfmon+ep' '$sipbpf'" && net__want is_bare
}

# Where the three capabilities are to be had by everybody, and are not those that the kernel asks for.
capabilities_of_a_namespace() {
	publish_sipbpf
	local sipbpf=$NET_TMP/sipbpf
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn)
	ip netns exec "$NET_B" "${wrapper[@]}" true 2>/dev/null || {
		skip_reason="users may not make user namespaces"
		return 0
	}
	net__want refuses lo && net__want says "the capabilities of a user namespace are not enough"
}

root_drops_all() {
	net__want start "$NET_B_IF" && net__want grep -q '^CapPrm:.0*$' "/proc/$attach_pid/status" &&
		net__want grep -q '^CapBnd:.0*$' "/proc/$attach_pid/status" && net__want net__stop "$attach_pid"
}

# What cannot be read is read the next time, and when there is none that is a failure.
unreadable() {
	net__want make_faults && net__want start --format json -i 500ms "$NET_B_IF" && fails read 12 && send 3 &&
		net__want net__wait_for says "Cannot allocate memory; the next reading will include these counts" &&
		fails read && net__want net__wait_for has_messages "$NET_TMP/stdout" 3 || return 1
	fails read 12
	net__stop "$attach_pid"
	local status=$?

	fails read
	net__want test "$status" = 1 && net__want says "Cannot allocate memory; counts that were not read are lost" && net__want is_bare
}

# messages_to_check: how many messages of the kernel it takes to say what would be attached.
messages_to_check() {
	ip netns exec "$NET_C" env LD_PRELOAD="$NET_TMP/messages.so" MESSAGES="$NET_TMP/messages" "$sipbpf" attach --check many0 \
		>"$NET_TMP/stdout" 2>"$NET_TMP/stderr" && cat "$NET_TMP/messages"
}

# Who attaches to a thousand interfaces does not read a thousand times a thousand messages.
other_interfaces_cost_nothing() {
	local before after

	gcc -shared -fPIC -x c - -o "$NET_TMP/messages.so" <<-'C' || return 1
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/socket.h>

		static unsigned long messages;

		ssize_t recvmsg(int fd, struct msghdr *message, int flags)
		{
			ssize_t (*next)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");

			messages++;
			return next(fd, message, flags);
		}

		__attribute__((destructor)) static void write_messages(void)
		{
			FILE *file = fopen(getenv("MESSAGES"), "w");

			if (file) {
				fprintf(file, "%lu\n", messages);
				fclose(file);
			}
		}
	C
	NET_C=$NET_B-many
	net__want ip netns add "$NET_C" && net__want add_many 0 0 && before=$(messages_to_check) && net__want add_many 1 300 &&
		after=$(messages_to_check) && net__want ip netns del "$NET_C" && net__want test "$before" -gt 0 &&
		net__want test "$after" = "$before" && NET_C=
}

# add_many FIRST LAST: pairs with addresses.
add_many() {
	local i

	for ((i = $1; i <= $2; i++)); do
		echo "link add many$i type veth peer name others$i"
		echo "addr add 10.78.$((i / 250)).$((i % 250 + 1))/32 dev many$i"
	done >"$NET_TMP/batch"
	ip -n "$NET_C" -batch "$NET_TMP/batch"
}

# Loading takes long on a busy host; a log of messages need not have that.
loading_is_announced() {
	ip netns exec "$NET_B" timeout "$NET_PATIENCE" script -qec "'$sipbpf' attach -i 300ms '$NET_B_IF' | head -n 1" \
		"$NET_TMP/terminal" </dev/null >/dev/null
	net__want grep -q "^sipbpf: loading the BPF programs" "$NET_TMP/terminal" && net__want start "$NET_B_IF" &&
		net__want_not 'says "loading"'
}

# send_loopback COUNT: requests within B.
send_loopback() {
	ip netns exec "$NET_B" python3 - "$1" <<-'PYTHON'
		import socket, sys
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for i in range(int(sys.argv[1])):
		    udp.sendto(b"OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n", ("127.0.0.1", 5070))
	PYTHON
}

loopback() {
	local mode

	ip -n "$NET_B" link set lo up
	net__want start lo && net__want says "lo: received by tcx (no native XDP on loopback); sent packets are counted when received" &&
		net__want net__stop "$attach_pid" || return 1
	for mode in tc skb; do
		net__want start --format json -i 60 --mode "$mode" lo || return 1
		send_loopback 5
		net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 5 || return 1
	done
}

# A TCP segment is missing: those behind it wait, and count at the end at the latest.
send_with_gap() {
	ip netns exec "$NET_A" python3 - "$NET_A_IF" <<-'PYTHON'
		import socket, struct, sys
		raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		raw.bind((sys.argv[1], 0))
		bye = b"BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"
		for sequence, flags, text in (999, 2, b""), (1000, 24, bye), (2000, 24, bye), (2000 + len(bye), 24, bye):
		    tcp = struct.pack("!HHIIBBHHH", 40000, 5060, sequence, 0, 0x50, flags, 1000, 0, 0) + text
		    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
		    raw.send(b"\xff" * 6 + b"\2\0\0\0\0\1\x08\0" + ip + tcp)
	PYTHON
}

waiting() {
	local mode

	for mode in native tc; do
		net__want start --format json -i 300ms --mode "$mode" "$NET_B_IF" && net__want send_with_gap &&
			net__want net__wait_for has_messages "$NET_TMP/stdout" 1 && net__want net__stop "$attach_pid" &&
			net__want has_messages "$NET_TMP/stdout" 3 || return 1
	done
}

# With -v, each table is followed by what became of its packets; libbpf says nothing.
verbose() {
	net__want start -v -i 60 "$NET_B_IF" && net__want send 5 && net__want net__stop "$attach_pid" &&
		net__want says ", sip 5" && net__want says "reasons: not_transport " && net__want_not says "libbpf:"
}

# A bank of few rows fills up between two tables, and is drained before it does or counted under `other`.
small_bank() {
	net__want start --format json --max-links 8 "$NET_B_IF" || return 1
	send 300
	net__want net__stop "$attach_pid" && net__want has_messages "$NET_TMP/stdout" 300
}

net__require jq bpftool tc python3 setpriv clang gcc
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup

net__check "auto takes tc on veth, and says why" mode_auto
net__check "native" mode_native
net__check "skb" mode_skb
net__check "another's tc program sees whole frames" foreign_tc_sees_frames
net__check "tc" mode_tc
net__check "an XDP program of others is named and left alone" foreign_xdp
net__check "packets are counted without Ethernet, beside another's XDP program that takes fragments" foreign_frags
net__check "an XDP program that a link holds is named, with what removes it" foreign_link
net__check "a link of another network namespace holds no program here" foreign_namespace
net__check "several at once count everything each" several
net__check "kill -9 leaves nothing" kill_leaves_nothing
net__check "failed starts leave nothing" failed_starts
net__check "a failed start keeps the old output" failed_start_keeps_output
net__check "an interface given twice is refused" given_twice
net__check "an interface without Ethernet is counted if its frames begin with IP, else refused" no_ethernet
net__check "a long alternative name" alternative_name
net__check "down, renamed, up again" down_up_rename
net__check "down at the start" starts_down
net__check "only the programs that are attached are loaded" only_what_is_attached
net__check "one of several interfaces deleted, one moved away" deleted
net__check "the last interface deleted" last_deleted
net__check "deleted and made again, moved away and back" made_again_by_tc
net__check "likewise by XDP" made_again_by_xdp
net__check "an end while an interface is gone, and a kill when it is back" ends_while_gone
net__check "deleted under another name, and many times at once" gone_under_another_name
net__check "an interface that is refused when it is back" refused_when_back
net__check "three capabilities are enough, and dropped" three_capabilities
net__check "capabilities of a user namespace are not enough, which is told" capabilities_of_a_namespace
net__check "root drops all capabilities" root_drops_all
net__check "counters that cannot be read are kept, and at the end are a failure" unreadable
net__check "other interfaces cost nothing" other_interfaces_cost_nothing
net__check "on a terminal, loading is announced" loading_is_announced
net__check "what loopback sends counts once" loopback
net__check "what waits for a lost TCP segment counts at the end" waiting
net__check "-v tells what became of packets" verbose
net__check "a small bank loses nothing" small_bank
exit $NET_FAILED
