// SPDX-License-Identifier: BSD-2-Clause
/* See packet_counts.h. Tested by tests/unit/counts/test_counter.c. */
#include "counts/packet_counts.h"

#include <stddef.h>

#define COUNTERS (sizeof(struct sipbpf_packets) / sizeof(__u64))

_Static_assert(sizeof(struct sipbpf_packets) % sizeof(__u64) == 0, "struct sipbpf_packets has counters only");

static __u64 *counters_of(struct sipbpf_packets *packets)
{
	return (__u64 *)packets;
}

static const __u64 *counters_of_const(const struct sipbpf_packets *packets)
{
	return (const __u64 *)packets;
}

__u64 packet_counts__seen(const struct sipbpf_packets *packets)
{
	__u64 seen = packets->sip;
	size_t i;

	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		seen += packets->reasons[i];
	return seen;
}

bool packet_counts__are_none(const struct sipbpf_packets *packets)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++) {
		if (counters_of_const(packets)[i])
			return false;
	}
	return true;
}

/* Adds count to *sum unless the result would exceed max. Returns whether it has. */
static bool add_up(__u64 *sum, __u64 count, __u64 max)
{
	if (count > max - *sum)
		return false;
	*sum += count;
	return true;
}

bool packet_counts__fit(const struct sipbpf_packets *packets, const struct sipbpf_packets *others, __u64 max)
{
	__u64 seen = packet_counts__seen(packets), sum;
	bool fits = add_up(&seen, others->sip, max);
	size_t i;

	for (i = 0; fits && i < SIPBPF_REASON_COUNT; i++)
		fits = add_up(&seen, others->reasons[i], max);
	for (i = 0; fits && i < COUNTERS; i++) {
		sum = counters_of_const(packets)[i];
		fits = add_up(&sum, counters_of_const(others)[i], max);
	}
	return fits;
}

void packet_counts__add(struct sipbpf_packets *target, const struct sipbpf_packets *source)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		counters_of(target)[i] += counters_of_const(source)[i];
}

void packet_counts__subtract(struct sipbpf_packets *target, const struct sipbpf_packets *source)
{
	__u64 *left = counters_of(target);
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		left[i] -= left[i] < counters_of_const(source)[i] ? left[i] : counters_of_const(source)[i];
}
