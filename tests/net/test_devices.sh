#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Calls through each kind of device whose frames begin with IP, and through those that lie above others: UDP and TCP, IPv4 and
# IPv6. They are counted on the device, received and sent, also together with the interface below, and every count must be exact.
# So must be that of what the host sends to a group or to all, of which it receives copies without Ethernet.
#
# What is routed on from the device counts once, too. Needs wg and pppd for their devices.
#
# usage: test_devices.sh [SIPBPF]
#        test_devices.sh --list      (what it tests, by name)
#
# Functions are called by their names in variables, names of namespaces are words, and some variables are of devices.sh.
# shellcheck disable=SC2317,SC2086,SC2046,SC2154
set -u
here=$(dirname "$0")
# shellcheck source=tests/net/devices.sh
. "$here/devices.sh"
KINDS="tun wireguard ipip sit gre gre_of_several ip6tnl ip6gre vti xfrm vxlan_gpe ipvlan_l3 netkit ppp vlan vlan_in_frame macvlan gretap
	erspan geneve vxlan"
# Besides the mode: with the interface below, and with the one to which the other end's messages are routed on.
ROUNDS="tc skb and_below routed"
GROUP_PORT=5062
GROUPS_ROW="what is sent to a group or to all"

# ---- a pair below the tunnels, another one for groups, and one to the namespace to which is routed ----

# up NAMESPACE INTERFACE ADDRESS4 ADDRESS6
up() {
	ip -n "$1" addr add "$3/24" dev "$2" && ip -n "$1" addr add "$4/64" dev "$2" nodad && ip -n "$1" link set "$2" up
}

pairs() {
	ip link add ua netns $a type veth peer name ub netns $b && ip link add ga netns $a type veth peer name gb netns $b &&
		ip link add rb netns $b type veth peer name rc netns $c &&
		up $a ua 192.0.2.1 fd00::1 && up $b ub 192.0.2.2 fd00::2 && up $a ga 198.51.100.1 fd01::1 &&
		up $b gb 198.51.100.2 fd01::2 && up $b rb 203.0.113.1 fd02::1 && up $c rc 203.0.113.2 fd02::2 &&
		set_kernel $b ipv4.ip_forward=1 ipv6.conf.all.forwarding=1 && ip -n $c route add default via 203.0.113.1 &&
		ip -n $c route add default via fd02::1
}

# ---- devices: make_KIND makes device KIND in both namespaces. 1: the kernel has none; a text in $why says more ----

# Tunnels of different kinds between the same addresses would take each other's packets.
below() {
	ip -n $a addr add "10.91.$number.1/24" dev ua && ip -n $a addr add "fd91:$number::1/64" dev ua nodad &&
		ip -n $b addr add "10.91.$number.2/24" dev ub && ip -n $b addr add "fd91:$number::2/64" dev ub nodad
}

# both COMMAND...: in both namespaces. L4, L6 and R4, R6 stand for the own and the other address below the tunnel.
both() {
	in_one $a 1 2 "$@" && in_one $b 2 1 "$@"
}

in_one() {
	namespace=$1 own=$2 other=$3
	shift 3
	# shellcheck disable=SC2046 # words are what it is to make
	ip -n "$namespace" $(echo "$*" | sed "s/L4/10.91.$number.$own/g; s/R4/10.91.$number.$other/g
		s/L6/fd91:$number::$own/g; s/R6/fd91:$number::$other/g")
}

make_tun() {
	[ -c /dev/net/tun ] || return
	start $a tun_a peer tunnel tun "10.91.$number.1" "10.91.$number.2" 6000 &&
		start $b tun_b peer tunnel tun "10.91.$number.2" "10.91.$number.1" 6000
	wait_for grep -q listening "$tmp/tun_a" && wait_for grep -q listening "$tmp/tun_b"
}

# set_wireguard NAMESPACE OTHER_ADDRESS OWN_KEY OTHER_KEY
set_wireguard() {
	ip netns exec "$1" wg set wireguard listen-port 51820 private-key "$tmp/$3" peer "$(wg pubkey <"$tmp/$4")" \
		allowed-ips 0.0.0.0/0,::/0 endpoint "$2:51820"
}

make_wireguard() {
	both link add wireguard type wireguard || return
	command -v wg >/dev/null || {
		why="wg is not installed (make setup)"
		return 1
	}
	(umask 077 && wg genkey >"$tmp/a.key" && wg genkey >"$tmp/b.key")
	set_wireguard $a "10.91.$number.2" a.key b.key && set_wireguard $b "10.91.$number.1" b.key a.key
}

make_ipip() {
	both link add ipip type ipip local L4 remote R4
}

make_sit() {
	both link add sit type sit local L4 remote R4 mode any
}

make_gre() {
	both link add gre type gre local L4 remote R4 key 7 csum
}

# One device for several ends, which the neighbours name.
make_gre_of_several() {
	both link add gre_of_several type gre local L4 key 8
}

make_ip6tnl() {
	both link add ip6tnl type ip6tnl local L6 remote R6 mode any
}

make_ip6gre() {
	both link add ip6gre type ip6gre local L6 remote R6 key 9
}

# associations SPI SELECTOR...: both directions in both namespaces, for the packets that the selector chooses
associations() {
	spi=$1
	shift
	for namespace in $a $b; do
		for way in "1 2" "2 1"; do
			ip -n "$namespace" xfrm state add src "10.91.$number.${way% *}" dst "10.91.$number.${way#* }" proto esp \
				spi "$spi${way% *}" mode tunnel flag af-unspec "$@" enc "cbc(aes)" 0x000102030405060708090a0b0c0d0e0f \
				auth "hmac(sha1)" 0x000102030405060708090a0b0c0d0e0f10111213 || return
		done
	done
}

# policies SELECTOR...
policies() {
	for family in 0.0.0.0/0 ::/0; do
		both xfrm policy add src $family dst $family dir out "$@" tmpl src L4 dst R4 proto esp mode tunnel &&
			both xfrm policy add src $family dst $family dir in "$@" tmpl src R4 dst L4 proto esp mode tunnel &&
			both xfrm policy add src $family dst $family dir fwd "$@" tmpl src R4 dst L4 proto esp mode tunnel || return
	done
}

make_vti() {
	both link add vti type vti local L4 remote R4 key 10 && associations 0x1 mark 10 mask 0xffffffff &&
		policies mark 10 mask 0xffffffff
}

make_xfrm() {
	in_one $a 1 2 link add xfrm type xfrm dev ua if_id 11 && in_one $b 2 1 link add xfrm type xfrm dev ub if_id 11 &&
		associations 0x2 if_id 11 && policies if_id 11
}

make_vxlan_gpe() {
	both link add vxlan_gpe type vxlan gpe external dstport 4790
}

# Its parent, which must be elsewhere, is one end of a pair of its own.
make_ipvlan_l3() {
	ip link add ia netns $a type veth peer name ic netns $c &&
		ip -n $c link add ipvlan_l3 link ic type ipvlan mode l3 && ip -n $c link set ipvlan_l3 netns $b &&
		ip -n $a addr add "10.92.$number.1/24" dev ia && ip -n $a addr add "fd92:$number::1/64" dev ia nodad &&
		ip -n $c addr add "10.92.$number.2/24" dev ic && ip -n $c addr add "fd92:$number::2/64" dev ic nodad &&
		ip -n $a link set ia up && ip -n $c link set ic up
}

# ip of Debian 12 does not know netkit, and so neither its modes, of which L3 is the first, nor its other end, which gets a name.
make_netkit() {
	ip -n $b link add netkit type netkit && ip -n $b link set nk0 netns $a && ip -n $a link set nk0 name netkit
}

# Devices with Ethernet, for what passes them and the interface below.
make_vlan() {
	in_one $a 1 2 link add link ua name vlan type vlan id 5 && in_one $b 2 1 link add link ub name vlan type vlan id 5
}

# The tag stays in the frames that it receives.
make_vlan_in_frame() {
	in_one $a 1 2 link add link ua name vlan_in_frame type vlan id 9 reorder_hdr off &&
		in_one $b 2 1 link add link ub name vlan_in_frame type vlan id 9 reorder_hdr off
}

make_macvlan() {
	# The parent would answer for the addresses of macvlan too.
	set_kernel $a ipv4.conf.all.arp_ignore=1 && set_kernel $b ipv4.conf.all.arp_ignore=1 || return
	in_one $a 1 2 link add link ua name macvlan type macvlan && in_one $b 2 1 link add link ub name macvlan type macvlan
}

make_gretap() {
	both link add gretap type gretap local L4 remote R4
}

make_erspan() {
	both link add erspan type erspan seq key 12 local L4 remote R4 erspan_ver 1 erspan 3
}

make_geneve() {
	both link add geneve type geneve id 6 remote R4
}

make_vxlan() {
	both link add vxlan type vxlan id 8 local L4 remote R4 dstport 4789
}

make_ppp() {
	modprobe -q ppp_async 2>/dev/null
	[ -c /dev/ppp ] || return
	if ! command -v pppd >/dev/null || ! command -v socat >/dev/null; then
		why="pppd or socat is not installed (make setup)"
		return 1
	fi
	options="notty noauth nodetach local noccp nodefaultroute noipdefault ifname ppp"
	start $a ppp socat "EXEC:pppd $options 192.0.2.129\\:192.0.2.130 +ipv6" "EXEC:ip netns exec $b pppd $options +ipv6"
	socat_pid=$pid
	wait_for has_met
	[ -d "/proc/$socat_pid" ] || die "ppp: $(tail -n 1 "$tmp/ppp.err")"
}

# Both ends of PPP have an address, or there is none.
has_met() {
	! [ -d "/proc/$socat_pid" ] ||
		{ ip -n $a -o addr show ppp | grep -q inet6 && ip -n $b -o addr show ppp | grep -q inet6; } 2>/dev/null
}

# ---- addresses ----

# The networks of device NUMBER. Where Ethernet has its type, packets of TUN have what would be those of IPv4 and IPv6.
networks() {
	net4=10.90.$1 net6=fd90:$1:
	[ "$kind" != tun ] || net4=8.0.69 net6=2001:db8:86dd:6000:
}

# address NAMESPACE OWN OTHER: one end's, and its route to the other end
address() {
	# macvlan passes on no multicast to a device without, and so no neighbour discovery.
	[ "$kind" = macvlan ] || ip -n "$1" link set "$kind" multicast off 2>/dev/null
	ip -n "$1" link set "$kind" up || return
	if [ "$kind" = gre_of_several ]; then
		ip -n "$1" neigh add "$net4.$3" lladdr "10.91.$number.$3" dev "$kind" nud permanent &&
			ip -n "$1" neigh add "$net6:$3" lladdr "10.91.$number.$3" dev "$kind" nud permanent || return
	fi
	ip -n "$1" addr add "$net4.$2/32" dev "$kind" &&
		ip -n "$1" route add "$net4.$3" $(encap "$3") dev "$kind" src "$net4.$2" || return
	has_ipv6 || return 0
	ip -n "$1" addr add "$net6:$2/128" dev "$kind" nodad &&
		ip -n "$1" route add "$net6:$3" $(encap "$3") dev "$kind" src "$net6:$2"
}

# encap OTHER: what the route to the other end says of the tunnel
encap() {
	[ "$kind" != vxlan_gpe ] || echo encap ip id 7 dst "10.91.$number.$1"
}

# The other end reaches it by its parent.
address_ipvlan() {
	ip -n $b link set ipvlan_l3 up && ip -n $b addr add "$net4.2/32" dev ipvlan_l3 &&
		ip -n $b addr add "$net6:2/128" dev ipvlan_l3 nodad &&
		ip -n $b route add "$net4.1" dev ipvlan_l3 src "$net4.2" &&
		ip -n $b route add "$net6:1" dev ipvlan_l3 src "$net6:2" &&
		ip -n $a addr add "$net4.1/32" dev ia && ip -n $a addr add "$net6:1/128" dev ia nodad &&
		ip -n $a route add "$net4.2" via "10.92.$number.2" dev ia src "$net4.1" &&
		ip -n $a route add "$net6:2" via "fd92:$number::2" dev ia src "$net6:1" &&
		ip -n $c route add "$net4.1" via "10.92.$number.1" && ip -n $c route add "$net6:1" via "fd92:$number::1"
}

# What only one version of IP passes.
has_ipv6() {
	[ "$kind" != ipip ]
}

make_device() {
	why="the kernel makes no $kind"
	networks "$number"
	below && "make_$kind" 2>"$tmp/make.err" || return
	if [ "$kind" = ipvlan_l3 ]; then
		address_ipvlan
	else
		address $a 1 2 && address $b 2 1
	fi 2>>"$tmp/make.err" || die "$kind: $(tail -n 1 "$tmp/make.err")"
}

make_devices() {
	number=0 devices=''
	for kind in $KINDS; do
		number=$((number + 1))
		if make_device; then
			devices="$devices $kind:$number"
		else
			error=$(tail -n 1 "$tmp/make.err")
			for round in $ROUNDS; do
				! takes_part "$round" "$kind" ||
					echo "ok - $kind, $round # SKIP $why${error:+: $error}"
			done
		fi
	done
}

# ---- calls ----

# begin_round ROUND
begin_round() {
	mode=tc names="gb "
	case $1 in
	skb) mode=skb ;;
	and_below) names="gb ub " ;;
	routed) names="ub rb" ;;
	esac
	[ "$1" = routed ] || names=$names$(echo "$devices" | sed 's/:[0-9]*//g')
	attach "$1" --mode $mode $names
}

# takes_part ROUND KIND: what an ipvlan device receives is for the host itself.
takes_part() {
	[ "$1" != routed ] || [ "$2" != ipvlan_l3 ]
}

# The server's addresses in this round: servers ROUND
servers() {
	server4=$net4.2 server6=$net6:2
	[ "$1" != routed ] || server4=203.0.113.2 server6=fd02::2
}

# calls ROUND KIND NUMBER
calls() {
	kind=$2 number=$3
	networks "$number"
	servers "$1"
	[ "$1" != routed ] || route_on || return
	for transport in udp tcp; do
		ip netns exec $a peer ask $transport "$net4.1" $server4 $PORT $COUNT || return
		! has_ipv6 || ip netns exec $a peer ask $transport "$net6:1" $server6 $PORT $COUNT || return
	done
}

# The messages of one end go through the other one to the namespace behind it.
route_on() {
	ip -n $a route replace $server4 $(encap 2) via "$net4.2" dev "$kind" onlink src "$net4.1" || return
	! has_ipv6 || ip -n $a route replace $server6 $(encap 2) via "$net6:2" dev "$kind" onlink src "$net6:1"
}

tell_groups() {
	for group in 224.0.1.75 198.51.100.255; do
		ip netns exec $b peer tell 198.51.100.2 $group $GROUP_PORT 1 $COUNT || return
	done
	ip netns exec $b peer tell 198.51.100.2 224.0.1.76 $GROUP_PORT 0 $COUNT &&
		ip netns exec $b peer tell fd01::2 ff02::75%gb $GROUP_PORT 1 $COUNT
}

# check_device MODE KIND NUMBER
check_device() {
	kind=$2 got=''
	networks "$3"
	servers "$1"
	for transport in UDP TCP; do
		got="$got $(counted "$1" $server4 "$net4.1" $transport)"
		! has_ipv6 || got="$got $(counted "$1" $server6 "$net6:1" $transport)"
	done
	if [ -z "$(echo "$got" | sed "s|$COUNT/$COUNT/2||g" | tr -d ' ')" ]; then
		echo "ok - $2, $1"
	else
		not_ok "$2, $1" "INVITEs received, 200s sent, and how many kinds of messages:$got"
	fi
}

# What was sent to a group counts once, and its copy was seen elsewhere, as is much where the interface below is counted; what
# may not leave the host has only been received.
check_groups() {
	got=$(awk -v port=$GROUP_PORT '$2 == port { printf "%s ", $7 } $1 == "seen_elsewhere" { print $2 }' "$tmp/$1.counts")
	wanted="$COUNT $COUNT $COUNT $COUNT $((3 * COUNT))"
	[ "$1" != and_below ] || got=${got% *} wanted=${wanted% *}
	if [ "$got" = "$wanted" ]; then
		echo "ok - $GROUPS_ROW, $1"
	else
		not_ok "$GROUPS_ROW, $1" "counted, and seen elsewhere: $got"
	fi
}

round() {
	begin_round "$1"
	for device in $devices; do
		! takes_part "$1" "${device%:*}" || calls "$1" "${device%:*}" "${device#*:}" ||
			not_ok "calls through ${device%:*}, $1" "no answer"
	done
	[ "$1" = routed ] || tell_groups || not_ok "groups, $1" "no copy"
	end "$1"
	for device in $devices; do
		! takes_part "$1" "${device%:*}" || check_device "$1" "${device%:*}" "${device#*:}"
	done
	[ "$1" = routed ] || check_groups "$1"
}

list() {
	for round in $ROUNDS; do
		for kind in $KINDS; do
			! takes_part "$round" "$kind" || echo "$kind, $round"
		done
		[ "$round" = routed ] || echo "$GROUPS_ROW, $round"
	done
}

if [ "${1:-}" = --list ]; then
	list
	exit
fi
begin "$@"
pairs || die "could not make pairs of veth"
make_devices
answer_in $b
answer_in $c
for round in $ROUNDS; do
	round "$round"
done
exit $failed
