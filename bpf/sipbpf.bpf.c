/* SPDX-License-Identifier: GPL-2.0-only */
/* The programs. They let every packet pass unchanged. Tested by tests/bpf/test_programs.c. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "view.bpf.h"
#include "stream/table.h"

#include "count.bpf.h"
#include "hook.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("xdp.frags")
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
	if (!was_received(skb))
		tc_observe(skb, SIPBPF_SENT);
	return TC_ACT_UNSPEC;
}
