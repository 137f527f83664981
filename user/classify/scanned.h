/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts messages that a scan has read, with the names of methods that are not well known. */
#ifndef SCANNED_H
#define SCANNED_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/cdefs.h>

#include "counts/counter.h"
#include "counts/filter.h"
#include "counts/link.h"
#include "stream/table.h"

/* Where messages count. The caller owns what it points to. */
struct scanned_target {
	struct counters *counters;
	const struct link_rules *rules;
	const struct filter *filter; /* NULL: all messages are wanted */
};

/*
 * Counts the message of this key, which was made from the scan, unless the filter leaves it out. Adds one to *count if it
 * has counted it. Returns 0, -ENOMEM, or -EOVERFLOW as counters__add(). On failure nothing has been counted.
 */
int scanned__count(const struct scanned_target *target, const struct sipbpf_key *key, const struct sip_scan *scan,
		   __u32 *count);

/*
 * Counts the message of a flow for which flow__has_unfinished_headers(), with what is known of it, and in
 * truncated_headers. Returns as scanned__count(); on failure nothing has been counted.
 */
int scanned__count_unfinished(const struct scanned_target *target, const struct flow *flow);

#endif
