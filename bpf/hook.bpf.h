/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XDP and tc: the template for both kinds of context, and the way of a packet through it.
 * Tested by tests/bpf/test_programs.c.
 */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "glance.bpf.h"
#include "packet/beginning.h"

#define TC_ACT_UNSPEC (-1) /* the next program decides; under tcx, TCX_NEXT */

/* Datagrams in a UDP GSO packet. UDP_MAX_SEGMENTS is 64 up to Linux 6.8 and 128 since 6.9. */
#define GSO_DATAGRAMS_MAX 128

/* Notes at which interface the packet is. */
static __always_inline void xdp_note_place(struct xdp_md *ctx, struct sighting *sighting)
{
	sighting->ifindex = ctx->ingress_ifindex;
	sighting->is_forwarded = 0;
}

/*
 * The same for tc. Packets that are made here have a socket and have come in nowhere. Those that are forwarded have come
 * in somewhere, unless they have gone through a tunnel since (skb_scrub_packet()), and have no socket, unless a bridge
 * has them from a virtual machine (tun_get_user()).
 */
static __always_inline void tc_note_place(struct __sk_buff *skb, struct sighting *sighting)
{
	sighting->ifindex = skb->ifindex;
	sighting->is_forwarded = skb->ingress_ifindex || !skb->sk;
}

#define PACKET_LOOPBACK 5      /* of pkt_type: a copy of what the host sends to a group or to all */
#define LOAD_OFFSET_MAX 0xffff /* of bpf_skb_load_bytes_relative() */

/* ---- where a frame begins ---- */

/* Whether the frame may begin with anything but Ethernet. */
static __always_inline int xdp_may_be_bare(struct xdp_md *ctx)
{
	const __u8 *data = (const __u8 *)(long)ctx->data, *data_end = (const __u8 *)(long)ctx->data_end;

	return data + 1 > data_end || packet__has_ip_version(*data);
}

static __always_inline int xdp_is_on_bare_interface(struct xdp_md *ctx)
{
	__u32 ifindex = ctx->ingress_ifindex;

	return bpf_map_lookup_elem(&bare_interfaces, &ifindex) != NULL;
}

/*
 * The layer with which the frame of this header and length begins. XDP is not told, so the bytes must tell. On an
 * interface with Ethernet, nothing comes without it but copies of what the host sends, and those only to generic XDP.
 */
static __always_inline __u8 xdp_first_layer(struct xdp_md *ctx, const __u8 *header, __u32 length)
{
	if (!packet__looks_like_ip(header, length))
		return PACKET_ETHERNET;
	return xdp_is_on_bare_interface(ctx) || packet__may_be_own_copy(header) ? PACKET_IP : PACKET_ETHERNET;
}

/* Whether a frame without Ethernet is a copy of what the host sends to a group or to all, which tc has counted as sent. */
static __always_inline int xdp_is_own_copy(struct xdp_md *ctx)
{
	return !xdp_is_on_bare_interface(ctx);
}

/* The same for tc, which knows the EtherType: what is IP begins with Ethernet or with a version of IP. */
static __always_inline int tc_may_be_bare(struct __sk_buff *skb)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *data_end = (const __u8 *)(long)skb->data_end;
	__u32 ethertype = __builtin_bswap16((__u16)skb->protocol);

	if (ethertype != 0x0800 && ethertype != 0x86dd)
		return 1;
	return data + 1 > data_end || packet__has_ip_version(*data);
}

/*
 * Whether the network header begins so close to the beginning of the frame that Ethernet has no place before it. The
 * helper tells by what it refuses: it counts from the network header and reads nothing behind the linear part.
 */
static __always_inline int tc_has_no_room_for_ethernet(struct __sk_buff *skb, const __u8 *header, __u32 length)
{
	__u32 linear = (__u32)((__u64)(long)skb->data_end - (__u64)(long)skb->data);
	__u8 byte;

	if (linear < PACKET_ETHERNET_SIZE)
		return 1;
	if (linear - PACKET_ETHERNET_SIZE > LOAD_OFFSET_MAX)
		return packet__looks_like_ip(header, length);
	return !bpf_skb_load_bytes_relative(skb, linear - PACKET_ETHERNET_SIZE, &byte, 1, BPF_HDR_START_NET);
}

static __always_inline __u8 tc_first_layer(struct __sk_buff *skb, const __u8 *header, __u32 length)
{
	__u32 ethertype = __builtin_bswap16((__u16)skb->protocol);

	if (packet__is_gre_header(header, ethertype))
		return PACKET_IP;
	return tc_has_no_room_for_ethernet(skb, header, length) ? packet__bare_layer(ethertype) : PACKET_ETHERNET;
}

static __always_inline int tc_is_own_copy(struct __sk_buff *skb)
{
	return skb->pkt_type == PACKET_LOOPBACK;
}

/* The number of the VLAN whose tag the driver has taken off. */
static __always_inline __u32 xdp_offloaded_vlan(const struct xdp_md *ctx)
{
	return 0;
}

static __always_inline __u32 tc_offloaded_vlan(const struct __sk_buff *skb)
{
	return skb->vlan_tci & PACKET_VLAN_NUMBER;
}

/* ---- the two kinds of context ---- */

#define HOOK(name) xdp_##name
#define HOOK_CONTEXT struct xdp_md
#define HOOK_LOAD_BYTES bpf_xdp_load_bytes
#define HOOK_LENGTH(ctx) ((__u32)bpf_xdp_get_buff_len(ctx))
#include "hook_template.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES
#undef HOOK_LENGTH

#define HOOK(name) tc_##name
#define HOOK_CONTEXT struct __sk_buff
#define HOOK_LOAD_BYTES bpf_skb_load_bytes
#define HOOK_LENGTH(ctx) ((ctx)->len)
#include "hook_template.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES
#undef HOOK_LENGTH

/*
 * Leaves the packet to the other program. What it cannot see in the packet, the hook and the place, it finds in this CPU's
 * work.
 */
static __always_inline void tc_leave_to_any(struct __sk_buff *skb, __u32 hook, __u32 place)
{
	struct work *work = current_work();

	if (!work)
		return;
	work->hook = (__u8)hook;
	work->place = place;
	bpf_tail_call_static(skb, &tc_any, 0);
}

/*
 * Counts a packet at a glance. Otherwise leaves it to the program that counts any packet: bpf_tail_call_static() does
 * not return. (It would if the map were empty, which it is when the collector has ended and nobody reads the counts.)
 */
static __always_inline void xdp_observe(struct xdp_md *ctx)
{
	__u32 place = place_of(ctx->ingress_ifindex, SIPBPF_RECEIVED), encapsulation;

	if (!xdp_count_at_glance(ctx, SIPBPF_RECEIVED, place, &encapsulation))
		bpf_tail_call_static(ctx, &xdp_any, 0);
	else if (encapsulation != SIPBPF_ENCAPSULATION_COUNT)
		count_encapsulation(place, encapsulation);
}

/*
 * The encapsulations that the driver has taken off: a VLAN tag. They are read after the glance, because the verifier would
 * walk the glance once for each answer.
 */
static __always_inline __u32 offloaded_encapsulations(const struct __sk_buff *skb)
{
	return skb->vlan_present ? 1U << SIPBPF_ENCAPSULATION_VLAN : 0;
}

/* The same for tc. A UDP GSO packet holds several datagrams and gets no glance. */
static __always_inline void tc_observe(struct __sk_buff *skb, __u32 hook)
{
	__u32 place = place_of(skb->ifindex, hook), encapsulation;

	if (skb->gso_size || !tc_count_at_glance(skb, hook, place, &encapsulation)) {
		tc_leave_to_any(skb, hook, place);
		return;
	}
	if (encapsulation != SIPBPF_ENCAPSULATION_COUNT)
		count_encapsulation(place, encapsulation);
	if (skb->vlan_present && encapsulation != SIPBPF_ENCAPSULATION_VLAN)
		count_encapsulation(place, SIPBPF_ENCAPSULATION_VLAN);
}

#endif
