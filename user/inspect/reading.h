/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reading of an instance's maps, in numbers. The maps are opened for reading only, and whoever collects does not notice.
 * It is not of one moment: packets pass, and rows are collected, meanwhile.
 */
#ifndef READING_H
#define READING_H

#include <linux/types.h>

#include "common/sipbpf.h"
#include "inspect/instance.h"

struct reading {
	/* Since the programs were loaded. */
	__u64 seen; /* packets: those with messages and those with a reason */
	struct sipbpf_packets packets;

	/* In the bank that is active now: since it was collected last. */
	__u64 rows;
	__u64 rows_max;
	__u64 messages;

	/* Now. */
	__u64 flows;
	__u64 flows_max;
};

/*
 * Reads the maps of an instance that is readable. Returns 0, -EPROTO when a bank is laid out as this version does not know
 * it, or another negative errno.
 */
int reading__take(const struct instance *instance, struct reading *ret_reading);

#endif
