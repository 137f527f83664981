/* SPDX-License-Identifier: GPL-2.0-only */
/* XDP and tc: the two kinds of context, and the refusal that most packets leave by. */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "glance.bpf.h"

#define TC_ACT_UNSPEC (-1) /* the next program decides; under tcx, TCX_NEXT */

/* Datagrams in a UDP GSO packet: UDP_MAX_SEGMENTS is 64 up to Linux 6.8 and 128 from 6.9 on. */
#define GSO_DATAGRAMS_MAX 128

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

static __always_inline void xdp_observe(struct xdp_md *ctx)
{
	__u32 encapsulations;

	if (!xdp_count_at_glance(ctx, SIPBPF_RECEIVED, &encapsulations))
		xdp_count_any_packet(ctx, (__u32)bpf_xdp_get_buff_len(ctx), 0, SIPBPF_RECEIVED, 0);
	else if (encapsulations)
		count_encapsulations(encapsulations, 1);
}

/* What the driver took off: a VLAN tag. Asked for after the glance, which the verifier would walk once for each answer. */
static __always_inline __u32 offloaded_encapsulations(const struct __sk_buff *skb)
{
	return skb->vlan_present ? 1U << SIPBPF_ENCAPSULATION_VLAN : 0;
}

/* Each datagram of a UDP GSO packet is a datagram: not for a glance. */
static __always_inline void tc_observe(struct __sk_buff *skb, __u32 hook)
{
	__u32 encapsulations;

	if (skb->gso_size || !tc_count_at_glance(skb, hook, &encapsulations))
		tc_count_any_packet(skb, skb->len, skb->gso_size, hook, offloaded_encapsulations(skb));
	else if (encapsulations || skb->vlan_present)
		count_encapsulations(encapsulations | offloaded_encapsulations(skb), 1);
}

/* Whether a packet that leaves was counted when it came in. Forwarding keeps ingress_ifindex; what starts here has 0. */
static __always_inline int was_received(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ingress_ifindex;

	return ifindex && bpf_map_lookup_elem(&received_on, &ifindex);
}

#endif
