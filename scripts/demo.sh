#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Shows sipbpf at work without touching the host's network: it makes two network namespaces and SIP calls between them
# over UDP and TCP, and attaches sipbpf to the link in between, which prints a table every five seconds. At the end, it
# removes everything.
#
# usage: demo.sh [SIPBPF]
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/tests/net/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# Ten calls a second for about twelve seconds.
caller() {
	net__start "$NET_A" timeout 300 sipp -sf "$NET_DATA/sipp_uac.xml" -t "$3" -i "$1" -p 5070 -max_socket 1000 -nostdin -m 120 \
		-d "$(net__pause "$3")" -r 10 -timeout 240s -timeout_error "$2" >"$NET_TMP/caller" 2>&1
	callers+=("$!")
}

((EUID == 0)) || fail "loading BPF programs and making namespaces needs root; run: sudo make demo"
[[ -x $sipbpf ]] || fail "$sipbpf does not exist; build it with: make"
net__setup
echo "demo: SIP calls between two network namespaces for about twelve seconds, with a table every five seconds"
callers=()
net__callee $NET_B4 u1
net__callee $NET_B6 t1
sleep 0.5
net__start "$NET_B" "$sipbpf" attach --interval 5s --name "demo" "$NET_B_IF" 2> >(tee "$NET_TMP/attach" >&2)
counter=$!
net__wait_for grep -qs "sent by" "$NET_TMP/attach" || fail "sipbpf did not attach"
caller $NET_A4 $NET_B4:5060 u1
caller $NET_A6 "[$NET_B6]:5060" t1
for pid in "${callers[@]}"; do
	wait "$pid" || fail "sipp could not complete its calls: $(tail -n 1 "$NET_TMP/caller")"
done
net__stop "$counter" TERM || fail "sipbpf ended with status $?"
echo "demo: done, and everything is removed. To count on your own interface: sudo make run IFACE=eth0"
