#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Debug output of JsSIP and SIP.js, compared with the capture of the same run as in test_logs.sh. It fetches both from
# npm, so that `make test` leaves it out: make test-javascript.
#
# usage: javascript_logs.sh [SIPBPF]
# shellcheck disable=SC2317 # net__wait_for calls functions by name
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")
python=/usr/bin/python3 # Debian's own, for which Debian's package of WebSocket is
PORT=5060
PACKAGES=(jssip@3.13.8 debug@4.4.3 ms@2.1.3 events@3.3.0 sdp-transform@2.15.0 sip.js@0.21.2 ws@8.23.0)
JSSIP_FAR4=$NET_B4 JSSIP_FAR6=$NET_B6
SIPJS_FAR4=10.77.0.3 SIPJS_FAR6=fd77::3

add_addresses() {
	ip -n "$NET_B" addr add "$SIPJS_FAR4/24" dev "$NET_B_IF" &&
		ip -n "$NET_B" addr add "$SIPJS_FAR6/64" dev "$NET_B_IF" nodad preferred_lft 0 &&
		net__fix_neighbour "$NET_A" "$NET_A_IF" "$(net__mac "$NET_B" "$NET_B_IF")" "$SIPJS_FAR4" "$SIPJS_FAR6"
}

calls() {
	local pids=()

	DEBUG='JsSIP:*' net__start "$NET_A" node jssip_call.mjs "ws://$JSSIP_FAR4:$PORT" >jssip4.log 2>&1
	pids+=("$!")
	DEBUG='JsSIP:*' net__start "$NET_A" node jssip_call.mjs "ws://[$JSSIP_FAR6]:$PORT" >jssip6.log 2>&1
	pids+=("$!")
	net__start "$NET_A" node sipjs_call.mjs "ws://$SIPJS_FAR4:$PORT" >sipjs4.log 2>&1
	pids+=("$!")
	net__start "$NET_A" node sipjs_call.mjs "ws://[$SIPJS_FAR6]:$PORT" >sipjs6.log 2>&1
	pids+=("$!")
	net__wait_all "${pids[@]}" || net__die "a call failed: $(tail -n 3 ./*.log far_end.err | head -c 1500)"
}

run() {
	net__capture "$NET_TMP" || net__die "no capture: $(head -c 400 dumpcap)"
	net__start "$NET_B" "$python" "$here/far_end.py" --websocket "$PORT" "$JSSIP_FAR4" "$JSSIP_FAR6" "$SIPJS_FAR4" \
		"$SIPJS_FAR6" >far_end 2>far_end.err
	net__wait_for grep -q listening far_end || net__die "no far end: $(tail -c 400 far_end.err)"
	calls
	net__end_capture "$NET_TMP" || net__die "the capture is not complete: $(tail -n 1 dumpcap)"
	"$sipbpf" count --format json capture.pcapng >wire.json || net__die "the capture cannot be counted"
}

# check NAME FORM FAR_END LOG: a log names no end, but is of one call.
check() {
	local verdict

	if verdict=$(python3 "$here/compare_logs.py" "$sipbpf" wire.json "$2" --ends none --times --own "$NET_A4" \
		--own "$NET_A6" --peer "$3" "$4" 2>&1); then
		net__ok "$1, $3 (${verdict%%,*})"
	else
		net__not_ok "$1, $3" "$(tr '\n' ';' <<<"$verdict")"
	fi
}

net__require node npm dumpcap jq python3
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
"$python" -c 'import websockets' 2>/dev/null || net__die "python3-websockets is not installed (make setup)"
net__setup
cp "$here"/*.mjs "$NET_TMP" && cd "$NET_TMP" || exit 1
npm install --silent --no-audit --no-fund --no-save "${PACKAGES[@]}" >npm.log 2>&1 ||
	net__die "npm install failed: $(head -c 600 npm.log)"
add_addresses || net__die "could not add addresses"
run
check "JsSIP 3.13.8" jssip "$JSSIP_FAR4" jssip4.log
check "JsSIP 3.13.8" jssip "$JSSIP_FAR6" jssip6.log
check "SIP.js 0.21.2" sipjs "$SIPJS_FAR4" sipjs4.log
check "SIP.js 0.21.2" sipjs "$SIPJS_FAR6" sipjs6.log
exit $NET_FAILED
