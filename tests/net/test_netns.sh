#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# `sipbpf attach --netns`: interfaces of other network namespaces, by name, pid and path.
#
# usage: test_netns.sh [SIPBPF]
# Everything is called through net__check() and net__want(), with expressions that are evaluated there.
# shellcheck disable=SC2317,SC2016
set -u
# shellcheck source=tests/net/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sipbpf=$(realpath "${1:-build/sipbpf}")

# ---- doing ----

# start ARGUMENT...: runs `sipbpf attach` outside of both namespaces, pid in $attach_pid, and waits until it has attached.
start() {
	: >"$NET_TMP/stderr"
	rm -f "$NET_TMP/stdout"
	"$sipbpf" attach --format json -i 60 "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr" &
	attach_pid=$!
	NET_PIDS+=("$attach_pid")
	net__wait_for net__is_settled "$attach_pid" "$NET_TMP/stderr" && [[ -d /proc/$attach_pid ]]
}

# refuses ARGUMENT...: `sipbpf attach` ends with status 1 by itself.
refuses() {
	"${wrapper[@]}" timeout "$NET_PATIENCE" "$sipbpf" attach "$@" >"$NET_TMP/stdout" 2>"$NET_TMP/stderr"
	(($? == 1))
}

# send COUNT: requests from A to B, to a port where nobody listens; until B has had them.
send() {
	local before

	before=$(net__arrived)
	ip netns exec "$NET_A" python3 - "$1" "$NET_B4" <<-'PYTHON'
		import socket, sys
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for i in range(int(sys.argv[1])):
		    udp.sendto(f"OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: {i} OPTIONS\r\n\r\n".encode(), (sys.argv[2], 5070))
	PYTHON
	net__wait_for net__have_arrived $((before + $1))
}

says() {
	grep -qF -- "$1" "$NET_TMP/stderr"
}

has_messages() {
	[[ $(jq -s '[.[].links[].messages[].count] | add // 0' "$NET_TMP/stdout") == "$1" ]]
}

wrapper=()
attach_pid=0

# ---- the checks ----

tidy_up() {
	local pid

	wrapper=()
	for pid in "${NET_PIDS[@]}"; do
		net__stop "$pid"
	done
}

# counts_in NAMESPACE: what passes B's interface, which this network namespace does not have; and nothing stays.
counts_in() {
	net__want start --netns "$1" "$NET_B_IF" && net__want says "$NET_B_IF: received by tcx" && net__want send 5 &&
		net__want net__stop "$attach_pid" && net__want has_messages 5 && net__want net__is_bare "$NET_B" "$NET_B_IF"
}

by_name() {
	counts_in "$NET_B"
}

by_path() {
	counts_in "/run/netns/$NET_B"
}

by_pid() {
	net__start "$NET_B" sleep 1000
	net__want net__wait_for eval '[[ $(readlink /proc/$!/ns/net) != "$(readlink /proc/self/ns/net)" ]]' && counts_in $!
}

# Of a name of digits alone, it is the name.
a_name_of_digits() {
	net__want touch /run/netns/$$ && net__want mount --bind "/run/netns/$NET_B" /run/netns/$$ && counts_in $$
	local result=$?

	umount /run/netns/$$
	rm -f /run/netns/$$
	return "$result"
}

each_mode() {
	local mode

	for mode in native skb tc; do
		net__want start --mode "$mode" --netns "$NET_B" "$NET_B_IF" && net__want send 3 && net__want net__stop "$attach_pid" &&
			net__want has_messages 3 || return 1
	done
}

# The interface goes down and comes up in its namespace, and is deleted there.
follows_the_interface() {
	net__want ip link add wa netns "$NET_A" type veth peer name wb netns "$NET_B" && net__want start --netns "$NET_B" wb &&
		net__want net__wait_for says "wb: the interface is down; counting begins when it is up" &&
		net__want ip -n "$NET_A" link set wa up && net__want ip -n "$NET_B" link set wb up &&
		net__want net__wait_for says "wb: the interface is up" && net__want ip -n "$NET_B" link del wb &&
		net__want net__wait_for says "wb: the interface is gone; counting goes on when it is back" &&
		net__want ip link add wa netns "$NET_A" type veth peer name wb netns "$NET_B" &&
		net__want net__wait_for says "wb: the interface is back, received by" && net__want ip -n "$NET_B" link del wb
}

# Files are those from before, and status names the namespace.
files_and_status() {
	net__want start --netns "$NET_B" --log "$NET_TMP/log" "$NET_B_IF" &&
		net__want eval '"$sipbpf" status 2>/dev/null | grep -qF "$NET_B_IF (network namespace $(stat -L -c %i "/run/netns/$NET_B")): received by"' &&
		net__want net__stop "$attach_pid" && net__want test -s "$NET_TMP/log"
}

check_there() {
	net__want eval '"$sipbpf" attach --check --netns "$NET_B" "$NET_B_IF" >"$NET_TMP/stdout"' && net__want refuses --netns "$NET_B" nope &&
		net__want says "nope: no such interface"
}

errors() {
	net__want refuses --netns no-such-name "$NET_B_IF" &&
		net__want says "--netns: no-such-name: no such network namespace; give a name that \`ip netns\` lists, the pid" &&
		net__want refuses --netns 999999999 "$NET_B_IF" && net__want says "--netns: 999999999: no such network namespace" &&
		net__want refuses --netns "" "$NET_B_IF" && net__want says "--netns: : no such network namespace" &&
		net__want refuses --netns /proc/self/ns/mnt "$NET_B_IF" && net__want says "--netns: /proc/self/ns/mnt: is no network namespace" &&
		net__want refuses --netns /dev/null "$NET_B_IF" && net__want says "--netns: /dev/null: is no network namespace"
}

three_capabilities() {
	local set=-all,+bpf,+net_admin,+perfmon

	install -m 755 "$sipbpf" "$NET_TMP/sipbpf"
	chmod 755 "$NET_TMP"
	local sipbpf=$NET_TMP/sipbpf
	wrapper=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="$set" --inh-caps="$set" --ambient-caps="$set")
	net__want refuses --netns "$NET_B" "$NET_B_IF" && net__want says "--netns: $NET_B: no permission to enter it; that needs CAP_SYS_ADMIN"
}

# It helps somebody who is root already.
root_without_them() {
	local name set=-sys_admin,-sys_ptrace

	wrapper=(setpriv --bounding-set="$set")
	for name in "$NET_B" 1; do
		net__want refuses --netns "$name" lo && net__want says "--netns: $name: no permission to enter it; that needs CAP_SYS_ADMIN, and CAP_SYS_PTRACE" &&
			net__want says "root has both, unless a container or sandbox takes them away" || return 1
	done
}

net__require jq python3 setpriv
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup

net__check "by the name of ip netns" by_name
net__check "by path" by_path
net__check "by the pid of a process in it" by_pid
net__check "a name of digits goes before a pid" a_name_of_digits
net__check "every mode" each_mode
net__check "what happens to the interface there" follows_the_interface
net__check "files stay those from before, and status tells the namespace" files_and_status
net__check "--check there" check_there
net__check "errors say what to do" errors
net__check "the capabilities of attach are not enough, which is told" three_capabilities
net__check "root without the capabilities is told what takes them away" root_without_them
exit $NET_FAILED
