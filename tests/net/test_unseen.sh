#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What `sipbpf attach`, `attach --check` and `status` say of packets that are not seen: kinds of interfaces, ways of attaching,
# programs of others in front, also those that come later.
#
# usage: test_unseen.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sipbpf=$(realpath "${1:-build/sipbpf}")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")

# ---- doing ----

# start ARGUMENT...: runs `sipbpf attach` in B in the background, pid in $attach_pid, and waits until it has attached.
start() {
	local number=$((++started))

	attach_stderr=$NET_TMP/attach.$number
	: >"$attach_stderr"
	net__start "$NET_B" "${wrapper[@]}" "$sipbpf" attach "$@" >"$NET_TMP/tables.$number" 2>"$attach_stderr"
	attach_pid=$!
	net__wait_for net__is_settled "$attach_pid" "$attach_stderr" && [[ -d /proc/$attach_pid ]]
}

# check ARGUMENT...: `sipbpf attach --check` in B; its exit status.
check() {
	ip netns exec "$NET_B" "${wrapper[@]}" timeout "$NET_PATIENCE" "$sipbpf" attach --check "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
}

status() {
	ip netns exec "$NET_B" timeout "$NET_PATIENCE" "$sipbpf" status "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
}

# in_front received|sent: puts a program of somebody else in front of all on B's interface; its id in $program, pid in
# $front_pid.
in_front() {
	: >"$NET_TMP/front"
	net__start "$NET_B" python3 "$here/put_in_front.py" "$NET_B_IF" "$1" >"$NET_TMP/front"
	front_pid=$!
	net__wait_for eval '[[ -s $NET_TMP/front ]] || ! [[ -d /proc/$front_pid ]]'
	program=$(cat "$NET_TMP/front")
	[[ -n $program ]]
}

MERGED=20
wrapper=()
started=0
attach_pid=0
front_pid=0
program=

# ---- looking ----

# says WORDS: a line of the output of the last check or status has them.
says() {
	grep -qF -- "$1" "$NET_TMP/stdout"
}

complains() {
	grep -qF -- "$1" "$NET_TMP/stderr"
}

# is_told WORDS [TIMES]: the last attach has said so, so often.
is_told() {
	[[ $(grep -cF -- "$1" "$attach_stderr") == "${2:-1}" ]]
}

lookout_of() {
	pgrep -P "$1"
}

# So often the lookout has been woken up.
wakeups() {
	awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$(lookout_of "$attach_pid")/status"
}

has_been_woken() {
	(($(wakeups) >= $1))
}

# Both directions have been looked at again, twice.
has_looked_again() {
	net__wait_for has_been_woken $(($(wakeups) + 4))
}

# ---- the checks ----

tidy_up() {
	local pid

	wrapper=()
	for pid in "${NET_PIDS[@]}"; do
		net__stop "$pid"
	done
	ip -n "$NET_B" link del br0 2>/dev/null
	ip -n "$NET_B" link del fb0 2>/dev/null
	ip netns exec "$NET_B" ethtool -K "$NET_B_IF" gro off rx-udp-gro-forwarding off 2>/dev/null
	ip netns exec "$NET_B" sh -c 'echo 0 >"/sys/class/net/$0/gro_flush_timeout"' "$NET_B_IF"
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric off 2>/dev/null
	net__ungroup
}

# It attaches nothing, not even for a moment that could be left behind, and no process stays.
check_says_and_leaves_nothing() {
	net__want check "$NET_B_IF" && net__want says "$NET_B_IF: received by tcx (native XDP would disable veth's offloads), sent by tcx" &&
		net__want test "$(wc -l <"$NET_TMP/stdout")" = 1 && net__want test ! -s "$NET_TMP/stderr" &&
		net__want net__is_bare "$NET_B" "$NET_B_IF" && net__want_not status "$NET_B_IF"
}

check_of_several() {
	net__want check --mode skb "$NET_B_IF" lo && net__want says "$NET_B_IF: received by generic XDP (as asked for), sent by tcx" &&
		net__want says "$NET_B_IF: generic XDP sees only the first datagram of a UDP GSO packet" &&
		net__want says "lo: received by generic XDP (as asked for); sent packets are counted when received"
}

check_of_native() {
	net__want check --mode native "$NET_B_IF" &&
		net__want says "$NET_B_IF: native XDP disables offloads of the driver veth, which costs throughput; --mode tc does not"
}

check_of_a_bridge() {
	net__want ip -n "$NET_B" link add br0 type bridge && net__want check br0 &&
		net__want says "br0: packets that a bridge forwards between its ports are not seen on it; to count them, attach to its ports instead" &&
		net__want ip -n "$NET_B" link set "$NET_B_IF" master br0 && net__want check br0 &&
		net__want says "attach to its ports ($NET_B_IF) instead" || return 1
	check "$NET_B_IF" "$NET_B_IF"
	net__want test $? = 1 && net__want complains "attach: $NET_B_IF is given twice" &&
		net__want says "$NET_B_IF: received by tcx" && net__want ip -n "$NET_B" link set "$NET_B_IF" nomaster
}

check_that_fails() {
	check "$NET_B_IF" nope
	net__want test $? = 1 && net__want complains "nope: no such interface" || return 1
	check --mode native lo
	net__want test $? = 1 && net__want complains "lo: native XDP failed" || return 1
	publish
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all --ambient-caps=-all)
	check "$NET_B_IF"
	net__want test $? = 1 && net__want complains "attach: needs CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON" &&
		net__want says "$NET_B_IF: received by"
}

# limited COMMAND: `attach --check` behind this command of the shell, which sets a limit.
limited() {
	ip netns exec "$NET_B" unshare -m bash -c "$1; exec \"\$@\"" bash "$sipbpf" attach --check "$NET_B_IF" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	(($? == 1))
}

# Each is said, with what to do, and not first when something fails for lack of it.
limits() {
	net__want limited 'ulimit -n 40' && net__want complains "attach: needs up to 100 open files, and the limit is 40; raise it with" &&
		net__want limited 'ulimit -v 50000' && net__want complains "attach: needs at least 64 MiB of memory, and the limit of its address space is 48 MiB" &&
		net__want limited 'mount -t tmpfs none /sys' &&
		net__want complains "attach: /sys/devices/system/cpu/possible cannot be read: No such file or directory; mount sysfs" &&
		net__want ip netns exec "$NET_B" bash -c 'ulimit -Sn 40; exec "$@"' bash "$sipbpf" attach --check "$NET_B_IF"
}

# As much memory as a control group allows: `ip netns exec` hides the groups.
memory_of_a_group() {
	if ! net__group 64; then
		skip_reason="no control group for memory can be made here"
		return
	fi
	wrapper=(bash -c 'echo $$ >"/proc/$PPID/root$1/cgroup.procs" && shift && exec "$@"' bash "$NET_GROUP")
	ip netns exec "$NET_B" "${wrapper[@]}" "$sipbpf" attach --check "$NET_B_IF" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	net__want test $? = 1 && net__want complains "and the limit of its control group is 64 MiB; raise it" || return 1
	net__ungroup && net__want net__group "$(grep -o 'at least [0-9]*' "$NET_TMP/stderr" | cut -d ' ' -f 3)" &&
		net__want start -i 1s "$NET_B_IF" lo && net__want net__stop "$attach_pid"
}

# The files that are promised to be enough are.
promised_files() {
	wrapper=(bash -c 'ulimit -n 104; exec "$@"' bash)
	net__want start -i 1s "$NET_B_IF" lo && net__want has_looked_again && net__want net__stop "$attach_pid" &&
		net__want eval '! grep -q "Too many" "$attach_stderr"'
}

publish() {
	[[ $sipbpf == "$NET_TMP/sipbpf" ]] || install -m 755 "$sipbpf" "$NET_TMP/sipbpf"
	chmod 755 "$NET_TMP"
	sipbpf=$NET_TMP/sipbpf
}

foreign_xdp() {
	printf '%s\n' '__attribute__((section("xdp"), used)) int foreign(void *ctx) { return 2; }' \
		'char text[] __attribute__((section("license"), used)) = "GPL";' |
		clang -target bpf -O2 -g -x c -c - -o "$NET_TMP/foreign.o" || return 1
	ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric obj "$NET_TMP/foreign.o" sec xdp
}

# What runs before tc, at the start and later.
an_xdp_program() {
	foreign_xdp || {
		skip_reason="iproute2 cannot attach XDP"
		return 0
	}
	net__want check "$NET_B_IF" && net__want says "$NET_B_IF: another XDP program (id " && net__want says ", foreign) runs before sipbpf on received packets" &&
		net__want start -i 1s "$NET_B_IF" && net__want is_told ", foreign) runs before sipbpf on received packets" &&
		net__want ip -n "$NET_B" link set dev "$NET_B_IF" xdpgeneric off &&
		net__want net__wait_for is_told ", foreign) no longer runs before sipbpf on received packets"
}

# has_notice TEXT: the last table has it in the line below.
has_notice() {
	grep -q "^note: .*$1" "$NET_TMP/tables.$started"
}

send_one() {
	ip netns exec "$NET_A" python3 - "$NET_B4" "$1" <<-'PYTHON'
		import socket, sys
		socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(sys.argv[2].encode().decode("unicode_escape").encode(), (sys.argv[1], 5070))
	PYTHON
}

# What cannot be read of a link, and TLS where nobody expects it, beside the table of the interval; and the sum of snapshots.
unread() {
	net__accept "$NET_B" 8443 || return 1
	net__want start -i 300ms "$NET_B_IF" && send_one 'INVITE  sip:b SIP/2.0\r\n\r\n' && net__begin_tls "$NET_B4" 8443 &&
		net__want net__wait_for grep -q "^note: not read in part: 10.77.0.2-UDP-5070-10.77.0.1 (malformed)" "$NET_TMP/tables.$started" &&
		net__want net__wait_for has_notice "TLS on 8443: --server-port 8443$" && net__want net__stop "$attach_pid" &&
		net__want start --format json -i 300ms "$NET_B_IF" && net__begin_tls "$NET_B4" 8443 && net__begin_tls "$NET_B4" 8443 &&
		net__want net__wait_for eval '"$sipbpf" show --format json "$NET_TMP/tables.$started" | jq -e ".unread.tls_ports == [{port: 8443, handshakes: 2}]" >/dev/null' &&
		net__want net__stop "$attach_pid" && net__want start -i 300ms --server-port 8443 "$NET_B_IF" && net__begin_tls "$NET_B4" 8443 &&
		net__want net__wait_for grep -q "^note: not read in part: 10.77.0.2-TLS-8443-10.77.0.1 (encrypted)" "$NET_TMP/tables.$started" &&
		net__want eval '! grep -q "TLS on" "$NET_TMP/tables.$started"'
}

# status_tells WORDS...: status of B's interface has each in a line of its text, and in its notices in JSON.
status_tells() {
	local words

	status "$NET_B_IF" || return 1
	for words in "$@"; do
		grep -qE "^  notice          $words" "$NET_TMP/stdout" || return 1
	done
	status --format json "$NET_B_IF" || return 1
	for words in "$@"; do
		jq -e --arg words "$words" '.instances[0].notices | any(test("^" + $words))' "$NET_TMP/stdout" >/dev/null || return 1
	done
}

# status_has_unread JQ: what status says of B's interface in JSON has this under unread, as a snapshot has it.
status_has_unread() {
	status --format json "$NET_B_IF" && jq -e ".instances[0].unread | $1" "$NET_TMP/stdout" >/dev/null
}

# All since the start, also of intervals whose table is written.
status_tells_what_is_unread() {
	local links="not read in part: 10.77.0.2-UDP-5070-10.77.0.1 \\(malformed\\)$"

	net__accept "$NET_B" 8443 || return 1
	net__want start -i 300ms "$NET_B_IF" && net__want status --format json "$NET_B_IF" &&
		net__want eval 'jq -e ".instances[0] | .notices == [] and (has(\"unread\") | not)" "$NET_TMP/stdout" >/dev/null' && net__begin_tls "$NET_B4" 8443 &&
		net__want net__wait_for status_tells "TLS on 8443: --server-port 8443$" &&
		send_one 'INVITE  sip:b SIP/2.0\r\n\r\n' &&
		net__want net__wait_for status_tells "$links" "TLS on 8443: --server-port 8443$" &&
		net__want status_has_unread '.tls_ports == [{port: 8443, handshakes: 1}] and .more_tls_ports == false and .more_links == false and
			.links == [{server_ip: "10.77.0.2", client_ip: "10.77.0.1", transport: "UDP", server_port: 5070,
				compressed: 0, encrypted: 0, gaps: 0, malformed: 1}]'
}

# As long as it lasts; a table need not be due.
status_tells_quiet_interfaces() {
	net__want start -i 300ms --quiet-after 1s "$NET_B_IF" && net__want net__wait_for status_tells "$NET_B_IF: no packet for [1-9]" &&
		send_one 'no SIP at all' && net__want net__wait_for status_tells "$NET_B_IF: no SIP for [1-9]" &&
		net__want net__stop "$attach_pid" && net__want start -i 1h --quiet-after 1s "$NET_B_IF" && sleep 1.1 &&
		kill -s USR1 "$attach_pid" && net__want net__wait_for status_tells "$NET_B_IF: no packet for [1-9]"
}

# Said once on stderr, beside each table while it lasts, and once when it is over.
quiet() {
	net__want start -i 300ms --quiet-after 1s "$NET_B_IF" && net__want net__wait_for has_notice "$NET_B_IF: no packet for [1-9]" &&
		net__want net__wait_for eval '(($(grep -c "^note: " "$NET_TMP/tables.$started") > 2))' &&
		net__want is_told "$NET_B_IF: no packet for 1s" && send_one 'no SIP at all' &&
		net__want net__wait_for is_told "$NET_B_IF: packets again, after " &&
		net__want net__wait_for is_told "$NET_B_IF: no SIP for " &&
		send_one 'OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n' &&
		net__want net__wait_for is_told "$NET_B_IF: SIP again, after " && net__want net__stop "$attach_pid" &&
		net__want start -i 300ms --quiet-after 500ms --format json "$NET_B_IF" &&
		net__want net__wait_for eval 'jq -e "select(.notices != null and (.notices[0] | startswith(\"$NET_B_IF: no packet for \")))" "$NET_TMP/tables.$started" >/dev/null' &&
		net__want net__stop "$attach_pid" && net__want eval '"$sipbpf" show "$NET_TMP/tables.$started" >/dev/null'
}

# vb is a port of br0, which receives what vb has received: it counts at vb alone.
quiet_behind_another() {
	net__want ip -n "$NET_B" link add br0 type bridge && net__want ip -n "$NET_B" link set br0 multicast off up promisc on &&
		net__want ip -n "$NET_B" link set "$NET_B_IF" master br0 &&
		net__want start -i 300ms --quiet-after 1s --mode tc "$NET_B_IF" br0 && send_one 'no SIP at all' &&
		net__want net__wait_for is_told "br0: no SIP for " &&
		send_one 'OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n' &&
		net__want net__wait_for is_told "$NET_B_IF: SIP again, after " && net__want net__wait_for is_told "br0: SIP again, after " &&
		net__want ip -n "$NET_B" link set "$NET_B_IF" nomaster
}

# has_elsewhere: packets have counted as seen elsewhere.
has_elsewhere() {
	jq -se 'map(.packets.reasons.seen_elsewhere) | add > 0' "$NET_TMP/tables.$started" >/dev/null
}

# What the host sends to all comes back as a copy, which counts as seen elsewhere, whatever it says.
quiet_with_copies() {
	local send='import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
udp.sendto(b"no SIP at all", (sys.argv[1], 5070))'

	for mode in tc skb; do
		net__want start -i 300ms --quiet-after 1s --format json --mode "$mode" "$NET_B_IF" && send_one 'no SIP at all' &&
			net__want net__wait_for is_told "$NET_B_IF: no SIP for " &&
			net__want ip netns exec "$NET_B" python3 -c "$send" 10.77.0.255 && net__want net__wait_for has_elsewhere &&
			net__want_not is_told "'SIP again'" && net__want net__stop "$attach_pid" || return 1
	done
}

not_asked_for() {
	net__want start -i 300ms "$NET_B_IF" && net__want net__wait_for eval '(($(wc -l <"$NET_TMP/tables.$started") > 3))' &&
		net__want_not grep -q "^note" "$NET_TMP/tables.$started" && net__want_not is_told "no packet"
}

# Told once, with its id; and once when it is gone. status tells it with its name.
a_tcx_program_that_comes_later() {
	local direction

	for direction in received sent; do
		net__want start -i 1s "$NET_B_IF" && net__want_not is_told "runs before sipbpf" || return 1
		in_front "$direction" || {
			skip_reason="no tcx in this kernel"
			return 0
		}
		net__want net__wait_for is_told "$NET_B_IF: another tcx program (id $program) runs before sipbpf on $direction packets; those that it does not let pass on are not seen" &&
			net__want has_looked_again && net__want is_told "runs before sipbpf" &&
			net__want net__wait_for has_notice "$NET_B_IF: another tcx program (id $program) in front, $direction" && net__want status "$NET_B_IF" &&
			net__want says "  notice          $NET_B_IF: another tcx program (id $program, in_front) runs before sipbpf on $direction packets" &&
			net__want status --format json "$NET_B_IF" &&
			net__want test "$(jq -c '[.instances[].unseen[] | [.interface, .direction, .kind, .program, .name]]' "$NET_TMP/stdout")" = \
				"[[\"$NET_B_IF\",\"$direction\",\"tcx_program\",$program,\"in_front\"]]" || return 1
		net__stop "$front_pid"
		net__want net__wait_for is_told "$NET_B_IF: the tcx program (id $program) no longer runs before sipbpf on $direction packets" &&
			net__want net__stop "$attach_pid" || return 1
	done
}

# Who comes after ours is not in front: ours puts itself first.
a_tcx_program_that_was_there() {
	in_front received || {
		skip_reason="no tcx in this kernel"
		return 0
	}
	net__want check "$NET_B_IF" && net__want_not says "runs before" && net__want start -i 1s "$NET_B_IF" && net__want has_looked_again &&
		net__want_not is_told "runs before sipbpf"
}

# Another sipbpf hides nothing, whoever runs it; also one without CAP_SYS_ADMIN knows.
another_sipbpf() {
	local first first_stderr

	net__want start -i 1s "$NET_B_IF" || return 1
	first=$attach_pid first_stderr=$attach_stderr
	net__want start --mode native "$NET_B_IF" && attach_pid=$first attach_stderr=$first_stderr &&
		net__want has_looked_again && net__want test "$(grep -c "runs before" "$first_stderr")" = 0 && net__want status "$NET_B_IF" &&
		net__want_not says "runs before"
}

three_capabilities() {
	local set=-all,+bpf,+net_admin,+perfmon

	publish
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set" --ambient-caps="$set")
	net__want start -i 1s "$NET_B_IF" || return 1
	wrapper=()
	in_front sent || {
		skip_reason="no tcx in this kernel"
		return 0
	}
	net__want net__wait_for is_told "$NET_B_IF: another tcx program (id $program) runs before sipbpf on sent packets" &&
		net__want grep -q '^CapPrm:.0*1000$' "/proc/$(lookout_of "$attach_pid")/status"
}

lookout_ends_with_it() {
	local lookout

	net__want start "$NET_B_IF" && lookout=$(lookout_of "$attach_pid") && net__want test -n "$lookout" || return 1
	net__stop "$attach_pid" KILL
	net__want net__wait_for eval "! [[ -d /proc/$lookout ]]"
}

lookout_killed() {
	net__want start -i 1s "$NET_B_IF" && net__want kill -s KILL "$(lookout_of "$attach_pid")" &&
		net__want net__wait_for is_told "the process sipbpf-lookout has been killed" && sleep 1.2 &&
		net__want is_told "the process sipbpf-lookout has been killed" && net__want net__stop "$attach_pid"
}

generic_xdp_in_status() {
	net__want start --mode skb "$NET_B_IF" && net__want is_told "$NET_B_IF: generic XDP sees only the first datagram of a UDP GSO packet" &&
		net__want status "$NET_B_IF" && net__want says "  notice          $NET_B_IF: generic XDP sees only the first datagram of a UDP GSO packet"
}

# An ifb receives what has been redirected to it, as large as it was; it stands for every kind of software interface.
generic_xdp_on_software_interfaces() {
	ip -n "$NET_B" link add fb0 type ifb || {
		skip_reason="no ifb"
		return 0
	}
	net__want check --mode skb fb0 lo && net__want says "fb0: generic XDP sees only the first datagram of a UDP GSO packet" &&
		net__want says "lo: generic XDP sees only the first datagram of a UDP GSO packet" &&
		net__want check --mode tc fb0 && net__want_not says "GSO" && net__want ip -n "$NET_B" link del fb0
}

# send_merged: requests that the kernel may merge in B. Prints the length of the longest frame there.
send_merged() {
	ip netns exec "$NET_B" python3 "$here/send_merged.py" "$NET_B_IF" "$NET_A" "$NET_B4" "$MERGED"
}

# Where the kernel merges UDP for forwarding, it does not at an interface with generic XDP, which so sees each datagram. Packets
# are held back for a second, so that they are merged on a slow host too.
generic_xdp_with_udp_gro() {
	net__want ip netns exec "$NET_B" ethtool -K "$NET_B_IF" gro on rx-udp-gro-forwarding on &&
		net__want ip netns exec "$NET_B" sh -c 'echo 1000000000 >"/sys/class/net/$0/gro_flush_timeout"' "$NET_B_IF" || return 1
	net__want test "$(send_merged)" -gt 1600 && net__want start --mode skb -i 1h --format json "$NET_B_IF" &&
		net__want test "$(send_merged)" -lt 1600 && net__want net__stop "$attach_pid" &&
		net__want test "$(jq .packets.sip "$NET_TMP/tables.$started")" = "$MERGED"
}

# with_offloads NAMES: what is run from now on finds these features switched on, and reads all else from the kernel.
with_offloads() {
	clang -shared -fPIC -D_GNU_SOURCE -o "$NET_TMP/receive_offloads.so" "$here/receive_offloads.c" &&
		wrapper=(env "LD_PRELOAD=$NET_TMP/receive_offloads.so" "RECEIVE_OFFLOADS=$1" "${@:2}")
}

# Attach, --check and status tell it, the last one at once; other modes switch off nothing.
offloads_that_stay_off() {
	local cost="$NET_B_IF: generic XDP makes the kernel switch off receive offloads, which costs throughput, and they stay off when sipbpf ends"

	with_offloads "rx-gro-hw rx-lro" && net__want check --mode skb "$NET_B_IF" && net__want says "$cost" &&
		net__want says "\`ethtool -K $NET_B_IF rx-gro-hw on rx-lro on\` switches them on again; --mode tc keeps them" &&
		net__want start --mode skb -i 1h "$NET_B_IF" && net__want is_told "$cost" &&
		net__want net__wait_for status_tells "$cost.*ethtool -K $NET_B_IF rx-gro-hw on rx-lro on" &&
		net__want net__stop "$attach_pid" && net__want check --mode tc "$NET_B_IF" && net__want_not says "offloads" &&
		net__want with_offloads "rx-lro" && net__want check --mode skb "$NET_B_IF" &&
		net__want says "\`ethtool -K $NET_B_IF rx-lro on\`"
}

offloads_that_are_off_or_fixed() {
	net__want check --mode skb "$NET_B_IF" && net__want_not says "'receive offloads'" &&
		net__want with_offloads "rx-gro-hw" RECEIVE_OFFLOADS_FIXED=1 && net__want check --mode skb "$NET_B_IF" &&
		net__want_not says "'receive offloads'"
}

net__require jq python3 setpriv clang pgrep ethtool
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup

net__check "--check says what would be attached, and leaves nothing" check_says_and_leaves_nothing
net__check "--check of several interfaces" check_of_several
net__check "--check of native XDP tells its cost" check_of_native
net__check "--check of a bridge names its ports" check_of_a_bridge
net__check "--check fails where attach would" check_that_fails
net__check "limits that are too low are told, with what to do" limits
net__check "as many files as are asked for are enough" promised_files
net__check "a control group with too little memory is told; as much as is asked for is enough" memory_of_a_group
net__check "an XDP program in front, and when it is gone" an_xdp_program
net__check "a tcx program that comes later is told once, and once when it is gone" a_tcx_program_that_comes_later
net__check "links that cannot be read in part, and TLS on other ports" unread
net__check "an interface without packets, and one without SIP" quiet
net__check "an interface whose SIP has counted at another one is not without SIP" quiet_behind_another
net__check "copies of what the host sends to all are no SIP" quiet_with_copies
net__check "quiet interfaces are told only if asked for" not_asked_for
net__check "status tells links that cannot be read in part, and TLS on other ports" status_tells_what_is_unread
net__check "status tells an interface without packets, and one without SIP" status_tells_quiet_interfaces
net__check "a tcx program behind ours is not told" a_tcx_program_that_was_there
net__check "another sipbpf is not told" another_sipbpf
net__check "three capabilities are enough, and one is kept to look again" three_capabilities
net__check "the lookout ends with its parent" lookout_ends_with_it
net__check "a lookout that is killed is told" lookout_killed
net__check "status tells what generic XDP does not see" generic_xdp_in_status
net__check "generic XDP on software interfaces tells what it does not see" generic_xdp_on_software_interfaces
net__check "generic XDP sees each datagram where the kernel merges UDP" generic_xdp_with_udp_gro
net__check "receive offloads that generic XDP switches off are told by attach, --check and status" offloads_that_stay_off
net__check "receive offloads that are off or cannot be switched are not told" offloads_that_are_off_or_fixed
exit $NET_FAILED
