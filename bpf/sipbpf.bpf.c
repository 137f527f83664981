/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs. They let every packet pass unchanged. Three are attached, and count nearly all packets at a glance. They
 * share the other two, which count any packet. Whether those of XDP take frames in fragments is settled before loading.
 * Tested by tests/bpf/test_programs.c.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "view.bpf.h"
#include "stream/sightings.h"

#include "count.bpf.h"
#include "hook.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int sipbpf_xdp(struct xdp_md *ctx)
{
	xdp_observe(ctx);
	return XDP_PASS;
}

SEC("tc")
int sipbpf_received(struct __sk_buff *skb)
{
	tc_observe(skb, SIPBPF_RECEIVED);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int sipbpf_sent(struct __sk_buff *skb)
{
	tc_observe(skb, SIPBPF_SENT);
	return TC_ACT_UNSPEC;
}

SEC("xdp")
int sipbpf_xdp_any(struct xdp_md *ctx)
{
	struct work *work = current_work();

	if (!work)
		return XDP_PASS;
	work->hook = SIPBPF_RECEIVED;
	work->place = place_of(ctx->ingress_ifindex, SIPBPF_RECEIVED);
	xdp_count_any_packet(ctx, work, (__u32)bpf_xdp_get_buff_len(ctx), 0, 0);
	return XDP_PASS;
}

SEC("tc")
int sipbpf_tc_any(struct __sk_buff *skb)
{
	struct work *work = current_work();

	if (work)
		tc_count_any_packet(skb, work, skb->len, skb->gso_size, offloaded_encapsulations(skb));
	return TC_ACT_UNSPEC;
}
