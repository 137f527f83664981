/* SPDX-License-Identifier: BSD-2-Clause */
/* See flows.h. */
#include "classify/flows.h"

#include <stdlib.h>
#include <string.h>

struct copy {
	__u32 ticket;
	__u8 bytes[FLOW_HELD_SIZE];
};

struct flows {
	struct flow_set *sets;
	__u64 *tags; /* one for each set */
	struct copy *copies;
	__u32 tickets; /* the last ticket given out */
	__u64 seed;
};

/*
 * Any seed will do that has ones in each half. Without them the hash hardly distinguishes IPv4 targets of the same /16.
 */
#define FIXED_SEED 0x6a09e667f3bcc909ULL

struct flows *flows__new(void)
{
	struct flows *flows = calloc(1, sizeof(*flows));

	if (!flows)
		return NULL;
	flows->seed = FIXED_SEED;
	flows->sets = calloc(FLOW_SETS, sizeof(*flows->sets));
	flows->tags = calloc(FLOW_SETS, sizeof(*flows->tags));
	flows->copies = calloc(FLOW_COPIES, sizeof(*flows->copies));
	if (flows->sets && flows->tags && flows->copies)
		return flows;
	flows__free(flows);
	return NULL;
}

void flows__free(struct flows *flows)
{
	if (!flows)
		return;
	free(flows->sets);
	free(flows->tags);
	free(flows->copies);
	free(flows);
}

void flows__set_seed(struct flows *flows, __u64 seed)
{
	flows->seed = seed;
}

void flows__take_set(struct flows *flows, __u32 number, const struct flow_set *set)
{
	size_t way;

	flows->sets[number] = *set;
	for (way = 0; way < FLOW_WAYS; way++)
		if (set->flows[way].state != FLOW_FREE)
			flows->tags[number] = flow_table__with_tag(
				flows->tags[number], (__u32)way,
				flow_table__tag(flow_table__hash_ends(flows->seed, &set->flows[way].ends,
								      set->flows[way].channel)));
}

void flows__take_copy(struct flows *flows, __u32 ticket, const __u8 *bytes)
{
	struct copy *copy = &flows->copies[ticket % FLOW_COPIES];

	copy->ticket = ticket;
	memcpy(copy->bytes, bytes, FLOW_HELD_SIZE);
}

bool flows__may_have(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);

	return flow_table__has_tag(flows->tags[flow_table__set_number(hash)], flow_table__tag(hash));
}

/* Returns the flow's place in its set, or FLOW_WAYS. */
static __u32 find(const struct flows *flows, __u64 hash, const struct sipbpf_ends *ends, __u32 channel)
{
	__u32 number = flow_table__set_number(hash);

	return flow_table__find(&flows->sets[number], flows->tags[number], flow_table__tag(hash), ends, channel);
}

void flows__get(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, struct flow *ret_flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);
	__u32 way = find(flows, hash, ends, channel);

	if (way < FLOW_WAYS) {
		*ret_flow = flows->sets[flow_table__set_number(hash)].flows[way];
		return;
	}
	memset(ret_flow, 0, sizeof(*ret_flow));
	ret_flow->ends = *ends;
	ret_flow->channel = channel;
}

bool flows__put(struct flows *flows, const struct flow *flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, &flow->ends, flow->channel);
	__u32 number = flow_table__set_number(hash);
	struct flow_set *set = &flows->sets[number];
	__u32 way = find(flows, hash, &flow->ends, flow->channel);
	bool evicts = false;

	if (way == FLOW_WAYS) {
		way = flow_table__victim(set);
		evicts = flow_table__worth(&set->flows[way]) && flow__is_in_flight(&set->flows[way]);
		flows->tags[number] = flow_table__with_tag(flows->tags[number], way, flow_table__tag(hash));
	}
	set->flows[way] = *flow;
	set->flows[way].used_at = ++set->clock;
	return evicts;
}

void flows__drop(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);
	__u32 number = flow_table__set_number(hash), way = find(flows, hash, ends, channel);

	if (way == FLOW_WAYS)
		return;
	flows->sets[number].flows[way].state = FLOW_FREE;
	flows->tags[number] = flow_table__with_tag(flows->tags[number], way, 0);
}

__u32 flows__keep_copy(struct flows *flows, const __u8 *bytes, __u32 length)
{
	struct copy *copy;

	if (++flows->tickets == 0)
		flows->tickets = 1;
	copy = &flows->copies[flows->tickets % FLOW_COPIES];
	copy->ticket = flows->tickets;
	memcpy(copy->bytes, bytes, length < FLOW_HELD_SIZE ? length : FLOW_HELD_SIZE);
	return copy->ticket;
}

const __u8 *flows__copy(const struct flows *flows, __u32 ticket)
{
	const struct copy *copy = &flows->copies[ticket % FLOW_COPIES];

	return copy->ticket == ticket ? copy->bytes : NULL;
}

const struct flow *flows__next_waiting(const struct flows *flows, size_t *position)
{
	while (*position < (size_t)FLOW_SETS * FLOW_WAYS) {
		size_t set = *position / FLOW_WAYS;
		const struct flow *flow = &flows->sets[set].flows[*position % FLOW_WAYS];

		if (!flows->tags[set]) { /* most sets are unused: do not touch their memory */
			*position = (set + 1) * FLOW_WAYS;
			continue;
		}
		++*position;
		if (flow->state != FLOW_FREE && flow__is_waiting(flow))
			return flow;
	}
	return NULL;
}
