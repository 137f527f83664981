/* SPDX-License-Identifier: BSD-2-Clause */
/* What a filter says about messages, as sets of numbers in which the programs can look it up. Knows no BPF. */
#ifndef FILTER_TABLE_H
#define FILTER_TABLE_H

#include <linux/types.h>
#include <stddef.h>

#include "common/sipbpf.h"
#include "counts/filter.h"

/* Each set has a bit for each number of enum sip_type. */
struct filter_table {
	__u64 requests[SIPBPF_TYPE_WORDS]; /* methods whose requests are wanted */
	__u64 responses
		[SIPBPF_TYPE_WORDS]; /* CSeq methods whose responses are wanted, if statuses has their status code */
	__u64 statuses[SIPBPF_TYPE_WORDS];
	struct sipbpf_name names[SIPBPF_EXTENSION_METHODS_ANY]; /* of the types from SIP_TYPE_EXTENSION_MIN on */
	size_t names_count;
};

/*
 * Makes the table from the types of a filter; ignores its hosts. Returns 0, or -E2BIG if the filter names more
 * extension methods than can have numbers; *ret_table is undefined then.
 */
int filter_table__make(const struct filter *filter, struct filter_table *ret_table);

#endif
