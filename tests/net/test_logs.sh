#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Logs of real programs: each runs here, and `sipbpf count --input text` must find in its log what `sipbpf count` finds
# in the capture of the same run, cell by cell, and recognise the form. A program that is not installed is skipped.
#
# sipp calls a callee through two proxies (Kamailio): the first one logs to stderr, the second one to syslog. The other
# programs have a far end each (far_end.py), at an address of its own. All of them run at the same time. What prints
# packets, such as ngrep, reads the capture afterwards, so that it cannot lose any.
#
# usage: test_logs.sh [SIPBPF]
# shellcheck disable=SC2317 # net__wait_for and check() call functions by name
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"
# shellcheck source=tests/net/proxies.sh
. "$here/proxies.sh"
# shellcheck source=tests/net/endpoints.sh
. "$here/endpoints.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")
CALLS=3
# In B: the first proxy and the callee, and the far ends. In A: the callers, all other programs, and the second proxy.
PROXY4=$NET_B4 PROXY6=$NET_B6 PROXY_PORT=5060
CALLEE4=10.77.0.3 CALLEE6=fd77::3 CALLEE_PORT=5070
RELAY4=10.77.0.4 RELAY6=fd77::4 RELAY_PORT=5062
BARESIP_FAR4=10.77.0.11 BARESIP_FAR6=fd77::11
SOFIA_FAR4=10.77.0.12 SOFIA_FAR6=fd77::12
JANUS_FAR=10.77.0.13
LINPHONE_FAR4=10.77.0.14 LINPHONE_FAR6=fd77::14
callers=() # processes that end by themselves when all went well

have() {
	command -v "$1" >/dev/null
}

# ---- the network ----

# More addresses, which only those use that ask for them:
# add_addresses NAMESPACE INTERFACE PEER_NAMESPACE PEER_INTERFACE ADDRESS...
add_addresses() {
	local namespace=$1 interface=$2 peer_namespace=$3 peer_interface=$4 address

	shift 4
	for address in "$@"; do
		case $address in
		*:*) ip -n "$namespace" addr add "$address" dev "$interface" nodad preferred_lft 0 ;;
		*) ip -n "$namespace" addr add "$address" dev "$interface" ;;
		esac || return 1
	done
	net__fix_neighbour "$peer_namespace" "$peer_interface" "$(net__mac "$namespace" "$interface")" "$@"
}

# What prints packets prints a segment that TCP repeats twice. Nothing is lost here, so nothing is repeated either.
stop_repeating() {
	ip netns exec "$1" bash -c "echo 0 >/proc/sys/net/ipv4/tcp_early_retrans" &&
		ip -n "$1" route change 10.77.0.0/24 dev "$2" src "$3" rto_min 60s &&
		ip -n "$1" -6 route change fd77::/64 dev "$2" proto kernel metric 256 rto_min 60s
}

# Linphone takes a host without a way out for one without a network.
set_up_addresses() {
	add_addresses "$NET_B" "$NET_B_IF" "$NET_A" "$NET_A_IF" "$CALLEE4" "$CALLEE6" "$BARESIP_FAR4" "$BARESIP_FAR6" \
		"$SOFIA_FAR4" "$SOFIA_FAR6" "$JANUS_FAR" "$LINPHONE_FAR4" "$LINPHONE_FAR6" &&
		add_addresses "$NET_A" "$NET_A_IF" "$NET_B" "$NET_B_IF" "$RELAY4" "$RELAY6" &&
		stop_repeating "$NET_A" "$NET_A_IF" "$NET_A4" && stop_repeating "$NET_B" "$NET_B_IF" "$NET_B4" &&
		ip -n "$NET_A" route add default via "$NET_B4" && ip -n "$NET_A" -6 route add default via "$NET_B6"
}

# listens NAMESPACE u|t ADDRESS PORT
# shellcheck disable=SC2317 # called through net__wait_for
listens() {
	ip netns exec "$1" ss -Hln"$2" | grep -qF "$3:$4 "
}

# wait_to_listen NAMESPACE u|t PORT ADDRESS...: LOG, of the program, says why it does not.
wait_to_listen() {
	local address

	for address in "${@:4}"; do
		net__wait_for listens "$1" "$2" "$address" "$3" ||
			net__die "nothing listens at $address:$3: $(head -c 400 "$LOG")"
	done
}

# ---- the run ----

run() {
	net__capture "$NET_TMP" || net__die "no capture: $(head -c 400 dumpcap)"
	! have ejabberdctl || start_ejabberd
	! have janus || start_janus
	start_callees
	! have kamailio || start_proxies
	start_far_ends
	start_callers
	if have kamailio; then
		ask "$NET_A" "$NET_A4" "$PROXY4" "$PROXY_PORT" own REGISTER OPTIONS OPTIONS
		ask "$NET_A" "$NET_A6" "$PROXY6" "$PROXY_PORT" own REGISTER OPTIONS OPTIONS
	fi
	start_programs
	end_programs
	! have kamailio || end_proxies
	net__end_capture "$NET_TMP" || net__die "the capture is not complete: $(tail -n 1 dumpcap)"
	"$sipbpf" count --format json capture.pcapng >wire.json || net__die "the capture cannot be counted"
}

# ---- the comparisons, which check() calls ----

# compare FORM OPTION... LOG...: of compare_logs.py
compare() {
	local verdict

	if ! verdict=$(python3 "$here/compare_logs.py" "$sipbpf" wire.json "$@" 2>&1); then
		reason+="$(tr '\n' ';' <<<"$verdict")"
		return 1
	fi
	messages=$((messages + ${verdict%% *}))
}

# check NAME FUNCTION PACKAGE COMMAND...: skipped if a command, of the package, is not installed.
check() {
	local reason='' messages=0 command

	[[ -z ${ONLY:-} || $2 == "$ONLY" ]] || return
	for command in "${@:4}"; do
		have "$command" || {
			net__skip "$1" "$command is not installed (package $3)"
			return
		}
	done
	if "$2"; then
		net__ok "$1 ($messages messages)"
	else
		net__not_ok "$1" "$reason"
	fi
}

# The log names no ends, but it is of one process: sipp_logs uac|uas ADDRESS PORT
sipp_logs() {
	compare sipp --ends none --times --own "$3" --transport UDP "$1 $2 u1" &&
		compare sipp --ends none --times --own "$3" --transport TCP "$1 $2 t1"
}

compare_sipp() {
	sipp_logs uac "$NET_A4" "$NET_A4:5080" && sipp_logs uac "$NET_A6" "[$NET_A6]:5080" &&
		sipp_logs uas "$CALLEE4" "$CALLEE4:$CALLEE_PORT" && sipp_logs uas "$CALLEE6" "[$CALLEE6]:$CALLEE_PORT"
}

PROXY=(--own "$PROXY4:$PROXY_PORT" --own "[$PROXY6]:$PROXY_PORT")
RELAY=(--own "$RELAY4:$RELAY_PORT" --own "[$RELAY6]:$RELAY_PORT")

compare_kamailio() {
	compare kamailio "${PROXY[@]}" --received proxy.stderr
}

compare_rsyslog() {
	compare kamailio "${RELAY[@]}" --received --times syslog
}

compare_sipdump() {
	compare sipdump "${PROXY[@]}" --times proxy/*.data && compare sipdump "${RELAY[@]}" --times relay/*.data
}

compare_baresip() {
	compare baresip --peer "$BARESIP_FAR4" baresip-udp.log && compare baresip --peer "$BARESIP_FAR6" baresip-tcp.log
}

compare_sofia() {
	compare sofia --ends far --own "$NET_A4" --own "$NET_A6" --own "$RELAY6" --peer "$SOFIA_FAR4" \
		--peer "$SOFIA_FAR6" sofia\ *.log
}

compare_janus() {
	compare sofia --ends far --own "$NET_A4" --peer "$JANUS_FAR" janus.log
}

compare_linphone() {
	compare linphone --ends far --times --own "$NET_A4" --peer "$LINPHONE_FAR4" linphone-udp.log &&
		compare linphone --ends far --times --own "$NET_A6" --peer "$LINPHONE_FAR6" linphone-tcp.log
}

compare_ejabberd() {
	compare ejabberd --ends far --times --own "$NET_A4:5060" ejabberd.log
}

# print FILE COMMAND...: what the command prints of the capture.
print() {
	"${@:2}" >"$1" 2>"$1.stderr" </dev/null || {
		reason="${*:2} failed: $(head -c 300 "$1.stderr")"
		return 1
	}
}

compare_ngrep() {
	print ngrep-t ngrep -q -t -W byline -I capture.pcapng && compare ngrep --times ngrep-t &&
		print ngrep-SIP ngrep -W byline -I capture.pcapng SIP/2.0 && compare ngrep ngrep-SIP
}

# Debian's sipgrep shows IPv4 only.
compare_sipgrep() {
	print sipgrep-colours sipgrep -P 5060-5090 -I capture.pcapng &&
		compare sipgrep "${IPV4[@]}" --times sipgrep-colours &&
		print sipgrep-plain sipgrep -C -g -P 5060-5090 -I capture.pcapng &&
		compare sipgrep "${IPV4[@]}" --times sipgrep-plain
}

IPV4=(--peer "$PROXY4" --peer "$CALLEE4" --peer "$RELAY4" --peer "$NET_A4")

compare_sngrep() {
	print sngrep.log python3 "$here/save_text.py" capture.pcapng sngrep.txt && compare sngrep --times sngrep.txt
}

compare_tcpdump_A() {
	print tcpdump-A tcpdump -n -A -r capture.pcapng && compare tcpdump tcpdump-A &&
		print tcpdump-tttt tcpdump -n -A -tttt -r capture.pcapng && compare tcpdump --times tcpdump-tttt &&
		print tcpdump-q tcpdump -n -A -q -t -r capture.pcapng && compare tcpdump tcpdump-q &&
		print tcpdump-number tcpdump -n -A -# -ttt -e -r capture.pcapng && compare tcpdump tcpdump-number
}

# It shows SIP over UDP, at port 5060.
compare_tcpdump_v() {
	print tcpdump-v tcpdump -n -vvv -tttt -r capture.pcapng &&
		compare tcpdump --times --transport UDP --peer "$PROXY4:5060" --peer "[$PROXY6]:5060" \
			--peer "$NET_A4:5060" --peer "$BARESIP_FAR4:5060" --peer "$SOFIA_FAR4:5060" \
			--peer "[$SOFIA_FAR6]:5060" --peer "$JANUS_FAR:5060" --peer "$LINPHONE_FAR4:5060" tcpdump-v
}

compare_tshark() {
	print tshark-V tshark -n -V -r capture.pcapng && compare tshark --times tshark-V &&
		print tshark-O tshark -n -O sip -r capture.pcapng && compare tshark tshark-O
}

compare_tshark_summary() {
	print tshark-summary tshark -n -t ad -Y sip -r capture.pcapng &&
		compare tshark-summary --ends addresses --times tshark-summary
}

net__require sipp dumpcap tshark python3 jq
[[ -x $sipbpf ]] || net__die "$sipbpf does not exist; run make first"
net__setup
cd "$NET_TMP" || exit 1
set_up_addresses || net__die "could not add addresses"
run
check "sipp, -trace_msg" compare_sipp sip-tester sipp
check "Kamailio, xlog to stderr" compare_kamailio kamailio kamailio
check "Kamailio, xlog through rsyslog" compare_rsyslog "kamailio, rsyslog" kamailio rsyslogd
check "Kamailio, sipdump" compare_sipdump kamailio kamailio
check "baresip -s" compare_baresip baresip-core baresip
check "Sofia, TPORT_LOG=1" compare_sofia sofia-sip-bin sip-options
check "Janus, TPORT_LOG=1" compare_janus janus janus
check "Linphone" compare_linphone linphone-cli linphonec
check "ejabberd" compare_ejabberd ejabberd ejabberdctl
check "ngrep -W byline" compare_ngrep ngrep ngrep
check "sipgrep" compare_sipgrep sipgrep sipgrep
check "sngrep, saved text" compare_sngrep sngrep sngrep
check "tcpdump -A" compare_tcpdump_A tcpdump tcpdump
check "tcpdump -vvv" compare_tcpdump_v tcpdump tcpdump
check "tshark -V, -O sip" compare_tshark tshark tshark
check "tshark, summary" compare_tshark_summary tshark tshark
exit $NET_FAILED
