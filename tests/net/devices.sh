#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the tests of devices share, which run on the host and, by busybox, in the guests of tests/kernels: three network
# namespaces $a, $b and $c, SIP between them (peer), and sipbpf counting in $b. The test that includes this file calls begin
# first. Needs ip, jq and peer.
#
# shellcheck disable=SC2317,SC2086,SC2034 # called by the tests; names of namespaces are words
COUNT=7
PATIENCE=300 # seconds for what takes a few
PORT=5060

suffix=$$-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
a=sipbpf-c-$suffix b=sipbpf-d-$suffix c=sipbpf-e-$suffix
tmp=$(mktemp -d)
pids='' failed=0

not_ok() {
	echo "not ok - $1: $2"
	failed=1
}

skip_all() {
	echo "ok - ${0##*/} # SKIP $1"
	exit 0
}

die() {
	not_ok "${0##*/}" "$*"
	exit 1
}

cleanup() {
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	for namespace in $a $b $c; do
		# What these processes have started: only the test's own are in its namespaces.
		for pid in $(ip netns pids "$namespace" 2>/dev/null); do
			kill -KILL "$pid" 2>/dev/null
		done
		ip netns del "$namespace" 2>/dev/null
	done
	rm -rf "$tmp"
}

# wait_for COMMAND...: until it succeeds; only a failure takes all the time.
wait_for() {
	deadline=$(($(date +%s) + PATIENCE))
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.1
	done
}

# start NAMESPACE FILE COMMAND...: in the background, its output in the file; the pid is in $pid.
start() {
	namespace=$1 file=$2
	shift 2
	ip netns exec "$namespace" "$@" >"$tmp/$file" 2>"$tmp/$file.err" &
	pid=$!
	pids="$pids $pid"
}

# begin [SIPBPF]: makes the namespaces
begin() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	sipbpf=$(readlink -f "${1:-build/sipbpf}")
	[ -x "$sipbpf" ] || die "$sipbpf does not exist; run make first"
	PATH=$(dirname "$sipbpf")/tests/net:$PATH
	for command in ip jq peer; do
		command -v $command >/dev/null || skip_all "$command is not there (make setup, make build-net)"
	done
	trap cleanup EXIT
	trap 'exit 1' INT TERM HUP
	for namespace in $a $b $c; do
		if ! ip netns add $namespace || ! ip -n $namespace link set lo up; then
			die "could not make network namespaces"
		fi
	done
}

# set_kernel NAMESPACE NAME=VALUE...: settings of the kernel
set_kernel() {
	namespace=$1
	shift
	for setting in "$@"; do
		ip netns exec "$namespace" sh -c "echo ${setting#*=} >/proc/sys/net/$(echo "${setting%%=*}" | tr . /)" || return
	done
}

# answer_in NAMESPACE [PORT PROTOCOL]: somebody answers requests there.
answer_in() {
	file=answer-$1-${2:-$PORT}
	start "$1" "$file" peer answer "${2:-$PORT}" ${3:+"$3"}
	wait_for grep -qs listening "$tmp/$file" || die "nobody answers: $(cat "$tmp/$file.err")"
}

# ---- counting ----

is_settled() {
	! [ -d "/proc/$attach_pid" ] || grep -q '^CapEff:.0*$' "/proc/$attach_pid/status"
}

# attach ROUND OPTION... INTERFACE...: counts in $b until end ROUND
attach() {
	round=$1
	shift
	start $b "$round" "$sipbpf" attach -vv --format json --log "$tmp/$round.snapshots" --transport wire -i 1h "$@"
	attach_pid=$pid
	wait_for is_settled
	[ -d "/proc/$attach_pid" ] || die "attach $*: $(tail -n 3 "$tmp/$round.err" | tr '\n' ' ')"
}

# Nothing that was sent waits for a processor that takes it in: the twelfth number of each is what waits.
is_taken_in() {
	awk '$12 !~ /^0*$/ { waits = 1 } END { exit waits }' /proc/net/softnet_stat
}

# end ROUND: what it has counted is in $tmp/ROUND.counts then, a line for each kind of message of a link
end() {
	wait_for is_taken_in || not_ok "attach, $1" "packets wait: $(cat /proc/net/softnet_stat)"
	sleep 0.2 # for the one that is being taken in
	kill -TERM $attach_pid
	wait $attach_pid || not_ok "attach, $1" "status $?: $(tail -n 3 "$tmp/$1.err" | tr '\n' ' ')"
	jq -r '(.links[] | . as $link | .messages[] |
		"\($link.server_ip) \($link.server_port) \($link.client_ip) \($link.transport) \(.direction) \(.type) \(.count)"),
		"seen_elsewhere \(.packets.reasons.seen_elsewhere)"' "$tmp/$1.snapshots" >"$tmp/$1.counts"
}

# counted ROUND SERVER CLIENT TRANSPORT: INVITEs received, 200s sent, and how many kinds of messages
counted() {
	awk -v server="$2" -v client="$3" -v transport="$4" '$1 == server && $3 == client && $4 == transport {
			if (!seen[$5 " " $6]++) kinds++
			count[$5 " " $6] += $7
		}
		END { print count["in INVITE"] + 0 "/" count["out 200"] + 0 "/" kinds + 0 }' "$tmp/$1.counts"
}

# fates ROUND: what became of the packets, for the reason of a failure
fates() {
	grep -E '^sipbpf: (packets|reasons|tcp): ' "$tmp/$1.err" | sed 's/^sipbpf: //' | tr '\n' ';'
}

# is_told ROUND TEXT: a notice of attach
is_told() {
	grep -qF -- "$2" "$tmp/$1.err"
}
