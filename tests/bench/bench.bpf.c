/* SPDX-License-Identifier: GPL-2.0-only */
/* What sipbpf is measured against: nothing at all, and the least that any counter per link does. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "common/sipbpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct sipbpf_key);
	__type(value, __u64);
} counts SEC(".maps");

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* Makes traffic: each frame of a test run goes out of this interface. */
const volatile __u32 out_ifindex;

SEC("xdp")
int generate(struct xdp_md *ctx)
{
	return (int)bpf_redirect(out_ifindex, 0);
}

/*
 * Feeds a TCP stream: each run of a test puts the next of some segments into the frame, numbered on from the one before,
 * and calls the program that is measured.
 */
#define SEGMENT_LENGTH 480
#define SEGMENT_OFFSET 66
#define SEQUENCE_OFFSET 38
#define SEGMENTS 3

__u8 segments[SEGMENTS][SEGMENT_LENGTH] __attribute__((aligned(8)));
__u32 sequence, turn, target;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} targets SEC(".maps");

SEC("xdp.frags")
int empty_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int feed(struct xdp_md *ctx)
{
	__u8 *data = (__u8 *)(long)ctx->data, *data_end = (__u8 *)(long)ctx->data_end;
	__u32 which = turn, number = sequence, i;

	if (data + SEGMENT_OFFSET + SEGMENT_LENGTH > data_end)
		return XDP_PASS;
	if (which >= SEGMENTS)
		which = 0;
	turn = which + 1;
	sequence = number + SEGMENT_LENGTH;
	*(volatile __u32 *)(data + SEQUENCE_OFFSET) = __builtin_bswap32(number);
#pragma clang loop unroll(full)
	for (i = 0; i < SEGMENT_LENGTH; i += 8)
		*(volatile __u64 *)(data + SEGMENT_OFFSET + i) = *(volatile __u64 *)&segments[which][i];
	bpf_tail_call(ctx, &targets, target);
	return XDP_PASS;
}

/* Packets of many links: each run of a test puts another source port, and beyond 65,536 links another address, in. */
#define SOURCE_ADDRESS_OFFSET 28
#define SOURCE_PORT_OFFSET 34

__u32 links_mask; /* links of each processor, less one; a power of two less one */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} turns SEC(".maps");

SEC("xdp.frags")
int scatter(struct xdp_md *ctx)
{
	__u8 *data = (__u8 *)(long)ctx->data, *data_end = (__u8 *)(long)ctx->data_end;
	__u32 zero = 0, *runs = bpf_map_lookup_elem(&turns, &zero), link;

	if (!runs || data + SOURCE_PORT_OFFSET + 2 > data_end)
		return XDP_PASS;
	link = (*runs)++ & links_mask;
	*(volatile __u16 *)(data + SOURCE_PORT_OFFSET) = (__u16)link;
	*(volatile __u16 *)(data + SOURCE_ADDRESS_OFFSET) = (__u16)(link >> 16 | bpf_get_smp_processor_id() << 8);
	bpf_tail_call(ctx, &targets, target);
	return XDP_PASS;
}

/*
 * Packets that are all new: each run of a test puts the next sequence number or TSN into the packet. If swaps_renewed is
 * 1, every fourth packet comes before the third.
 */
__u32 renewed_at, renewed_from, renewed_by, renewed_runs, swaps_renewed, tc_target;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} tc_targets SEC(".maps");

SEC("tc")
int empty_tc(struct __sk_buff *skb)
{
	return -1;
}

SEC("tc")
int renew(struct __sk_buff *skb)
{
	__u32 run = renewed_runs, number = renewed_from + (run ^ (run >> 1 & swaps_renewed)) * renewed_by;

	renewed_runs = run + 1;
	number = __builtin_bswap32(number);
	bpf_skb_store_bytes(skb, renewed_at, &number, sizeof(number), 0);
	bpf_tail_call(skb, &tc_targets, tc_target);
	return -1;
}

SEC("xdp")
int parse_and_add(struct xdp_md *ctx)
{
	const __u8 *data = (const __u8 *)(long)ctx->data, *data_end = (const __u8 *)(long)ctx->data_end;
	struct sipbpf_key key = { .protocol = 17 };
	__u64 *count, one = 1;

	if (data + 42 > data_end || data[12] != 8 || data[13] || data[14] != 0x45 || data[23] != 17)
		return XDP_PASS;
	__builtin_memcpy(key.ends.source.address + 12, data + 26, 4);
	__builtin_memcpy(key.ends.target.address + 12, data + 30, 4);
	key.ends.source_port = *(const __u16 *)(data + 34);
	key.ends.target_port = *(const __u16 *)(data + 36);
	count = bpf_map_lookup_elem(&counts, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST);
	return XDP_PASS;
}
