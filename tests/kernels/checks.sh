#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Attaches sipbpf to a veth, sends SIP over it and prints one result line per check. Runs in the guest (busybox) and on
# the host, there in a network namespace of its own. Needs ip, bpftool, jq and send in PATH.
#
# usage: checks.sh count|kill|abandon|guardian|ingress SIPBPF LABEL MODE...

tmp=$(mktemp -d)
patience=300 # seconds for what takes a few

result() {
	echo "result: $*"
}

pair_add() {
	ip link add va type veth peer name vb && ip link set va up && ip link set vb up
}

# Removed and made anew for each check, so that none inherits from another.
pair_remove() {
	ip link del va
}

# wait_for COMMAND...: until it succeeds; only a failure takes all the time.
wait_for() {
	for _ in $(seq $patience); do
		"$@" && return
		sleep 1
	done
	return 1
}

lives() {
	[ -d "/proc/$pid" ]
}

# It counts, with nothing left to do before, or has ended.
is_settled() {
	! lives || { grep -q 'vb: ' "$tmp/stderr" && grep -q '^CapEff:.0*$' "/proc/$pid/status"; }
}

# has_met COUNT: the programs have met so many messages. What has been sent passes them a little later.
has_met() {
	[ "$("$sipbpf" status --format json vb | jq '[.instances[].counters.packets.sip] | add')" = "$1" ]
}

attach() {
	"$sipbpf" attach --format json --log "$tmp/snapshots" --transport wire -i 1h --mode "$1" vb \
		>"$tmp/stdout" 2>"$tmp/stderr" &
	pid=$!
	wait_for is_settled
	lives
}

why() {
	tr '\n' ' ' <"$tmp/stderr" | tail -c 400
}

# For the log: what the verifier said, when the programs did not load.
explain() {
	timeout $patience "$sipbpf" attach -v --mode "$1" vb 2>&1 | tail -n 40
}

# What sits on the interface, as the kernel tells it: "driver, clsact" for example. tcx does not show in `net`.
hooks() {
	bpftool net show dev vb >"$tmp/net"
	grep -q 'driver id' "$tmp/net" && printf 'driver, '
	grep -q 'generic id' "$tmp/net" && printf 'generic, '
	if grep -q clsact "$tmp/net"; then
		echo clsact
	else
		echo tcx
	fi
}

# "in INVITE" and "out 200" as counted on the one expected link.
counted() {
	jq -sr 'def sum(d; t): [.[].links[]
			| select(.server_ip == "10.77.0.2" and .server_port == 5060 and .client_port == 40000)
			| .messages[] | select(.direction == d and .type == t) | .count] | add // 0;
		"\(sum("in"; "INVITE")) \(sum("out"; "200"))
\([.[].packets | .seen - .sip - ([.reasons[]] | add)] | add)"' "$tmp/snapshots" | tr '\n' ' '
}

programs() {
	bpftool prog show | grep -c '^[0-9]'
}

has_programs() {
	[ "$(programs)" = "$1" ]
}

# What an attach sees here: 7 requests received, 5 responses sent.
send_both() {
	send va request 7 && send vb response 5 && wait_for has_met 12
}

has_counted_both() {
	[ "$(counted)" = "7 5 0 " ]
}

# attach_or_tell MODE: as a check of the name in $name.
attach_or_tell() {
	attach "$1" && return
	result "not ok $name: $(why)"
	explain "$1"
	return 1
}

# What was sent is counted, exactly that, and the sum rule holds: tell_count STATUS
tell_count() {
	if [ "$1" = 0 ] && has_counted_both; then
		result "ok $name: $on"
	else
		result "not ok $name: status $1, counted '$(counted)', expected '7 5 0 ' ($on) $(why)"
	fi
}

# A table is written at the end.
check_count() {
	name="$label: attach --mode $1"
	attach_or_tell "$1" || return
	on=$(hooks)
	send_both
	kill -TERM $pid
	wait $pid
	tell_count $?
}

# A table is written when it is asked for. After SIGKILL nothing of ours stays in the kernel: programs go with the last link
# or filter that holds them.
check_kill() {
	name="$label: attach --mode $1"
	attach_or_tell "$1" || return
	on=$(hooks)
	send_both
	kill -USR1 $pid
	wait_for has_counted_both
	tell_count $?
	name="$label: kill -9, --mode $1"
	kill -KILL $pid
	wait $pid 2>/dev/null
	if wait_for has_programs "$before"; then
		result "ok $name: nothing left"
	else
		result "not ok $name: left: $(bpftool prog show | tr '\n' ' ')"
	fi
}

# The process that is to remove the filters of $pid; nothing when it has none (tcx).
guardian() {
	for status in /proc/[0-9]*/status; do
		if grep -qx "Name:.sipbpf-guardian" "$status" && grep -qx "PPid:.$pid" "$status"; then
			echo "$status" | cut -d / -f 3
			return
		fi
	done 2>/dev/null
}

# is_clean PROGRAMS: there are as many programs as before, and no qdisc of ours.
is_clean() {
	has_programs "$1" && ! tc qdisc show dev vb | grep -q clsact
}

# One more start and a proper end.
attach_and_end() {
	attach "$1" || return 1
	kill -TERM $pid
	wait $pid
}

left() {
	echo "left: $(bpftool prog show | tr '\n' ' ') $(tc qdisc show dev vb | tr '\n' ' ') $(why)"
}

# What a SIGKILL of all processes leaves is removed by the next start, which counts and is killed as well.
check_abandon() {
	after="$label: kill -9 of all processes, --mode $1"
	name=$after
	attach_or_tell "$1" || return
	guardian=$(guardian)
	kill -KILL ${guardian:+"$guardian"} $pid
	wait $pid 2>/dev/null
	check_kill "$1"
	if wait_for is_clean "$before"; then
		result "ok $after: nothing left after the next"
	else
		result "not ok $after: $(left)"
	fi
}

# A guardian that is killed is told, and what it leaves is removed by the next start.
check_guardian() {
	name="$label: kill -9 of the guardian, --mode $1"
	attach_or_tell "$1" || return
	guardian=$(guardian)
	if [ -n "$guardian" ]; then
		kill -KILL "$guardian"
		wait_for grep -q 'sipbpf-guardian has been killed' "$tmp/stderr"
	fi
	send va request 7 && wait_for has_met 7
	kill -TERM $pid
	wait $pid
	status=$?
	if [ -z "$guardian" ] && [ $status = 0 ] && wait_for is_clean "$before"; then
		result "ok $name: there is none"
	elif [ $status = 1 ] && grep -q 'sipbpf-guardian has been killed' "$tmp/stderr" &&
		[ "$(counted)" = "7 0 0 " ] && attach_and_end "$1" && wait_for is_clean "$before"; then
		result "ok $name: told, nothing left after the next"
	else
		result "not ok $name: status $status, $(left)"
	fi
}

# Filters for sent packets have no place in an ingress qdisc.
check_ingress() {
	name="$label: an ingress qdisc, --mode $1"
	tc qdisc add dev vb ingress
	if attach "$1"; then
		kill -TERM $pid
		wait $pid
		result "ok $name: is no hindrance"
	elif grep -q 'tc qdisc del dev vb ingress' "$tmp/stderr"; then
		result "ok $name: refused"
	else
		result "not ok $name: $(why)"
	fi
}

what=$1
sipbpf=$2
label=$3
shift 3
for mode in "$@"; do
	rm -f "$tmp"/*
	pair_add || result "not ok $label: no veth pair"
	before=$(programs)
	"check_$what" "$mode"
	pair_remove
done
rm -rf "$tmp"
