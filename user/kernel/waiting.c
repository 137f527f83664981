/* SPDX-License-Identifier: BSD-2-Clause */
/* See waiting.h. Tested by tests/net/test_count.sh. */
#include "kernel/waiting.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "classify/flows.h"
#include "classify/frame.h"
#include "common/sipbpf.h"

static int take_copies(const struct probe_maps *maps, struct flows *flows)
{
	struct flow_copy *copy = malloc(sizeof(*copy));
	__u32 number;
	int error = 0;

	if (!copy)
		return -ENOMEM;
	for (number = 0; !error && bpf_map_lookup_elem(maps->copies, &number, copy) == 0; number++)
		if (copy->ticket)
			error = flows__take_copy(flows, copy->ticket, copy->bytes);
	free(copy);
	return error;
}

/* Takes over the sets with flows that wait for something. Returns the number of sets, or a negative errno. */
static int take_sets(const struct probe_maps *maps, struct flows *flows)
{
	struct flow_set set;
	__u32 number;
	int taken = 0;
	size_t way;

	for (number = 0; number < FLOW_SETS; number++) {
		bool is_waiting = false;

		if (bpf_map_lookup_elem(maps->flows, &number, &set))
			return -errno;
		for (way = 0; way < FLOW_WAYS; way++)
			is_waiting |= set.flows[way].state != FLOW_FREE && flow__is_waiting(&set.flows[way]);
		if (!is_waiting)
			continue;
		if (flows__take_set(flows, number, &set))
			return -ENOMEM;
		taken++;
	}
	return taken;
}

int waiting__count(const struct probe *probe, const struct link_rules *rules, const struct filter *filter,
		   struct counters *counters)
{
	struct frame_classifier *classifier = frame_classifier__new(counters, rules);
	const struct probe_maps *maps = probe__maps(probe);
	struct flows *flows;
	int result = classifier ? 0 : -ENOMEM;

	if (!result && filter)
		frame_classifier__set_filter(classifier, filter);
	if (!result) {
		flows = frame_classifier__flows(classifier);
		flows__set_seed(flows, maps->flow_seed);
		result = take_sets(maps, flows);
		if (result > 0)
			result = take_copies(maps, flows);
	}
	if (!result)
		result = frame_classifier__flush(classifier);
	frame_classifier__free(classifier);
	return result;
}
