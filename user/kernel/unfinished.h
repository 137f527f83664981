/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of datagrams of which fragments never came. The programs have no timer, so they are taken out of their flows
 * here, and count with what is known of them. Needs no capability.
 */
#ifndef KERNEL_UNFINISHED_H
#define KERNEL_UNFINISHED_H

#include "counts/counter.h"
#include "counts/link.h"
#include "kernel/probe.h"

struct unfinished;

/*
 * Returns the unfinished messages in these maps, which must outlive them, or NULL if memory is short. The caller frees
 * them. unfinished__free(NULL) is fine.
 */
struct unfinished *unfinished__new(const struct probe_maps *maps);
void unfinished__free(struct unfinished *unfinished);

/*
 * Counts the messages that have waited for fragments for more than this many milliseconds; a negative number: all. The
 * programs may be running. Returns 0 or a negative errno. What could not be added is kept for the next call, so nothing
 * is lost.
 */
int unfinished__collect(struct unfinished *unfinished, int milliseconds, const struct link_rules *rules,
			struct counters *counters);

#endif
