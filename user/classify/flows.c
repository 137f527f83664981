/* SPDX-License-Identifier: BSD-2-Clause */
/* See flows.h. */
#include "classify/flows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct copy {
	__u32 ticket;
	__u8 bytes[FLOW_HELD_SIZE];
};

/* Most sets and copies are never used: each is allocated with its first flow or bytes. */
struct flows {
	struct flow_set *sets[FLOW_SETS_ALL];
	__u64 tags[FLOW_SETS_ALL];
	struct copy *copies[FLOW_COPIES_ALL];
	__u64 marks[FRAGMENT_MARKS]; /* of datagrams in fragments */
	__u32 tickets;               /* copies so far */
	__u32 fragment_tickets;      /* likewise, of fragments */
	__u64 seed;
};

/*
 * Any seed will do that has ones in each half. Without them the hash hardly distinguishes IPv4 targets of the same /16.
 */
#define FIXED_SEED 0x6a09e667f3bcc909ULL

struct flows *flows__new(void)
{
	struct flows *flows = calloc(1, sizeof(*flows));

	if (flows)
		flows->seed = FIXED_SEED;
	return flows;
}

void flows__free(struct flows *flows)
{
	size_t i;

	if (!flows)
		return;
	for (i = 0; i < FLOW_SETS_ALL; i++)
		free(flows->sets[i]);
	for (i = 0; i < FLOW_COPIES_ALL; i++)
		free(flows->copies[i]);
	free(flows);
}

void flows__set_seed(struct flows *flows, __u64 seed)
{
	flows->seed = seed;
}

/* Returns the set of this number, or NULL when memory is short. */
static struct flow_set *set_of(struct flows *flows, __u32 number)
{
	struct flow_set **set = &flows->sets[number];

	if (!*set)
		*set = calloc(1, sizeof(**set));
	return *set;
}

/* Stores the bytes as the copy of this ticket. Returns 0 or -ENOMEM. */
static int store_copy(struct flows *flows, __u32 ticket, const __u8 *bytes, __u32 length)
{
	struct copy **copy = &flows->copies[flow_table__copy_number(ticket)];

	if (!*copy)
		*copy = calloc(1, sizeof(**copy));
	if (!*copy)
		return -ENOMEM;
	(*copy)->ticket = ticket;
	memcpy((*copy)->bytes, bytes, length < FLOW_HELD_SIZE ? length : FLOW_HELD_SIZE);
	return 0;
}

int flows__take_set(struct flows *flows, __u32 number, const struct flow_set *set)
{
	struct flow_set *own = set_of(flows, number);
	size_t way;

	if (!own)
		return -ENOMEM;
	*own = *set;
	for (way = 0; way < FLOW_WAYS; way++)
		if (set->flows[way].state != FLOW_FREE)
			flows->tags[number] = flow_table__with_tag(
				flows->tags[number], (__u32)way,
				flow_table__tag(flow_table__hash_ends(flows->seed, &set->flows[way].ends,
								      set->flows[way].channel)));
	return 0;
}

int flows__take_copy(struct flows *flows, __u32 ticket, const __u8 *bytes)
{
	return store_copy(flows, ticket, bytes, FLOW_HELD_SIZE);
}

bool flows__may_have(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);

	return flow_table__has_tag(flows->tags[flow_table__set_number(hash, channel)], flow_table__tag(hash));
}

/* Returns the flow's place in its set, or FLOW_WAYS. */
static __u32 find(const struct flows *flows, __u64 hash, const struct sipbpf_ends *ends, __u32 channel)
{
	__u32 number = flow_table__set_number(hash, channel);

	return flow_table__find(flows->sets[number], flows->tags[number], flow_table__tag(hash), ends, channel);
}

void flows__get(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, struct flow *ret_flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);
	__u32 way = find(flows, hash, ends, channel);

	if (way < FLOW_WAYS) {
		*ret_flow = flows->sets[flow_table__set_number(hash, channel)]->flows[way];
		return;
	}
	memset(ret_flow, 0, sizeof(*ret_flow));
	ret_flow->ends = *ends;
	ret_flow->channel = channel;
}

int flows__put(struct flows *flows, const struct flow *flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, &flow->ends, flow->channel);
	__u32 number = flow_table__set_number(hash, flow->channel);
	struct flow_set *set = set_of(flows, number);
	__u32 way = find(flows, hash, &flow->ends, flow->channel);
	bool evicts = false;

	if (!set)
		return -ENOMEM;
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
	__u32 number = flow_table__set_number(hash, channel), way = find(flows, hash, ends, channel);

	if (way == FLOW_WAYS)
		return;
	flows->sets[number]->flows[way].state = FLOW_FREE;
	flows->tags[number] = flow_table__with_tag(flows->tags[number], way, 0);
}

const struct flow *flows__victim(const struct flows *flows, const struct flow *flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, &flow->ends, flow->channel);
	const struct flow_set *set = flows->sets[flow_table__set_number(hash, flow->channel)];
	const struct flow *victim;

	if (!set || find(flows, hash, &flow->ends, flow->channel) < FLOW_WAYS)
		return NULL;
	victim = &set->flows[flow_table__victim(set)];
	return victim->state == FLOW_FREE ? NULL : victim;
}

bool flows__is_marked(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, __u32 milliseconds)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);

	return flow_table__is_marked(flows->marks[flow_table__mark_number(hash)], hash, milliseconds);
}

void flows__mark(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, __u32 milliseconds)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);

	flows->marks[flow_table__mark_number(hash)] = flow_table__mark(hash, milliseconds);
}

void flows__unmark(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel)
{
	flows->marks[flow_table__mark_number(flow_table__hash_ends(flows->seed, ends, channel))] = 0;
}

__u32 flows__keep_copy(struct flows *flows, __u32 channel, const __u8 *bytes, __u32 length)
{
	__u32 *tickets = channel & FLOW_CHANNEL_FRAGMENTS ? &flows->fragment_tickets : &flows->tickets;
	__u32 ticket = flow_table__ticket(++*tickets, channel);

	return store_copy(flows, ticket, bytes, length) ? 0 : ticket;
}

const __u8 *flows__copy(const struct flows *flows, __u32 ticket)
{
	const struct copy *copy = flows->copies[flow_table__copy_number(ticket)];

	return copy && copy->ticket == ticket ? copy->bytes : NULL;
}

const struct flow *flows__next_waiting(const struct flows *flows, size_t *position)
{
	while (*position < (size_t)FLOW_SETS_ALL * FLOW_WAYS) {
		size_t set = *position / FLOW_WAYS;
		const struct flow *flow;

		if (!flows->tags[set]) {
			*position = (set + 1) * FLOW_WAYS;
			continue;
		}
		flow = &flows->sets[set]->flows[(*position)++ % FLOW_WAYS];
		if (flow->state != FLOW_FREE && flow__is_waiting(flow))
			return flow;
	}
	return NULL;
}
