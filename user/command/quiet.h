/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quiet interfaces (--quiet-after): those that have shown no packet, or none with a message, for a time. Says so once on
 * stderr, and once when they show some again.
 */
#ifndef QUIET_H
#define QUIET_H

#include <linux/types.h>
#include <stddef.h>

#include "base/notices.h"

struct quiet;

/*
 * Makes room for so many interfaces, which have numbers from 0 on; all of them show something now. after and now are in
 * nanoseconds; after is not 0. Returns NULL when memory is short. quiet__free(NULL) is fine.
 */
struct quiet *quiet__new(size_t interfaces, __u64 after, __u64 now);
void quiet__free(struct quiet *quiet);

/* What an interface has shown since the start. */
struct quiet_reading {
	size_t number;    /* of the interface */
	const char *name; /* what it is called now */
	__u64 packets;    /* all since the start */
	__u64 sip;        /* those with messages, wherever these counted */
	__u64 now;        /* nanoseconds */
};

/*
 * Takes in a reading. Adds to notices what the interface has been quiet about for long enough. Returns 0 or -ENOMEM.
 */
int quiet__update(struct quiet *quiet, const struct quiet_reading *reading, struct notices *notices);

#endif
