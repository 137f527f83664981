#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Calls through each kind of device whose frames begin with IP, and through those that lie above others: UDP and TCP, IPv4 and
# IPv6. They are counted on the device, received and sent, also together with the interface below, and every count must be exact.
# So must be that of what the host sends to a group or to all, of which it receives copies without Ethernet.
#
# Runs on the host and, by busybox, in the guests of tests/kernels. Needs ip, jq and peer; wg and pppd for their devices.
#
# usage: test_devices.sh [SIPBPF]
#
# Functions are called by their names in variables.
# shellcheck disable=SC2317,SC2086 # names of namespaces are words
set -u
COUNT=7
PATIENCE=300 # seconds for what takes a few
KINDS="tun wireguard ipip sit gre gre_of_several ip6tnl ip6gre vti xfrm vxlan_gpe ipvlan_l3 netkit ppp vlan macvlan gretap geneve vxlan"
ROUNDS="tc skb and_below"
GROUP_PORT=5062

suffix=$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
a=sipbpf-c-$suffix b=sipbpf-d-$suffix c=sipbpf-e-$suffix
tmp=$(mktemp -d)
pids='' failed=0

not_ok() {
	echo "not ok - $1: $2"
	failed=1
}

skip_all() {
	echo "ok - test_devices.sh # SKIP $1"
	exit 0
}

die() {
	not_ok test_devices.sh "$*"
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

# ---- two namespaces, a pair below the tunnels, and another one for groups ----

# up NAMESPACE INTERFACE ADDRESS4 ADDRESS6
up() {
	ip -n "$1" addr add "$3/24" dev "$2" && ip -n "$1" addr add "$4/64" dev "$2" nodad && ip -n "$1" link set "$2" up
}

pairs() {
	ip link add ua netns $a type veth peer name ub netns $b && ip link add ga netns $a type veth peer name gb netns $b &&
		up $a ua 192.0.2.1 fd00::1 && up $b ub 192.0.2.2 fd00::2 && up $a ga 198.51.100.1 fd01::1 &&
		up $b gb 198.51.100.2 fd01::2
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
			both xfrm policy add src $family dst $family dir in "$@" tmpl src R4 dst L4 proto esp mode tunnel || return
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
	ip netns add $c && ip link add ia netns $a type veth peer name ic netns $c &&
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

make_macvlan() {
	# The parent would answer for the addresses of macvlan too.
	for namespace in $a $b; do
		ip netns exec "$namespace" sh -c "echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore" || return
	done
	in_one $a 1 2 link add link ua name macvlan type macvlan && in_one $b 2 1 link add link ub name macvlan type macvlan
}

make_gretap() {
	both link add gretap type gretap local L4 remote R4
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
	case $kind in
	vxlan_gpe) set -- "$@" encap ip id 7 dst "10.91.$number.$3" ;;
	gre_of_several)
		ip -n "$1" neigh add "$net4.$3" lladdr "10.91.$number.$3" dev "$kind" nud permanent &&
			ip -n "$1" neigh add "$net6:$3" lladdr "10.91.$number.$3" dev "$kind" nud permanent || return
		;;
	esac
	one=$1 own=$2 other=$3
	shift 3
	ip -n "$one" addr add "$net4.$own/32" dev "$kind" &&
		ip -n "$one" route add "$net4.$other" "$@" dev "$kind" src "$net4.$own" || return
	has_ipv6 || return 0
	ip -n "$one" addr add "$net6:$own/128" dev "$kind" nodad &&
		ip -n "$one" route add "$net6:$other" "$@" dev "$kind" src "$net6:$own"
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
				echo "ok - $kind, $round # SKIP $why${error:+: $error}"
			done
		fi
	done
}

# ---- calls ----

is_settled() {
	! [ -d "/proc/$attach_pid" ] || grep -q '^CapEff:.0*$' "/proc/$attach_pid/status"
}

# attach ROUND: in this mode; and_below is in mode tc and also at the interface below.
attach() {
	names=gb mode=$1
	if [ "$mode" = and_below ]; then
		names="gb ub" mode=tc
	fi
	for device in $devices; do
		names="$names ${device%:*}"
	done
	# shellcheck disable=SC2086 # names are words
	start $b "stderr-$1" "$sipbpf" attach -vv --format json --log "$tmp/snapshots-$1" --transport wire -i 1h --mode $mode $names
	attach_pid=$pid
	wait_for is_settled && [ -d "/proc/$attach_pid" ]
}

# calls KIND NUMBER
calls() {
	kind=$1
	networks "$2"
	for transport in udp tcp; do
		ip netns exec $a peer ask $transport "$net4.1" "$net4.2" 5060 $COUNT || return
		! has_ipv6 || ip netns exec $a peer ask $transport "$net6:1" "$net6:2" 5060 $COUNT || return
	done
}

tell_groups() {
	for group in 224.0.1.75 198.51.100.255; do
		ip netns exec $b peer tell 198.51.100.2 $group $GROUP_PORT 1 $COUNT || return
	done
	ip netns exec $b peer tell 198.51.100.2 224.0.1.76 $GROUP_PORT 0 $COUNT &&
		ip netns exec $b peer tell fd01::2 ff02::75%gb $GROUP_PORT 1 $COUNT
}

# counted MODE SERVER CLIENT TRANSPORT: INVITEs received and 200s sent
counted() {
	jq -sr --arg server "$2" --arg client "$3" --arg transport "$4" \
		'[.[].links[] | select(.server_ip == $server and .client_ip == $client and .transport == $transport) | .messages[] |
			{"\(.direction) \(.type)": .count}] | add // {} | "\(.["in INVITE"] // 0)/\(.["out 200"] // 0)/\(length)"' "$tmp/snapshots-$1"
}

# check_device MODE KIND NUMBER
check_device() {
	kind=$2 got=''
	networks "$3"
	for transport in UDP TCP; do
		got="$got $(counted "$1" "$net4.2" "$net4.1" $transport)"
		! has_ipv6 || got="$got $(counted "$1" "$net6:2" "$net6:1" $transport)"
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
	got=$(jq -sr --argjson port $GROUP_PORT '([.[].links[] | select(.server_port == $port) | .messages[].count] | tostring) +
		" \([.[].packets.reasons.seen_elsewhere] | add)"' "$tmp/snapshots-$1")
	wanted="[$COUNT,$COUNT,$COUNT,$COUNT] $((3 * COUNT))"
	[ "$1" != and_below ] || got=${got% *} wanted=${wanted% *}
	if [ "$got" = "$wanted" ]; then
		echo "ok - what is sent to a group or to all, $1"
	else
		not_ok "what is sent to a group or to all, $1" "counted, and seen elsewhere: $got"
	fi
}

round() {
	attach "$1" || die "attach --mode $1: $(tail -n 3 "$tmp/stderr-$1.err" | tr '\n' ' ')"
	for device in $devices; do
		calls "${device%:*}" "${device#*:}" || not_ok "calls through ${device%:*}, $1" "no answer"
	done
	tell_groups || not_ok "groups, $1" "no copy"
	sleep 0.2
	kill -TERM $attach_pid
	wait $attach_pid || not_ok "attach, $1" "status $?: $(tail -n 3 "$tmp/stderr-$1.err" | tr '\n' ' ')"
	for device in $devices; do
		check_device "$1" "${device%:*}" "${device#*:}"
	done
	check_groups "$1"
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
sipbpf=$(readlink -f "${1:-build/sipbpf}")
[ -x "$sipbpf" ] || die "$sipbpf does not exist; run make first"
PATH=$(dirname "$sipbpf")/tests/net:$PATH
for command in ip jq peer; do
	command -v $command >/dev/null || skip_all "$command is not there (make setup, make build-net)"
done
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
if ! ip netns add $a || ! ip netns add $b || ! ip -n $a link set lo up || ! ip -n $b link set lo up || ! pairs; then
	die "could not make two namespaces and pairs of veth"
fi
make_devices
start $b answer peer answer 5060
wait_for grep -q listening "$tmp/answer" || die "nobody answers: $(cat "$tmp/answer.err")"
for round in $ROUNDS; do
	round "$round"
done
exit $failed
