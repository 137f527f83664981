/* SPDX-License-Identifier: GPL-2.0-only */
/* XDP and tc: the two kinds of context, and the refusal that most packets leave by. */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "count.bpf.h"

#define TC_ACT_UNSPEC (-1) /* the next program decides; under tcx, TCX_NEXT */

/* Datagrams in a UDP GSO packet: UDP_MAX_SEGMENTS is 64 up to Linux 6.8 and 128 from 6.9 on. */
#define GSO_DATAGRAMS_MAX 128

static __always_inline int port_wanted(__u32 port)
{
	return all_ports || (ports[(port >> 6) & 1023] >> (port & 63) & 1);
}

#define HOOK(name) xdp_##name
#define HOOK_CONTEXT struct xdp_md
#define HOOK_LOAD_BYTES bpf_xdp_load_bytes
#include "payload.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES

#define HOOK(name) tc_##name
#define HOOK_CONTEXT struct __sk_buff
#define HOOK_LOAD_BYTES bpf_skb_load_bytes
#include "payload.bpf.h"
#undef HOOK
#undef HOOK_CONTEXT
#undef HOOK_LOAD_BYTES

/*
 * Whether a plain packet, payload and all in the linear part, can be refused at a glance; if so it has been counted.
 * `length` is what is linear.
 */
static __always_inline int refused(const __u8 *data, const __u8 *data_end, __u32 length)
{
	struct packet_plain plain;
	const __u8 *payload;

	if (!packet__plain(data, data_end, length, &plain))
		return 0;
	if (plain.payload == plain.end) {
		count_reason(SIPBPF_REASON_NO_PAYLOAD);
		return 1;
	}
	payload = data + (plain.payload & 0xff);
	if (plain.end - plain.payload < 8 || payload + 8 > data_end)
		return 0;
	if (stream__is_plausible(SIP_LITTLE(sip__load8(payload))))
		return 0;
	count_reason(SIPBPF_REASON_NOT_SIP);
	return 1;
}

static __always_inline void xdp_observe(struct xdp_md *ctx)
{
	const __u8 *data = (const __u8 *)(long)ctx->data, *data_end = (const __u8 *)(long)ctx->data_end;

	if (!refused(data, data_end, (__u32)((__u64)(long)data_end - (__u64)(long)data)))
		xdp_packet(ctx, (__u32)bpf_xdp_get_buff_len(ctx), 0, SIPBPF_RECEIVED);
}

static __always_inline void tc_observe(struct __sk_buff *skb, __u32 hook)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *data_end = (const __u8 *)(long)skb->data_end;

	if (skb->gso_size || !refused(data, data_end, (__u32)((__u64)(long)data_end - (__u64)(long)data)))
		tc_packet(skb, skb->len, skb->gso_size, hook);
}

/* Whether a packet that leaves was counted when it came in. Forwarding keeps ingress_ifindex; what starts here has 0. */
static __always_inline int was_received(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ingress_ifindex;

	return ifindex && bpf_map_lookup_elem(&received_on, &ifindex);
}

#endif
