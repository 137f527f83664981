#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Calls over WebSocket, by a client and a server of a library (python3-websockets), counted by `sipbpf attach` in each mode
# over IPv4 and IPv6: as often as the callers say that they sent and received them. Then what nobody can read: compressed
# messages, and TLS, whose links are visible all the same.
#
# usage: test_websocket.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")
python=/usr/bin/python3 # Debian's own, for which Debian's packages are

CALLS=60
CONNECTIONS=6

# callee ADDRESS PORT OPTION...: starts one and waits until it listens.
callee() {
	local said=$NET_TMP/callee-$2-${1//:/_}

	net__start "$NET_B" "$python" "$here/websocket_calls.py" serve "$@" >"$said" 2>&1
	net__wait_for grep -qs listening "$said" || net__die "no callee: $(head -c 300 "$said")"
}

# caller ADDRESS PORT FILE OPTION...
# shellcheck disable=SC2317 # called through run
caller() {
	timeout $((2 * NET_PATIENCE)) ip netns exec "$NET_A" "$python" "$here/websocket_calls.py" call "$1" "$2" "$CALLS" "$CONNECTIONS" "$3" "${@:4}" \
		>"$round/log" 2>&1
}

# run NAME MODE COMMAND...: counts while the command runs, which places calls; then its snapshots are in $round.
run() {
	round=$NET_TMP/$1-$2
	mkdir -p "$round"
	net__attach "$round" -i 60s --mode "$2" || {
		net__not_ok "$1, $2" "$(head -n 5 "$round/stderr")"
		return 1
	}
	"${@:3}" || {
		net__stop "$attach_pid" KILL
		net__not_ok "$1, $2" "the caller failed: $(tail -c 300 "$round/log")"
		return 1
	}
	sleep 0.2
	net__stop "$attach_pid" || {
		net__not_ok "$1, $2" "sipbpf ended with status $?: $(head -n 5 "$round/stderr")"
		return 1
	}
}

# shellcheck disable=SC2317 # called through run
call_both() {
	caller "$NET_B4" 8080 "$round/4" && caller "$NET_B6" 8080 "$round/6"
}

check_calls() {
	run websocket "$1" call_both || return
	if python3 "$here/compare_websocket.py" "$round/snapshots" $((2 * CONNECTIONS)) "$round/4" "$round/6" >"$round/verdict"; then
		net__ok "calls over WebSocket, $1 ($(tail -n 1 "$round/verdict"))"
	else
		net__not_ok "calls over WebSocket, $1" "$(tr '\n' ';' <"$round/verdict")"
	fi
}

# check_sum NAME FILTER: whether the sum of the snapshots is what the jq filter says.
check_sum() {
	local shown

	shown=$("$sipbpf" show --format json "$round/snapshots")
	if jq -e "$2" >/dev/null <<<"$shown"; then
		net__ok "$1"
	else
		net__not_ok "$1" "$(jq -c '[.packets, (.links | map([.transport, .messages]))]' <<<"$shown")"
	fi
}

check_compressed() {
	run compressed auto caller $NET_B4 8081 "$round/4" --deflate || return
	check_sum "compressed messages are no messages, and have a reason" \
		".links == [] and .packets.sip == 0 and .packets.reasons.compressed > $CALLS"
}

# Links without messages, and at least a handshake each way of each connection.
# shellcheck disable=SC2317 # called through run
call_tls() {
	caller "$NET_B4" 5061 "$round/4" --tls "$NET_TMP/certificate" &&
		"$sipbpf" status --format json >"$round/status"
}

# check_status: what status says of the one instance on B's interface while it runs.
check_status() {
	if jq -e --argjson connections $CONNECTIONS '.instances | map(select(any(.attachments[]; .interface == "'"$NET_B_IF"'"))) |
		any(.counters.tls.handshake >= 2 * $connections and .counters.tls.application_data > 0)' \
		"$round/status" >/dev/null; then
		net__ok "status tells handshakes and application data apart"
	else
		net__not_ok "status tells handshakes and application data apart" "$(jq -c . "$round/status" | head -c 600)"
	fi
}

check_tls() {
	run tls auto call_tls || return
	check_status
	check_sum "TLS on a port of SIP makes links visible" \
		"(.links | length == $CONNECTIONS and all(.transport == \"TLS\" and .server_port == 5061 and .messages == [])) and
		.packets.reasons.encrypted > 0 and .packets.sip == 0 and .packets.gaps == 0 and
		.packets.tls_records.handshake >= 2 * $CONNECTIONS and .packets.tls_records.application_data > $CALLS"
	if "$sipbpf" show --title t "$round/snapshots" | grep -q "$NET_B4-TLS-5061-$NET_A4"; then
		net__ok "TLS links are in the table"
	else
		net__not_ok "TLS links are in the table" "$("$sipbpf" show "$round/snapshots" | head -n 3)"
	fi
}

net__require python3 jq openssl
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
"$python" -c 'import websockets' 2>/dev/null || {
	net__skip "${0##*/}" "python3-websockets is not installed (make setup)"
	exit 0
}
net__setup
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=sip -days 1 -keyout "$NET_TMP/key" -out "$NET_TMP/cert" 2>/dev/null ||
	net__die "openssl made no certificate"
cat "$NET_TMP/key" "$NET_TMP/cert" >"$NET_TMP/certificate"
callee $NET_B4 8080
callee $NET_B6 8080
callee $NET_B4 8081 --deflate
callee $NET_B4 5061 --tls "$NET_TMP/certificate"

for mode in native skb tc; do
	check_calls $mode
done
check_compressed
check_tls
exit $NET_FAILED
