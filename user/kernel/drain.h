/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drains the banks: swaps the active one for the idle one, then empties it. Each message comes out exactly once. Works
 * without any capability once the probe is loaded.
 */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdbool.h>

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/probe.h"

struct drain;

/* A drain of this probe, which must outlive it. Returns 0 or a negative errno; drain__free(NULL) is fine. */
int drain__new(struct probe *probe, struct drain **ret_drain);
void drain__free(struct drain *drain);

/*
 * Swaps the banks and adds what the now idle one holds, what went to the `other` row and the packets by fate since the
 * last call. Returns 0 or a negative errno; then what was not added is kept for the next call, nothing is lost.
 */
int drain__collect(struct drain *drain, const struct link_rules *rules, struct counters *counters);

/* Readable (epoll) when a bank has become half full, and drain__collect() is due before its time. */
int drain__wakeup_fd(const struct drain *drain);

/* Whether it is due: for callers without a loop. */
bool drain__is_due(const struct drain *drain);

/* Acknowledges a wakeup. */
void drain__clear_wakeup(struct drain *drain);

#endif
