/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drains the banks: swaps the active bank for the idle one, then empties it. Each message comes out exactly once. Needs
 * no capability once the probe is loaded.
 */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdbool.h>

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/probe.h"

struct drain;

/*
 * Returns 0 and a drain that the caller frees, or a negative errno. The probe must outlive the drain. drain__free(NULL)
 * is fine.
 */
int drain__new(struct probe *probe, struct drain **ret_drain);
void drain__free(struct drain *drain);

/*
 * Swaps the banks and adds to counters what has come since the last call: the rows of the bank that is now idle, the
 * messages of the `other` row, the packets by fate, and messages that have waited in vain for fragments. Returns 0 or a
 * negative errno. What could not be added is kept for the next call, so nothing is lost.
 */
int drain__collect(struct drain *drain, const struct link_rules *rules, struct counters *counters);

/*
 * The same, when no more packets come: messages of datagrams in fragments that have not come yet count with what is known.
 */
int drain__end(struct drain *drain, const struct link_rules *rules, struct counters *counters);

/* The packets that an interface has shown, both ways, since the programs were loaded. */
struct drain_interface {
	__u64 seen;
	__u64 sip; /* of these: with messages, also those that counted at another hook */
};

/* Returns the packets of the interface with this number (probe__number_interface()), as of the last collection. */
struct drain_interface drain__interface(const struct drain *drain, __u32 number);

/*
 * Returns a descriptor that becomes readable (epoll) when a bank is half full: drain__collect() is then due ahead of
 * time. The drain owns it.
 */
int drain__wakeup_fd(const struct drain *drain);

/* Returns whether a bank is half full, for callers without a loop. */
bool drain__is_due(const struct drain *drain);

/* Acknowledges a wakeup, so that the descriptor is no longer readable. */
void drain__clear_wakeup(struct drain *drain);

#endif
