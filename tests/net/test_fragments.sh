#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Re-INVITEs of 4 KB over UDP, which IP cuts into fragments: all count as re-INVITEs, in whichever fragment their headers lie.
# If the fragment with the headers is lost, they count as INVITEs, and it is told. In each mode, over IPv4 and IPv6.
#
# usage: test_fragments.sh [SIPBPF]
#
# Functions are called by their names in variables.
# shellcheck disable=SC2317
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/net/lib.sh
. "$here/lib.sh"

sipbpf=$(realpath "${1:-build/sipbpf}")

COUNT=$((30 * NET_SCALE)) # of each family

tidy_up() {
	[[ -z ${attach_pid:-} ]] || net__stop "$attach_pid"
	attach_pid=
}

# send [--lose]: both families
send() {
	local lose=()

	[[ -z ${1:-} ]] || lose=(--lose "$NET_A_IF" "$(net__mac "$NET_B" "$NET_B_IF")")
	ip netns exec "$NET_A" python3 "$here/send_fragments.py" "$NET_A4" "$NET_B4" "$COUNT" "${lose[@]}" &&
		ip netns exec "$NET_A" python3 "$here/send_fragments.py" "$NET_A6" "$NET_B6" "$COUNT" "${lose[@]}"
}

# sum FILTER: of all snapshots
sum() {
	jq -es "map($1) | add // 0" "$folder/snapshots" 2>/dev/null
}

# count_of TYPE METHOD
count_of() {
	sum "[.links[].messages[] | select(.type == \"$1\" and .method == \"$2\") | .count] | add // 0"
}

# counts REINVITES INVITES TRUNCATED: the messages of all snapshots, and nothing else
counts() {
	[[ $(count_of ReINVITE INVITE) == "$1" && $(count_of INVITE UNKNOWN) == "$2" &&
		$(sum "[.links[].messages[].count] | add // 0") == $(($1 + $2)) &&
		$(sum .packets.truncated_headers) == "$3" && $(sum .packets.gaps) == 0 ]]
}

# have_passed PACKETS: as `status` tells
have_passed() {
	(($(ip netns exec "$NET_B" "$sipbpf" status --format json "$NET_B_IF" |
		jq '.instances[0].counters | .packets.sip + .reasons.continuation + .reasons.fragment') >= $1))
}

begin() {
	folder=$NET_TMP/$1-$mode
	mkdir "$folder"
	net__attach "$folder" -i "$2" --mode "$mode"
}

all_arrive() {
	net__want begin whole 60s && net__want send && net__want net__wait_for have_passed $((2 * 3 * COUNT)) &&
		net__want net__stop "$attach_pid" && net__want counts $((2 * COUNT)) 0 0
}

# Those that wait in vain are in the table of an interval, soon and once.
headers_are_lost() {
	net__want begin lost 1s && net__want send --lose && net__want net__wait_for have_passed $((2 * 2 * COUNT)) &&
		net__want net__wait_for counts 0 $((2 * COUNT)) $((2 * COUNT)) && net__want net__stop "$attach_pid" &&
		net__want counts 0 $((2 * COUNT)) $((2 * COUNT))
}

# They are not forgotten if the end comes first.
headers_are_lost_at_the_end() {
	net__want begin end 60s && net__want send --lose && net__want net__wait_for have_passed $((2 * 2 * COUNT)) &&
		net__want net__stop "$attach_pid" && net__want counts 0 $((2 * COUNT)) $((2 * COUNT))
}

net__require jq python3
net__setup
for mode in native skb tc; do
	net__check "re-INVITEs in fragments, $mode" all_arrive
	net__check "fragments with the headers are lost, $mode" headers_are_lost
	net__check "the end comes before they are given up, $mode" headers_are_lost_at_the_end
done
exit "$NET_FAILED"
