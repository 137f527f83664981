/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reading of an instance's maps, in numbers. It opens the maps read-only and does not disturb the process that
 * collects them. A reading is no snapshot: packets go on passing, and rows go on being collected, while it is taken.
 */
#ifndef READING_H
#define READING_H

#include <linux/types.h>
#include <stddef.h>

#include "base/notices.h"
#include "common/sipbpf.h"
#include "inspect/instance.h"

/* The packets that one hook of an interface has seen. */
struct reading_packets {
	__u64 seen;
	__u64 sip; /* of these: with messages */
};

struct reading_interface {
	struct sipbpf_interface interface;
	struct reading_packets hooks[SIPBPF_HOOKS];
};

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

	struct reading_interface *interfaces; /* since the programs were loaded */
	size_t interfaces_count;

	/* What the collector tells, as of its last collection. */
	struct notices notices;
	char *unread; /* in JSON, as a snapshot has it; NULL: nothing */
};

/*
 * Reads the maps of an instance that is readable. Returns 0, -EPROTO if this version does not know the layout of the
 * bank, or another negative errno. reading__free() frees what it holds; zeroed readings are fine.
 */
int reading__take(const struct instance *instance, struct reading *ret_reading);
void reading__free(struct reading *reading);

#endif
