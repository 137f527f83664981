/* SPDX-License-Identifier: BSD-2-Clause */
/* See unfinished.h. Tested by tests/bpf/test_fragments.c. */
#include "kernel/unfinished.h"

#include <stdlib.h>
#include <time.h>

#include "classify/scanned.h"

/* How often to try to take a set. A program keeps it for some microseconds; what is missed now is found the next time. */
#define TRIES_MAX 1000

struct unfinished {
	const struct probe_maps *maps;
	struct flow taken; /* out of the map, and not yet added to the counters */
	bool has_taken;
};

struct unfinished *unfinished__new(const struct probe_maps *maps)
{
	struct unfinished *unfinished = calloc(1, sizeof(*unfinished));

	if (unfinished)
		unfinished->maps = maps;
	return unfinished;
}

void unfinished__free(struct unfinished *unfinished)
{
	free(unfinished);
}

/* The programs' clock: units of 2^20 nanoseconds. */
static __u32 now_in_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u32)(((__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec) >> 20);
}

static bool is_due(const struct flow *flow, __u32 now, int milliseconds)
{
	return flow->state != FLOW_FREE && flow__has_unfinished_headers(flow) &&
	       (__s32)(now - flow->waiting_since) > milliseconds;
}

/* The programs wait for a set in the same way. */
static bool take_set(struct flow_set *set)
{
	int tries;

	for (tries = 0; tries < TRIES_MAX; tries++)
		if (__sync_bool_compare_and_swap(&set->busy, 0, 1))
			return true;
	return false;
}

static void release_set(struct flow_set *set)
{
	__atomic_store_n(&set->busy, 0, __ATOMIC_RELEASE);
}

/* Takes the message out of the flow, if it is due. A program may have changed the flow since it was looked at. */
static bool take_message(struct unfinished *unfinished, struct flow_set *set, struct flow *flow, int milliseconds)
{
	if (!take_set(set))
		return false;
	unfinished->has_taken = is_due(flow, now_in_milliseconds(), milliseconds);
	if (unfinished->has_taken) {
		unfinished->taken = *flow;
		fragments__give_up(flow);
	}
	release_set(set);
	return unfinished->has_taken;
}

static int add_taken(struct unfinished *unfinished, const struct link_rules *rules, struct counters *counters)
{
	const struct scanned_target target = { .counters = counters, .rules = rules };
	int error;

	if (!unfinished->has_taken)
		return 0;
	error = scanned__count_unfinished(&target, &unfinished->taken);
	unfinished->has_taken = error != 0;
	return error;
}

int unfinished__collect(struct unfinished *unfinished, int milliseconds, const struct link_rules *rules,
			struct counters *counters)
{
	struct flow_set *set = unfinished->maps->flow_sets + FLOW_SETS,
			*end = unfinished->maps->flow_sets + FLOW_SETS_ALL;
	int error = add_taken(unfinished, rules, counters), way;
	__u32 now = now_in_milliseconds();

	for (; !error && set < end; set++)
		for (way = 0; !error && way < FLOW_WAYS; way++)
			if (is_due(&set->flows[way], now, milliseconds) &&
			    take_message(unfinished, set, &set->flows[way], milliseconds))
				error = add_taken(unfinished, rules, counters);
	return error;
}
