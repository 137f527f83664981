/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XDP and tc: the template for both kinds of context, and the way of a packet through it.
 * Tested by tests/bpf/test_programs.c.
 */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "glance.bpf.h"

#define TC_ACT_UNSPEC (-1) /* the next program decides; under tcx, TCX_NEXT */

/* Datagrams in a UDP GSO packet. UDP_MAX_SEGMENTS is 64 up to Linux 6.8 and 128 since 6.9. */
#define GSO_DATAGRAMS_MAX 128

/*
 * Notes where the packet is: at which interface and in which memory. Addresses are stored first and used as numbers
 * after that, because pointers cannot be added to them.
 */
static __always_inline void xdp_note_place(struct xdp_md *ctx, struct sighting *sighting)
{
	sighting->buffer = 0;
	*(volatile __u64 *)&sighting->payload = (__u64)(long)ctx->data;
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
	*(volatile __u64 *)&sighting->buffer = (__u64)(long)skb;
	*(volatile __u64 *)&sighting->payload = (__u64)(long)skb->data;
	sighting->ifindex = skb->ifindex;
	sighting->is_forwarded = skb->ingress_ifindex || !skb->sk;
}

#define HOOK(name) xdp_##name
#define HOOK_CONTEXT struct xdp_md
#define HOOK_LOAD_BYTES bpf_xdp_load_bytes
#include "hook_template.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES

#define HOOK(name) tc_##name
#define HOOK_CONTEXT struct __sk_buff
#define HOOK_LOAD_BYTES bpf_skb_load_bytes
#include "hook_template.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES

/* Leaves the packet to the other program. What it cannot see in the packet, the hook and the place, it finds in this
 * CPU's work. */
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
	__u32 place = place_of(ctx->ingress_ifindex, SIPBPF_RECEIVED), encapsulations;

	if (!xdp_count_at_glance(ctx, SIPBPF_RECEIVED, place, &encapsulations))
		bpf_tail_call_static(ctx, &xdp_any, 0);
	else if (encapsulations)
		count_encapsulations(place, encapsulations, 1);
}

/*
 * The encapsulations that the driver has taken off: a VLAN tag. It is read after the glance, because the verifier would
 * walk the glance once for each answer.
 */
static __always_inline __u32 offloaded_encapsulations(const struct __sk_buff *skb)
{
	return skb->vlan_present ? 1U << SIPBPF_ENCAPSULATION_VLAN : 0;
}

/* The same for tc. A UDP GSO packet holds several datagrams and gets no glance. */
static __always_inline void tc_observe(struct __sk_buff *skb, __u32 hook)
{
	__u32 place = place_of(skb->ifindex, hook), encapsulations;

	if (skb->gso_size || !tc_count_at_glance(skb, hook, place, &encapsulations))
		tc_leave_to_any(skb, hook, place);
	else if (encapsulations || skb->vlan_present)
		count_encapsulations(place, encapsulations | offloaded_encapsulations(skb), 1);
}

#endif
