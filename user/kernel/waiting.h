/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP segments that still wait, in the programs' maps, for others before them when the programs have ended: those do not
 * come any more.
 */
#ifndef WAITING_H
#define WAITING_H

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/probe.h"

/*
 * Counts the messages in them, as the programs would have. To be called once, when no program runs any more. The filter
 * (NULL: none) is that of the programs. Returns 0 or a negative errno.
 */
int waiting__count(const struct probe *probe, const struct link_rules *rules, const struct filter *filter,
		   struct counters *counters);

#endif
