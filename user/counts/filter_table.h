/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a filter says of messages, worked out to sets of numbers: the form in which the programs look it up. Knows no BPF.
 */
#ifndef FILTER_TABLE_H
#define FILTER_TABLE_H

#include <linux/types.h>
#include <stddef.h>

#include "common/sipbpf.h"
#include "counts/filter.h"

#define FILTER_TABLE_WORDS (SIP_TYPE_COUNT / 64)

/* Sets have a bit for each number of enum sip_type. */
struct filter_table {
	__u64 requests[FILTER_TABLE_WORDS]; /* CSeq methods whose requests are wanted */
	__u64 responses
		[FILTER_TABLE_WORDS]; /* CSeq methods whose responses are wanted, if the status code is as well */
	__u64 statuses[FILTER_TABLE_WORDS];
	struct sipbpf_name names[SIPBPF_EXTENSION_METHODS_MAX]; /* of the types from SIP_TYPE_EXTENSION_MIN on */
	size_t names_count;
};

/*
 * Returns 0 and the table, or -E2BIG when the filter names more methods that are not well known than can have numbers;
 * *ret_table is undefined then. Addresses are none of its business.
 */
int filter_table__make(const struct filter *filter, struct filter_table *ret_table);

#endif
