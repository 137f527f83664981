/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reading of an instance's maps, in numbers. It opens the maps read-only and does not disturb the process that
 * collects them. A reading is no snapshot: packets go on passing, and rows go on being collected, while it is taken.
 */
#ifndef READING_H
#define READING_H

#include <linux/types.h>

#include "common/sipbpf.h"
#include "inspect/instance.h"

struct reading {
	/* Since the programs were loaded. */
	__u64 seen; /* packets with messages and packets with a reason */
	struct sipbpf_packets packets;

	/* In the active bank, since it was last collected. */
	__u64 rows;
	__u64 rows_max;
	__u64 messages;

	/* Now. */
	__u64 flows;
	__u64 flows_max;
};

/*
 * Reads the maps of an instance that is readable. Returns 0, -EPROTO if this version does not know the layout of the
 * bank, or another negative errno.
 */
int reading__take(const struct instance *instance, struct reading *ret_reading);

#endif
