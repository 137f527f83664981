/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums of packets by fate. struct sipbpf_packets consists of counters only, so a new counter needs no new code here. */
#ifndef PACKET_COUNTS_H
#define PACKET_COUNTS_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/sipbpf.h"

/* Returns the number of packets seen: those with messages and those with a reason. */
__u64 packet_counts__seen(const struct sipbpf_packets *packets);

/* Returns whether all counters are 0. */
bool packet_counts__are_none(const struct sipbpf_packets *packets);

/* Returns whether no counter in the sum of both, nor the number of packets seen, would exceed max. */
bool packet_counts__fit(const struct sipbpf_packets *packets, const struct sipbpf_packets *others, __u64 max);

/* Adds all counters of source to those of target. */
void packet_counts__add(struct sipbpf_packets *target, const struct sipbpf_packets *source);

/* Subtracts all counters of source from those of target. No counter falls below 0. */
void packet_counts__subtract(struct sipbpf_packets *target, const struct sipbpf_packets *source);

#endif
