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
	__u32 *marks;           /* of datagrams in fragments */
	__u32 tickets;          /* copies so far */
	__u32 fragment_tickets; /* likewise, of fragments */
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
	flows->sets = calloc(FLOW_SETS_ALL, sizeof(*flows->sets));
	flows->tags = calloc(FLOW_SETS_ALL, sizeof(*flows->tags));
	flows->copies = calloc(FLOW_COPIES_ALL, sizeof(*flows->copies));
	flows->marks = calloc(FRAGMENT_MARKS, sizeof(*flows->marks));
	if (flows->sets && flows->tags && flows->copies && flows->marks)
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
	free(flows->marks);
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
	struct copy *copy = &flows->copies[flow_table__copy_number(ticket)];

	copy->ticket = ticket;
	memcpy(copy->bytes, bytes, FLOW_HELD_SIZE);
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

	return flow_table__find(&flows->sets[number], flows->tags[number], flow_table__tag(hash), ends, channel);
}

void flows__get(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, struct flow *ret_flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);
	__u32 way = find(flows, hash, ends, channel);

	if (way < FLOW_WAYS) {
		*ret_flow = flows->sets[flow_table__set_number(hash, channel)].flows[way];
		return;
	}
	memset(ret_flow, 0, sizeof(*ret_flow));
	ret_flow->ends = *ends;
	ret_flow->channel = channel;
}

bool flows__put(struct flows *flows, const struct flow *flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, &flow->ends, flow->channel);
	__u32 number = flow_table__set_number(hash, flow->channel);
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
	__u32 number = flow_table__set_number(hash, channel), way = find(flows, hash, ends, channel);

	if (way == FLOW_WAYS)
		return;
	flows->sets[number].flows[way].state = FLOW_FREE;
	flows->tags[number] = flow_table__with_tag(flows->tags[number], way, 0);
}

const struct flow *flows__victim(const struct flows *flows, const struct flow *flow)
{
	__u64 hash = flow_table__hash_ends(flows->seed, &flow->ends, flow->channel);
	const struct flow_set *set = &flows->sets[flow_table__set_number(hash, flow->channel)];
	const struct flow *victim = &set->flows[flow_table__victim(set)];

	if (find(flows, hash, &flow->ends, flow->channel) < FLOW_WAYS || victim->state == FLOW_FREE)
		return NULL;
	return victim;
}

/* The place of a datagram's mark. *ret_mark is the mark. */
static __u32 *mark_of(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, __u32 *ret_mark)
{
	__u64 hash = flow_table__hash_ends(flows->seed, ends, channel);

	*ret_mark = flow_table__mark(hash);
	return &flows->marks[flow_table__mark_number(hash)];
}

void flows__mark(struct flows *flows, const struct sipbpf_ends *ends, __u32 channel, bool is_marked)
{
	__u32 mark, *place = mark_of(flows, ends, channel, &mark);

	*place = is_marked ? mark : 0;
}

bool flows__is_marked(const struct flows *flows, const struct sipbpf_ends *ends, __u32 channel)
{
	__u32 mark;

	return *mark_of(flows, ends, channel, &mark) == mark;
}

__u32 flows__keep_copy(struct flows *flows, __u32 channel, const __u8 *bytes, __u32 length)
{
	__u32 *tickets = channel & FLOW_CHANNEL_FRAGMENTS ? &flows->fragment_tickets : &flows->tickets;
	__u32 ticket = flow_table__ticket(++*tickets, channel);
	struct copy *copy = &flows->copies[flow_table__copy_number(ticket)];

	copy->ticket = ticket;
	memcpy(copy->bytes, bytes, length < FLOW_HELD_SIZE ? length : FLOW_HELD_SIZE);
	return copy->ticket;
}

const __u8 *flows__copy(const struct flows *flows, __u32 ticket)
{
	const struct copy *copy = &flows->copies[flow_table__copy_number(ticket)];

	return copy->ticket == ticket ? copy->bytes : NULL;
}

const struct flow *flows__next_waiting(const struct flows *flows, size_t *position)
{
	while (*position < (size_t)FLOW_SETS_ALL * FLOW_WAYS) {
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
