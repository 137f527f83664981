#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# For tests that need real interfaces: two network namespaces joined by a veth pair, removed whatever happens.
# A test sources this file, calls net__setup, and reports each result by net__ok, net__not_ok or net__skip (TAP lines).
#
# After net__setup: $NET_A, $NET_B are the namespaces (caller, callee), $NET_A_IF, $NET_B_IF the ends of the pair,
# 10.77.0.1 and fd77::1 the addresses of A, 10.77.0.2 and fd77::2 those of B, $NET_TMP a private folder.

NET_A4=10.77.0.1 NET_A6=fd77::1
NET_B4=10.77.0.2 NET_B6=fd77::2
# So many times the calls of `make test` are made in a soak, which sets TEST_ROUNDS.
# shellcheck disable=SC2034
NET_SCALE=${TEST_ROUNDS:+4}
NET_SCALE=${NET_SCALE:-1}
# Seconds that nothing takes unless it fails.
NET_PATIENCE=300
NET_LAST="the last frame" # its own words
# Read by the tests, as their exit status.
# shellcheck disable=SC2034
NET_FAILED=0
NET_PIDS=()
NET_DATA=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../data")

net__ok() {
	printf 'ok - %s\n' "$1"
}

# net__not_ok NAME REASON
net__not_ok() {
	printf 'not ok - %s: %s\n' "$1" "$2"
	# shellcheck disable=SC2034
	NET_FAILED=1
}

net__skip() {
	printf 'ok - %s # SKIP %s\n' "$1" "$2"
}

# Why the check that runs now cannot be made here: it is a skip.
skip_reason=

# net__want COMMAND...: the command that fails is the reason of the check, with what the test's last command has written.
net__want() {
	"$@" && return
	reason="$* ($(cat "$NET_TMP/stdout" "$NET_TMP/stderr" 2>/dev/null | head -c 600 | tr '\n' '|'))"
	return 1
}

net__want_not() {
	net__want eval "! $*"
}

# net__check NAME FUNCTION: a check fails by net__want(). Afterwards tidy_up() runs, which the test defines.
net__check() {
	local reason='' interface

	if [[ -n ${ONLY:-} && $2 != "$ONLY" ]]; then
		return
	elif "$2"; then
		net__ok "$1${skip_reason:+ # SKIP $skip_reason}"
	else
		net__not_ok "$1" "$reason"
	fi
	skip_reason=
	tidy_up
}

# Ends the test at once: for what no check can go on without.
net__die() {
	net__not_ok "${0##*/}" "$*"
	exit 1
}

# Skips the whole test unless it runs as root and the commands exist.
net__require() {
	local command

	((EUID == 0)) || {
		net__skip "${0##*/}" "needs root"
		exit 0
	}
	for command in ip "$@"; do
		command -v "$command" >/dev/null || {
			net__skip "${0##*/}" "$command is not installed (make setup)"
			exit 0
		}
	done
}

# Starts "${@:2}" in namespace $1 in the background; its pid is $!, and net__cleanup ends it.
net__start() {
	local namespace=$1

	shift
	ip netns exec "$namespace" "$@" &
	NET_PIDS+=("$!")
}

# Accepts connections in a namespace, and takes one message of each: net__accept NAMESPACE PORT
net__accept() {
	net__start "$1" python3 -c 'import socket, sys
server = socket.create_server(("", int(sys.argv[1])))
while True: server.accept()[0].recv(1000)' "$2" >"$NET_TMP/accept" 2>&1
	net__wait_for eval "ip netns exec $1 ss -Hlnt | grep -q :$2"
}

# Sends a client's first message of TLS from A: net__begin_tls ADDRESS PORT
net__begin_tls() {
	ip netns exec "$NET_A" python3 - "$@" <<-'PYTHON'
		import socket, ssl, sys
		context = ssl.create_default_context()
		incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
		session = context.wrap_bio(incoming, outgoing, server_hostname="b")
		try:
		    session.do_handshake()
		except ssl.SSLWantReadError:
		    socket.create_connection((sys.argv[1], int(sys.argv[2]))).sendall(outgoing.read())
	PYTHON
}

# Keeps sipp from giving up a call, or itself, on a busy machine. Each limit of retransmissions holds by itself.
NET_SIPP_PATIENCE=(-watchdog_interval 0 -max_retrans 60 -max_invite_retrans 60 -max_non_invite_retrans 60)

# The pause of tests/data/sipp_*.xml over sipp's transport $1, in milliseconds.
net__pause() {
	[[ $1 == u? ]] && echo 100 || echo 0
}

# Starts a callee of tests/data/sipp_uas.xml on port 5060 of B, which then listens: net__callee ADDRESS u1|t1
net__callee() {
	net__start "$NET_B" sipp -sf "$NET_DATA/sipp_uas.xml" -t "$2" -i "$1" -p 5060 -max_socket 4000 -nostdin \
		"${NET_SIPP_PATIENCE[@]}" \
		-d "$(net__pause "$2")" >>"$NET_TMP/callee.log" 2>&1
	net__wait_for net__listens "$1" "${2%1}" || net__die "no callee: $(head -c 300 "$NET_TMP/callee.log")"
}

# net__listens ADDRESS u|t: something in B does, on port 5060.
net__listens() {
	ip netns exec "$NET_B" ss -Hln"$2" | grep -qE "[[ ]$1]?:5060 "
}

# Makes calls of tests/data/sipp_uac.xml from A and waits for them: net__caller FROM TO un|tn|t1 CALLS SIPP_OPTION...
# What sipp says and counts goes to the current folder, its counts to *_counts.csv.
net__caller() {
	local from=$1 to=$2 transport=$3 calls=$4

	shift 4
	timeout $((3 * NET_PATIENCE)) ip netns exec "$NET_A" sipp -sf "$NET_DATA/sipp_uac.xml" -t "$transport" -i "$from" -max_socket 4000 \
		-nostdin "${NET_SIPP_PATIENCE[@]}" -m "$calls" -d "$(net__pause "$transport")" "$@" -timeout $((2 * NET_PATIENCE))s -timeout_error \
		-trace_err -trace_counts -fd 1 "$to" >log 2>&1
}

# What the callers of the folders in $1 say when a call failed.
net__callers_complain() {
	echo "sipp failed: $(cat "$1"/*/*_errors.log "$1"/*/log 2>/dev/null | grep -v 'Overload warning' | head -c 500 | tr '\n' ' ')"
}

# net__wait_all PID...: 1 when one of them failed.
net__wait_all() {
	local pid failed=0

	for pid in "$@"; do
		wait "$pid" || failed=1
	done
	return $failed
}

# Counts calls on the veth's end in B, which the test's calls() makes, in folder $1, and prints why that failed or differs from
# what sipp counted: net__counted_calls FOLDER MODE LINKS TRANSPORTS. The totals are the last line of FOLDER/verdict.
net__counted_calls() {
	net__attach "$1" -i 60s --mode "$2" || {
		head -n 5 "$1/stderr"
		return 1
	}
	calls || {
		net__callers_complain "$1"
		return 1
	}
	sleep 0.2
	net__stop "$attach_pid" || {
		echo "sipbpf ended with status $?: $(head -n 5 "$1/stderr")"
		return 1
	}
	python3 "$(dirname "${BASH_SOURCE[0]}")/compare_sipp.py" "$1/snapshots" "$3" "$4" "$1"/*/*_counts.csv >"$1/verdict" || {
		tr '\n' ';' <"$1/verdict"
		return 1
	}
}

# net__is_settled PID FILE: the sipbpf of that pid, which writes its messages to the file, counts and has dropped its
# capabilities, the last thing that it does before it waits; or it has ended.
net__is_settled() {
	! [[ -d /proc/$1 ]] || { grep -qF ": received by " "$2" && grep -q '^CapPrm:.0*$' "/proc/$1/status"; }
}

# The datagrams that have come through B, or to a port of B where nobody listens: by the kernel's own count, and so behind
# all programs.
# shellcheck disable=SC2016 # awk's
net__arrived() {
	ip netns exec "$NET_B" awk '/^Ip:/ && $2 ~ /^[0-9]/ { sum += $7 } /^Udp:/ && $2 ~ /^[0-9]/ { sum += $3 } END { print sum }' \
		/proc/net/snmp
}

net__have_arrived() {
	(($(net__arrived) >= $1))
}

# Starts `sipbpf attach` on the veth's end in B, its snapshots and messages in folder $1: net__attach FOLDER OPTION...
# The test has set $sipbpf; the pid is in $attach_pid.
# shellcheck disable=SC2154
net__attach() {
	local folder=$1

	shift
	net__start "$NET_B" "$sipbpf" attach --format json --log "$folder/snapshots" --transport wire "$@" "$NET_B_IF" \
		>"$folder/stdout" 2>"$folder/stderr"
	attach_pid=$!
	net__wait_for net__is_settled "$attach_pid" "$folder/stderr" && [[ -d /proc/$attach_pid ]]
}

# Captures what passes the veth's end in B, to the file capture.pcapng of folder $1.
net__capture() {
	net__start "$NET_B" dumpcap -q -B 64 -i "$NET_B_IF" -w "$1/capture.pcapng" 2>"$1/dumpcap"
	capture_pid=$!
	net__wait_for grep -q '^File:' "$1/dumpcap"
}

# The frames that have passed the veth's end in B.
net__passed() {
	ip -n "$NET_B" -s -j link show "$NET_B_IF" | jq '.[0].stats64 | .rx.packets + .tx.packets'
}

# The TCP connections of namespace $1 that are not closed, and its datagrams that nobody has read yet.
net__unfinished() {
	ip netns exec "$1" ss -Htn state connected exclude time-wait
	ip netns exec "$1" ss -Huna | awk '$2 > 0'
}

# No end has anything left to send, and nothing has passed for a second.
net__is_quiet() {
	local before

	before=$(net__passed)
	sleep 1
	[[ -z $(net__unfinished "$NET_A")$(net__unfinished "$NET_B") && $(net__passed) == "$before" ]]
}

# The last frame of a capture, of an EtherType for experiments (IEEE 802).
net__send_last() {
	ip netns exec "$NET_A" python3 - "$NET_A_IF" "$NET_LAST" <<-'PYTHON'
		import socket, sys
		link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
		link.bind((sys.argv[1], 0))
		link.send(b"\xff" * 6 + b"\2\0\0\0\0\1" + b"\x88\xb5" + sys.argv[2].encode().ljust(46, b"\0"))
	PYTHON
}

# Ends the capture of net__capture when all is quiet. A capture that lost frames proves nothing: 1 then. dumpcap writes in
# order, so that after the last frame it has all.
net__end_capture() {
	net__wait_for net__is_quiet && net__send_last && net__wait_for grep -qaF "$NET_LAST" "$1/capture.pcapng" || return 1
	net__stop "$capture_pid" INT
	grep -q 'Packets received/dropped.*: [0-9]*/0 ' "$1/dumpcap"
}

net__has_ended() {
	! [[ -d /proc/$1 && $(awk '{print $3}' "/proc/$1/stat" 2>/dev/null) != Z ]]
}

# net__stop PID [SIGNAL]: ends a process of net__start and waits for it; returns its exit status, 124 when it had to be
# killed in the end.
net__stop() {
	local pid=$1 signal=${2:-TERM} i

	((pid > 0)) || return 1 # 0 would be all processes of the group
	for i in "${!NET_PIDS[@]}"; do
		[[ ${NET_PIDS[i]} == "$pid" ]] && unset "NET_PIDS[$i]"
	done
	kill -s "$signal" "$pid" 2>/dev/null
	if ! net__wait_for net__has_ended "$pid"; then
		kill -s KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		return 124
	fi
	wait "$pid" 2>/dev/null
}

# net__wait_for COMMAND...: until the command succeeds; 1 when it never did, for so long that no machine is too slow.
net__wait_for() {
	local deadline=$((SECONDS + NET_PATIENCE))

	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

# Makes a control group with so many MiB of memory, in whichever version of control groups the host has: $NET_GROUP.
net__group() {
	local root=/sys/fs/cgroup limit=memory.max

	if [[ -d $root/memory ]]; then
		root+=/memory limit=memory.limit_in_bytes
	fi
	NET_GROUP=$root/sipbpf-test-$$
	mkdir "$NET_GROUP" 2>/dev/null && echo $(($1 << 20)) 2>/dev/null >"$NET_GROUP/$limit"
}

# Removes it. Its processes have ended, but the kernel may still hold it.
net__ungroup() {
	[[ -z ${NET_GROUP:-} || ! -d $NET_GROUP ]] || net__wait_for rmdir "$NET_GROUP" 2>/dev/null
}

# Removes namespaces, with what runs there: only a test's own processes are in its namespaces.
net__remove() {
	local pid namespace

	for namespace in "$@"; do
		for pid in $(ip netns pids "$namespace" 2>/dev/null); do
			kill -s KILL "$pid" 2>/dev/null
		done
		ip netns del "$namespace" 2>/dev/null
	done
}

# Removes what tests have left that were killed: their namespaces have the pids of processes that are gone.
net__sweep() {
	local namespace

	while read -r namespace _; do
		[[ $namespace =~ ^sipbpf-[a-e]-([0-9]+)- && ! -d /proc/${BASH_REMATCH[1]} ]] && net__remove "$namespace"
	done < <(ip netns list)
	return 0
}

net__cleanup() {
	local pid

	for pid in "${NET_PIDS[@]}"; do
		kill -s KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	# shellcheck disable=SC2086 # those that are not set are no words
	net__remove ${NET_A:-} ${NET_B:-} ${NET_C:-} ${NET_D:-}
	net__ungroup
	[[ -n ${NET_TMP:-} ]] && rm -rf "$NET_TMP"
	return 0
}

# Brings one end up. Neighbours are fixed and multicast is off, so that only the test's own packets pass.
net__configure() {
	local namespace=$1 interface=$2 address4=$3 address6=$4

	ip -n "$namespace" link set lo up &&
		ip -n "$namespace" link set "$interface" multicast off &&
		ip -n "$namespace" addr add "$address4/24" dev "$interface" &&
		ip -n "$namespace" link set "$interface" up &&
		ip -n "$namespace" addr add "$address6/64" dev "$interface" nodad
}

net__fix_neighbour() {
	local namespace=$1 interface=$2 peer_mac=$3 address

	shift 3
	for address in "$@"; do
		ip -n "$namespace" neigh replace "$address" lladdr "$peer_mac" dev "$interface" nud permanent || return 1
	done
}

net__mac() {
	ip -n "$1" -j link show "$2" | jq -r '.[0].address'
}

net__setup() {
	local suffix
	suffix=$$-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')

	trap net__cleanup EXIT
	trap 'exit 1' INT TERM HUP
	NET_TMP=$(mktemp -d) || net__die "no folder for temporary files"
	NET_A=sipbpf-a-$suffix NET_B=sipbpf-b-$suffix
	NET_A_IF=va NET_B_IF=vb
	{
		ip netns add "$NET_A" && ip netns add "$NET_B" &&
			ip link add "$NET_A_IF" netns "$NET_A" type veth peer name "$NET_B_IF" netns "$NET_B" &&
			net__configure "$NET_A" "$NET_A_IF" "$NET_A4" "$NET_A6" &&
			net__configure "$NET_B" "$NET_B_IF" "$NET_B4" "$NET_B6" &&
			net__fix_neighbour "$NET_A" "$NET_A_IF" "$(net__mac "$NET_B" "$NET_B_IF")" "$NET_B4" "$NET_B6" &&
			net__fix_neighbour "$NET_B" "$NET_B_IF" "$(net__mac "$NET_A" "$NET_A_IF")" "$NET_A4" "$NET_A6"
	} || net__die "could not make two namespaces and a veth pair"
}

# Succeeds when nothing of ours is left on the interface: no XDP program, no tc filter or tcx program.
net__is_bare() {
	local namespace=$1 interface=$2

	! ip -n "$namespace" link show "$interface" | grep -q xdp &&
		[[ -z $(tc -n "$namespace" filter show dev "$interface" ingress 2>/dev/null) ]] &&
		[[ -z $(tc -n "$namespace" filter show dev "$interface" egress 2>/dev/null) ]] &&
		[[ $(ip netns exec "$namespace" bpftool -j net show dev "$interface" 2>/dev/null |
			jq '[.[0] | .xdp, .tc | length] | add // 0') == 0 ]]
}
