/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums of packets by fate. They are nothing but counters, so that one more needs no more code here. */
#ifndef PACKET_COUNTS_H
#define PACKET_COUNTS_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/sipbpf.h"

/* Packets seen: with messages, plus all reasons. */
__u64 packet_counts__seen(const struct sipbpf_packets *packets);

/* Whether all counters are 0. */
bool packet_counts__are_none(const struct sipbpf_packets *packets);

/* Whether neither a counter of the sum of both, nor the packets seen of it, would be more than max. */
bool packet_counts__fit(const struct sipbpf_packets *packets, const struct sipbpf_packets *others, __u64 max);

/* Adds all counters of source to those of target. */
void packet_counts__add(struct sipbpf_packets *target, const struct sipbpf_packets *source);

/* Takes all counters of source off those of target; what would be less than nothing is 0. */
void packet_counts__subtract(struct sipbpf_packets *target, const struct sipbpf_packets *source);

#endif
