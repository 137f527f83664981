#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What docs/INTERFACES.md says of interfaces and packets of which not all is seen, and that what it advises instead is exact.
# Each row has devices and addresses of its own, so that all are counted at once: first at the interfaces themselves, then at
# those that are advised. Also BIG TCP and MPLS, which are exact.
#
# Runs on the host and in the guests of tests/kernels, as test_devices.sh does.
#
# usage: test_exceptions.sh [SIPBPF]
#        test_exceptions.sh --list      (what it tests, by name)
#
# Functions are called by their names in variables, names of namespaces are words, and some variables are of devices.sh.
# shellcheck disable=SC2317,SC2086,SC2046,SC2154
set -u
here=$(dirname "$0")
# shellcheck source=tests/net/devices.sh
. "$here/devices.sh"
MPTCP_PORT=5061
GROUP_PORT=5062
BIG_COUNT=4000 # messages, of which a frame of 64 KiB holds about 250

# row, the interfaces, and what is counted there by tc and by generic XDP: received/sent, or what the row's own function says;
# then the interfaces that are advised and what tc counts there. HOOK is 7 where sipbpf is the first at the interface.
rows() {
	cat <<-END
		vrf_plain vrf_plain 0/0 0/0 q_vrf_plain 7/7
		vrf_qdisc vrf_qdisc 0/7 0/7 q_vrf_qdisc 7/7
		ipvlan_l3s ipvlan_l3s 0/7 0/7 - -
		ipvlan_parent q_parent 7/7 7/7 - -
		bond_standby q_standby2 0/0+7 0/0+7 bond_standby 7/7+7
		ifb q_ifb HOOK/7 14/7(UDP),7/7(TCP) ifb,q_ifb 7/7
		ifb_alone ifb_alone 7/0 7/0 - -
		macvlans q_macvlans 7/7 7/7 mv_b 7/7
		mptcp q_mptcp 7/7 7/7 - -
		mptcp_subflows q_subflows 3/3+4/4 3/3+4/4 - -
		bypass q_bypass 7+0 7+0 - -
		redirected r_redirected 0/7 0/7 - -
		esp q_esp 7/0 7/0 - -
		mpls q_mpls,r_mpls 7/7 7/7 - -
		nat_sip q_sip,r_sip 7/7+7/7 7/7+7/7 - -
		big_tcp q_big all some - -
		big_tcp_ipv4 q_big4 all some - -
	END
}
ROUNDS="tc skb advised"

# field ROW NUMBER
field() {
	rows | awk -v row="$1" -v number="$2" '$1 == row { print $number }'
}

# ---- devices: make_ROW. 1: the kernel has none ----

# pair NAME: the ends p_NAME in $a and q_NAME in $b, without addresses
pair() {
	ip link add "p_$1" netns $a type veth peer name "q_$1" netns $b && ip -n $a link set "p_$1" up &&
		ip -n $b link set "q_$1" up
}

# address NAMESPACE INTERFACE HOST
address() {
	ip -n "$1" addr add "$net.$3/24" dev "$2" && ip -n "$1" link set "$2" up
}

addressed_pair() {
	pair "$1" && address $a "p_$1" 1 && address $b "q_$1" 2
}

# An answer to a datagram, whose socket is of no VRF, takes the way of the main table, but through the VRF.
make_vrf() {
	ip -n $b link add name "$row" type vrf table 10$number && ip -n $b link set "$row" up && pair "$row" &&
		ip -n $b link set "q_$row" master "$row" && address $a "p_$row" 1 && address $b "q_$row" 2 &&
		ip -n $b route add "$net.1" dev "q_$row" &&
		set_kernel $b ipv4.tcp_l3mdev_accept=1 ipv4.udp_l3mdev_accept=1
}

make_vrf_plain() {
	make_vrf
}

make_vrf_qdisc() {
	make_vrf && tc -n $b qdisc add dev vrf_qdisc root pfifo
}

# make_ipvlan NAME PARENT OTHER: the device in the namespace OTHER, whose parent is the end of a pair in the namespace PARENT
make_ipvlan() {
	name=$1 parent=$2 other=$3
	ip link add "p_$name" netns $a type veth peer name "q_$name" netns $parent &&
		ip -n $parent link add "$row" link "q_$name" type ipvlan mode l3s &&
		ip -n $parent link set "$row" netns $other &&
		ip -n $a addr add "10.92.$number.1/24" dev "p_$name" && ip -n $parent addr add "10.92.$number.2/24" dev "q_$name" &&
		ip -n $a link set "p_$name" up && ip -n $parent link set "q_$name" up && ip -n $other link set "$row" up &&
		ip -n $a addr add "$net.1/32" dev "p_$name" && ip -n $other addr add "$net.2/32" dev "$row" &&
		ip -n $other route add "$net.1" dev "$row" src "$net.2" &&
		ip -n $a route add "$net.2" via "10.92.$number.2" src "$net.1" && ip -n $parent route add "$net.1" via "10.92.$number.1"
}

make_ipvlan_l3s() {
	make_ipvlan l3s $c $b
}

make_ipvlan_parent() {
	make_ipvlan parent $b $c
}

# The other end sends to both members what it sends to all.
make_bond_standby() {
	ip -n $b link add bond_standby type bond mode active-backup miimon 100 && pair standby1 && pair standby2 &&
		ip -n $a link add p_bridge type bridge && address $a p_bridge 1 || return
	for member in 1 2; do
		ip -n $a link set p_standby$member master p_bridge && ip -n $b link set q_standby$member down &&
			ip -n $b link set q_standby$member master bond_standby || return
	done
	ip -n $b link set bond_standby type bond primary q_standby1 && address $b bond_standby 2 && wait_for is_active
}

is_active() {
	ip -n $b -d link show bond_standby | grep -q 'active_slave q_standby1'
}

# redirect INTERFACE: what it receives goes to the ifb of the row.
redirect() {
	ip -n $b link add "$row" type ifb && ip -n $b link set "$row" up && addressed_pair "$1" &&
		tc -n $b qdisc add dev "q_$1" clsact &&
		tc -n $b filter add dev "q_$1" ingress protocol ip prio 1 u32 match u32 0 0 action mirred egress redirect dev "$row"
}

make_ifb() {
	redirect ifb
}

make_ifb_alone() {
	redirect alone
}

# Two macvlans of one parent, which would answer for the addresses of macvlans too.
make_macvlans() {
	set_kernel $b ipv4.conf.all.arp_ignore=1 && pair macvlans &&
		ip -n $b link add mv_b link q_macvlans type macvlan mode bridge &&
		ip -n $b link add mv_c link q_macvlans type macvlan mode bridge && ip -n $b link set mv_c netns $c &&
		address $b mv_b 2 && address $c mv_c 1
}

make_mptcp() {
	[ -e /proc/sys/net/mptcp/enabled ] && addressed_pair mptcp && ip -n $b mptcp limits set subflows 2 add_addr_accepted 2 &&
		ip -n $a mptcp limits set subflows 2 add_addr_accepted 2
}

make_mptcp_subflows() {
	[ -e /proc/sys/net/mptcp/enabled ] && addressed_pair subflows && ip -n $a addr add "$net.3/24" dev p_subflows
}

make_bypass() {
	addressed_pair bypass
}

# What $a sends to $c goes from one interface of $b to the other by XDP, and what comes back is routed.
make_redirected() {
	way_to_c redirected && in_front=$(ip -n $c -j link show s_redirected | jq -r '.[0].address') &&
		back=$(ip -n $a -j link show p_redirected | jq -r '.[0].address') &&
		ip -n $a neigh replace "$net.2" lladdr "$in_front" dev p_redirected nud permanent &&
		ip -n $b neigh replace "$net.1" lladdr "$back" dev q_redirected nud permanent &&
		ip -n $a route add "$behind.2" via "$net.2" || return
	start $b redirected peer redirect q_redirected r_redirected
	redirecting=$pid
	wait_for is_redirecting && [ -s "$tmp/redirected" ]
}

is_redirecting() {
	[ -s "$tmp/redirected" ] || ! [ -d /proc/$redirecting ]
}

# associations of a tunnel between the ends of the pair, for packets between 10.94.NUMBER.1 and .2
make_esp() {
	addressed_pair esp && inside=10.94.$number || return
	for end in "$a 1 2 p_esp" "$b 2 1 q_esp"; do
		# shellcheck disable=SC2086 # words
		set -- $end
		for way in "1 2" "2 1"; do
			ip -n "$1" xfrm state add src "$net.${way% *}" dst "$net.${way#* }" proto esp spi "0x3${way% *}" mode tunnel \
				enc "cbc(aes)" 0x000102030405060708090a0b0c0d0e0f \
				auth "hmac(sha1)" 0x000102030405060708090a0b0c0d0e0f10111213 || return
		done
		ip -n "$1" addr add "$inside.$2/32" dev "$4" && ip -n "$1" route add "$inside.$3" via "$net.$3" src "$inside.$2" &&
			ip -n "$1" xfrm policy add src "$inside.$2" dst "$inside.$3" dir out \
				tmpl src "$net.$2" dst "$net.$3" proto esp mode tunnel &&
			ip -n "$1" xfrm policy add src "$inside.$3" dst "$inside.$2" dir in \
				tmpl src "$net.$3" dst "$net.$2" proto esp mode tunnel || return
	done
}

# way_to_c NAME: a pair q_NAME from $a, and a pair r_NAME to $c, whose end is 10.94.NUMBER.2
way_to_c() {
	addressed_pair "$1" && behind=10.94.$number && ip link add "r_$1" netns $b type veth peer name "s_$1" netns $c &&
		ip -n $b addr add "$behind.1/24" dev "r_$1" && ip -n $c addr add "$behind.2/24" dev "s_$1" &&
		ip -n $b link set "r_$1" up && ip -n $c link set "s_$1" up && set_kernel $b ipv4.ip_forward=1 &&
		ip -n $c route add "$net.0/24" via "$behind.1"
}

# Labels between $a and $b, in both directions.
make_mpls() {
	way_to_c mpls && set_kernel $a mpls.platform_labels=1000 mpls.conf.p_mpls.input=1 &&
		set_kernel $b mpls.platform_labels=1000 mpls.conf.q_mpls.input=1 &&
		ip -n $a route add "$behind.2" encap mpls 100 via inet "$net.2" dev p_mpls src "$net.1" &&
		ip -n $b -f mpls route add 100 via inet "$behind.2" dev r_mpls &&
		ip -n $b route add "$net.1" encap mpls 101 via inet "$net.1" dev q_mpls && ip -n $a -f mpls route add 101 dev lo
}

# NAT that rewrites addresses in messages.
make_nat_sip() {
	command -v nft >/dev/null || return
	way_to_c sip && ip -n $a route add "$behind.2" via "$net.2" && ip netns exec $b nft -f - <<-RULES
		table ip sipbpf_test {
			ct helper sip { type "sip" protocol udp; }
			chain helper { type filter hook prerouting priority 0; iifname q_sip udp dport $PORT ct helper set "sip"; }
			chain post { type nat hook postrouting priority 100; oifname r_sip masquerade; }
		}
	RULES
}

# in_order NAMESPACE INTERFACE: one CPU takes all that comes in, so that no frame overtakes another one.
in_order() {
	ip netns exec "$1" sh -c "echo 1 >/sys/class/net/$2/queues/rx-0/rps_cpus"
}

# end_of_big NAMESPACE INTERFACE HOST: long segments and windows, so that frames of more than 64 KiB are sent
end_of_big() {
	set_kernel "$1" "ipv4.tcp_rmem=4096 8000000 8000000" &&
		ip -n "$1" link set "$2" mtu 65535 gso_max_size 185000 gro_max_size 185000 && in_order "$1" "$2" &&
		ip -n "$1" addr add "fd93:$number::$3/64" dev "$2" nodad
}

make_big_tcp() {
	pair big && end_of_big $a p_big 1 && end_of_big $b q_big 2
}

# iproute2 has no word for it before version 6.3.
make_big_tcp_ipv4() {
	pair big4 && end_of_big $a p_big4 1 && end_of_big $b q_big4 2 && address $a p_big4 1 && address $b q_big4 2 &&
		ip netns exec $a peer lengthen p_big4 185000 && ip netns exec $b peer lengthen q_big4 185000
}

# ---- calls: calls_ROW, or UDP and TCP from $a ----

# ask NAMESPACE FROM TO [TRANSPORT...]
ask() {
	from=$1 caller=$2 callee=$3
	shift 3
	[ $# != 0 ] || set -- udp tcp
	for transport in "$@"; do
		ip netns exec "$from" peer ask "$transport" "$caller" "$callee" $PORT $COUNT || return
	done
}

calls_bond_standby() {
	ask $a "$net.1" "$net.2" && ip netns exec $a peer tell "$net.1" "$net.255" $GROUP_PORT 1 $COUNT
}

calls_macvlans() {
	ask $c "$net.1" "$net.2"
}

calls_mptcp() {
	ip netns exec $a peer ask mptcp "$net.1" "$net.2" $MPTCP_PORT $COUNT
}

# The first subflow ends after three answers. What is on its way then is sent again by the other one.
calls_mptcp_subflows() {
	ip -n $a mptcp endpoint add "$net.3" dev p_subflows id 3 subflow || return
	start $a subflows peer ask mptcp "$net.1" "$net.2" $MPTCP_PORT $COUNT 3
	asking=$pid
	wait_for have_subflows 2 && ip -n $a mptcp endpoint delete id 0 "$net.1" && wait_for have_subflows 1 &&
		kill -CONT $asking && wait $asking
	status=$?
	ip -n $a mptcp endpoint delete id 3
	return $status
}

# have_subflows COUNT: so many are established, and the other end has acknowledged all, so that nothing is sent again.
have_subflows() {
	! [ -d /proc/$asking ] || [ "$(ip netns exec $b grep -h "^ *[0-9]*: [0-9A-F]*:$(printf %X $MPTCP_PORT) [^ ]* 01 00000000:" \
		/proc/net/tcp /proc/net/tcp6 | wc -l)" = "$1" ]
}

calls_bypass() {
	ip netns exec $a peer bypass p_bypass "$net.1" "$net.2" $PORT $COUNT &&
		ip netns exec $b peer bypass q_bypass "$net.2" "$net.1" $PORT $COUNT
}

calls_esp() {
	ask $a "10.94.$number.1" "10.94.$number.2"
}

calls_mpls() {
	ask $a "$net.1" "10.94.$number.2"
}

calls_redirected() {
	ask $a "$net.1" "10.94.$number.2"
}

calls_nat_sip() {
	ask $a "$net.1" "10.94.$number.2" udp
}

calls_big_tcp() {
	ip netns exec $a peer pour "fd93:$number::1" "fd93:$number::2" $PORT $BIG_COUNT
}

calls_big_tcp_ipv4() {
	ip netns exec $a peer pour "$net.1" "$net.2" $PORT $BIG_COUNT
}

# ---- what has been counted: seen_ROW ROUND ----

# seen ROUND SERVER CLIENT: over UDP and over TCP
seen() {
	udp=$(counted "$1" "$2" "$3" UDP) tcp=$(counted "$1" "$2" "$3" TCP)
	if [ "${udp%/*}" = "${tcp%/*}" ]; then
		echo "${udp%/*}"
	else
		echo "${udp%/*}(UDP),${tcp%/*}(TCP)"
	fi
}

# seen_over TRANSPORT ROUND SERVER CLIENT
seen_over() {
	over=$(counted "$2" "$3" "$4" "$1")
	echo "${over%/*}"
}

seen_bond_standby() {
	told=$(awk -v server="$net.255" '$1 == server { sum += $7 } END { print sum + 0 }' "$tmp/$1.counts")
	echo "$(seen "$1" "$net.2" "$net.1")+$told"
}

seen_mptcp() {
	seen_over TCP "$1" "$net.2" "$net.1"
}

seen_mptcp_subflows() {
	echo "$(seen_over TCP "$1" "$net.2" "$net.1")+$(seen_over TCP "$1" "$net.2" "$net.3")"
}

# Requests alone.
seen_bypass() {
	one=$(seen_over UDP "$1" "$net.2" "$net.1") other=$(seen_over UDP "$1" "$net.1" "$net.2")
	echo "${one%/*}+${other%/*}"
}

seen_esp() {
	seen "$1" "10.94.$number.2" "10.94.$number.1"
}

seen_mpls() {
	seen "$1" "10.94.$number.2" "$net.1"
}

seen_redirected() {
	seen "$1" "10.94.$number.2" "$net.1"
}

# Before and behind the translation.
seen_nat_sip() {
	echo "$(seen_over UDP "$1" "10.94.$number.2" "$net.1")+$(seen_over UDP "$1" "10.94.$number.2" "10.94.$number.1")"
}

seen_big_tcp() {
	seen_big "$1" "fd93:$number::2" "fd93:$number::1"
}

seen_big_tcp_ipv4() {
	seen_big "$1" "$net.2" "$net.1"
}

# seen_big ROUND SERVER CLIENT
seen_big() {
	big=$(seen_over TCP "$@")
	case $big in
	# How long the frames become is the kernel's choice: generic XDP may see all of each.
	"$BIG_COUNT/$BIG_COUNT") [ "$1" = skb ] && echo some || echo all ;;
	[1-9]*/"$BIG_COUNT") [ "${big%/*}" -gt "$BIG_COUNT" ] && echo "too many" || echo some ;;
	*) echo "$big" ;;
	esac
}

# ---- notices: said_ROW, what attach says of the interface in the round ----

said_vrf_plain() {
	echo "vrf_plain: packets of a VRF device are not seen on it; attach to its slaves (q_vrf_plain) instead"
}

said_ipvlan_l3s() {
	echo "ipvlan_l3s: packets that an ipvlan device in mode l3s receives are not seen on it; attach to its parent instead"
}

said_esp() {
	echo "q_esp: packets in IPsec (ESP) that begins or ends here are seen in the clear when they are received in tunnel mode"
}

said_big_tcp() {
	said_big "$1" q_big
}

said_big_tcp_ipv4() {
	said_big "$1" q_big4
}

# said_big ROUND INTERFACE
said_big() {
	[ "$1" = tc ] ||
		echo "$2: generic XDP sees only the first datagram of a UDP GSO packet and the first 64 KiB of a frame"
}

said_ifb() {
	[ "$hook" = 7 ] || [ "$1" != tc ] || echo "q_ifb: another tc filter"
}

# ---- all of them ----

has() {
	type "$1" >/dev/null 2>&1
}

# takes_part ROUND ROW
takes_part() {
	[ "$1" != advised ] || [ "$(field "$2" 5)" != - ]
}

list() {
	for round in $ROUNDS; do
		for row in $(rows | cut -d ' ' -f 1); do
			! takes_part $round $row || echo "$row, $round"
		done
	done
	echo "macvlans, --direction host"
}

# of ROW: its number and network
of() {
	row=${1%:*} number=${1#*:} net=10.93.${1#*:}
}

skip_row() {
	error=$(tail -n 1 "$tmp/make.err")
	list | grep "^$row, " | sed "s|.*|ok - & # SKIP the kernel makes no $row${error:+: $error}|"
}

make_rows() {
	number=0 made=''
	for row in $(rows | cut -d ' ' -f 1); do
		number=$((number + 1)) net=10.93.$number
		if make_$row 2>"$tmp/make.err"; then
			made="$made $row:$number"
		else
			skip_row
		fi
	done
}

check_row() {
	if has seen_$row; then
		got=$(seen_$row "$1")
	else
		got=$(seen "$1" "$net.2" "$net.1")
	fi
	said=''
	! has said_$row || [ "$1" = advised ] || said=$(said_$row "$1")
	if [ "$got" != "$2" ]; then
		not_ok "$row, $1" "counted $got, expected $2; in all, $(fates "$1")"
	elif ! is_told "$1" "$said"; then
		not_ok "$row, $1" "attach does not say: $said"
	else
		echo "ok - $row, $1"
	fi
}

call_row() {
	if has calls_$row; then
		calls_$row
	else
		ask $a "$net.1" "$net.2"
	fi 2>"$tmp/calls.err" || not_ok "calls, $row" "$(tail -n 1 "$tmp/calls.err")"
}

# round ROUND MODE INTERFACES_FIELD COUNTS_FIELD
round() {
	taking_part='' interfaces=''
	for entry in $made; do
		of "$entry"
		takes_part "$1" "$row" || continue
		taking_part="$taking_part $entry" interfaces="$interfaces $(field "$row" "$3" | tr , ' ')"
	done
	[ -n "$taking_part" ] || return
	attach "$1" --mode "$2" $interfaces
	for entry in $taking_part; do
		of "$entry"
		call_row
	done
	end "$1"
	hook=0
	! grep -q ': received by tcx' "$tmp/$1.err" || hook=$COUNT
	for entry in $taking_part; do
		of "$entry"
		check_row "$1" "$(field "$row" "$4" | sed "s/HOOK/$hook/")"
	done
}

# The parent of macvlans has received all that one of them sends another, so that none of it is sent by this host.
directions() {
	for entry in $made; do
		of "$entry"
		[ "$row" = macvlans ] || continue
		attach host --mode tc --direction host q_macvlans
		call_row
		end host
		got=$(awk '{ count[$5] += $7 } END { print count["in"] + 0, count["out"] + 0 }' "$tmp/host.counts")
		if [ "$got" = "$((4 * COUNT)) 0" ]; then
			echo "ok - macvlans, --direction host"
		else
			not_ok "macvlans, --direction host" "received and sent: $got"
		fi
	done
}

if [ "${1:-}" = --list ]; then
	list
	exit
fi
begin "$@"
make_rows
answer_in $b
answer_in $c
[ ! -e /proc/sys/net/mptcp/enabled ] || answer_in $b $MPTCP_PORT mptcp
round tc tc 2 3
round skb skb 2 4
round advised tc 5 6
directions
exit $failed
