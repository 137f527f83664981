/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that drains a bank whenever it is half full, and waits for nothing else: neither for a reader, nor for a disk. What
 * it has drained is kept until the collector takes it, as counters, which are as large as the links that they have.
 */
#ifndef DRAINER_H
#define DRAINER_H

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/drain.h"

struct drainer;

/*
 * Starts the thread, with the capabilities that this one has. The drain, which is the drainer's from now on, the rules and
 * the filter and limit, which are like those of these counters, must outlive it. Returns 0 and a drainer that the caller
 * frees, or a negative errno. drainer__free(NULL) is fine.
 */
int drainer__start(struct drain *drain, const struct link_rules *rules, const struct counters *like,
		   struct drainer **ret_drainer);
void drainer__free(struct drainer *drainer);

/*
 * Collects (drain__collect()), and moves to the target all that has been drained since the last call. Returns 0 or a
 * negative errno; what could not be collected or moved is kept for the next call.
 */
int drainer__take(struct drainer *drainer, struct counters *target);

/* The same, when no more packets come: ends the thread, and collects the rest (drain__end()). */
int drainer__end(struct drainer *drainer, struct counters *target);

/* See drain__interface(). */
struct drain_interface drainer__interface(struct drainer *drainer, __u32 number);

#endif
