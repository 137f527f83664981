/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP segments that, when the programs end, still wait in their maps for earlier ones. Those will not come any
 * more.
 */
#ifndef WAITING_H
#define WAITING_H

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/probe.h"

/*
 * Counts the messages in the segments that wait, as the programs would have. Call it once, when no program runs any
 * more. filter is the filter of the programs (NULL: none). Returns 0 or a negative errno.
 */
int waiting__count(const struct probe *probe, const struct link_rules *rules, const struct filter *filter,
		   struct counters *counters);

#endif
