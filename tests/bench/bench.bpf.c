/* SPDX-License-Identifier: GPL-2.0-only */
/* What sipbpf is measured against: nothing at all, and the least that any counter per link does. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sipbpf.h"

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
