/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the state of flows is kept. A flow is taken out of its set while a packet of it is read, and put back
 * afterwards.
 * Tested by tests/bpf/test_sequences.c.
 */
#ifndef FLOW_BPF_H
#define FLOW_BPF_H

#include "count.bpf.h"

/* How often to try to take a set: some hundred microseconds, longer than any program keeps one. */
#define SET_TRIES_MAX 65536

static __always_inline __u64 *tags_of_set(__u32 set)
{
	__u64 i = set;

	BOUND(i, 2 * FLOW_SETS);
	return &flow_tags[i];
}

static __always_inline struct flow *flow_at(struct flow_set *set, __u32 way)
{
	__u64 i = way;

	BOUND(i, FLOW_WAYS);
	return &set->flows[i];
}

/* Whether the TCP flow of this hash may be known. */
static __always_inline int flow_may_be_known(__u64 hash)
{
	return flow_table__has_tag(*tags_of_set(flow_table__set_number(hash, 0)), flow_table__tag(hash));
}

/*
 * Selects the flow of TCP or SCTP between the packet's ends that flow_take() takes. Returns 0 if it is certainly not
 * known.
 */
static __always_inline int flow_select(struct work *work, __u32 channel)
{
	work->channel = channel;
	work->hash = flow_table__hash_ends(flow_seed, &work->packet.ends, channel);
	work->set = flow_table__set_number(work->hash, 0);
	return flow_may_be_known(work->hash);
}

/* Selects the flow of the fragment's datagram. */
static __always_inline void flow_select_datagram(struct work *work)
{
	work->channel = fragments__channel(&work->packet);
	work->hash = flow_table__hash_ends(flow_seed, &work->packet.fragment.ends, work->channel);
	work->set = flow_table__set_number(work->hash, FLOW_CHANNEL_FRAGMENTS);
}

/* The ends of the selected flow. */
static __always_inline const struct sipbpf_ends *flow_ends(const struct work *work)
{
	return work->channel & FLOW_CHANNEL_FRAGMENTS ? &work->packet.fragment.ends : &work->packet.ends;
}

/* The place of the mark of the selected flow's datagram. */
static __always_inline __u64 *fragment_mark(const struct work *work)
{
	__u64 i = flow_table__mark_number(work->hash);

	BOUND(i, FRAGMENT_MARKS);
	return &fragment_marks[i];
}

struct busy_loop {
	struct flow_set *set;
};

static long try_to_take_set(__u32 i, struct busy_loop *loop)
{
	return __sync_val_compare_and_swap(&loop->set->busy, 0, 1) ? 0 : 1;
}

/*
 * Takes the selected flow out of its set and copies it to work->flow; an unknown flow is new. Returns 0, or 1 when
 * another CPU keeps the set for too long.
 */
__noinline int flow_take(void)
{
	struct work *work = current_work();
	struct flow_set *set;
	struct busy_loop loop;
	__u32 number;

	if (!work)
		return 1;
	number = work->set;
	set = bpf_map_lookup_elem(&flows, &number);
	if (!set)
		return 1;
	if (__sync_val_compare_and_swap(&set->busy, 0, 1)) {
		loop.set = set;
		if (bpf_loop(SET_TRIES_MAX, try_to_take_set, &loop, 0) == SET_TRIES_MAX)
			return 1;
	}
	work->way = flow_table__find(set, *tags_of_set(number), flow_table__tag(work->hash), flow_ends(work),
				     work->channel);
	if (work->way < FLOW_WAYS) {
		flow__copy(&work->flow, flow_at(set, work->way));
		return 0;
	}
	flow__clear(&work->flow);
	work->flow.ends = *flow_ends(work);
	work->flow.channel = work->channel;
	work->flow.hook = work->hook;
	return 0;
}

/* Prepares the counting of the flow's message with what is known of it. */
static __always_inline void set_unfinished(struct work *work, const struct flow *flow)
{
	fragments__finish(flow, &work->scan);
	fragments__set_key(flow, &work->scan, &work->key);
	work->is_unfinished = 1;
}

/* Chooses the flow that gives way to a new one. */
static __always_inline void flow_evict(struct work *work, struct flow_set *set)
{
	const struct flow *victim;

	work->way = flow_table__victim(set);
	victim = flow_at(set, work->way);
	if (flow__has_unfinished_headers(victim))
		set_unfinished(work, victim);
	else if (flow__is_in_flight(victim))
		count_evicted(work->place);
}

static __always_inline void flow_keep(struct work *work, struct flow_set *set)
{
	if (work->way >= FLOW_WAYS) {
		flow_evict(work, set);
		*tags_of_set(work->set) =
			flow_table__with_tag(*tags_of_set(work->set), work->way, flow_table__tag(work->hash));
	}
	set->clock++;
	work->flow.used_at = set->clock;
	flow__copy(flow_at(set, work->way), &work->flow);
}

static __always_inline void flow_drop(struct work *work, struct flow_set *set)
{
	if (work->way >= FLOW_WAYS)
		return;
	flow__clear(flow_at(set, work->way));
	*tags_of_set(work->set) = flow_table__with_tag(*tags_of_set(work->set), work->way, 0);
}

/*
 * Puts the flow back or drops it, and releases the set. If another flow gave way whose message counts with what is known,
 * work->is_unfinished says so: see count_unfinished().
 */
__noinline int flow_put(void)
{
	struct work *work = current_work();
	struct flow_set *set;
	__u32 number;

	if (!work)
		return 0;
	number = work->set;
	set = bpf_map_lookup_elem(&flows, &number);
	if (!set)
		return 0;
	if (framing__keeps_flow(&work->framing, &work->flow))
		flow_keep(work, set);
	else
		flow_drop(work, set);
	(void)__sync_lock_test_and_set(&set->busy, 0);
	return 0;
}

/* Returns a place for a copy of a payload, and the ticket that finds it. */
static __always_inline struct flow_copy *new_copy(__u32 channel, __u32 *ret_ticket)
{
	__u32 *last = channel & FLOW_CHANNEL_FRAGMENTS ? &fragment_tickets : &tickets;
	__u32 ticket = flow_table__ticket(__sync_fetch_and_add(last, 1) + 1, channel), number;
	struct flow_copy *copy;

	number = flow_table__copy_number(ticket);
	copy = bpf_map_lookup_elem(&copies, &number);
	*ret_ticket = ticket;
	return copy;
}

/* Returns the copy of this ticket, or NULL when a newer one has taken its place. */
static __always_inline struct flow_copy *find_copy(__u32 ticket)
{
	__u32 number = flow_table__copy_number(ticket);
	struct flow_copy *copy = bpf_map_lookup_elem(&copies, &number);

	return copy && copy->ticket == ticket ? copy : NULL;
}

/* Copies a window of a held payload, from this offset on, to target. */
static __always_inline void copy_to_window(const struct flow_copy *copy, __u32 offset, __u8 *target)
{
	const __u8 *bytes;
	__u64 from = offset;
	__u32 i;

	BOUND(from, FLOW_HELD_SIZE);
	bytes = copy->bytes + from;
	SIP_UNROLL
	for (i = 0; i < WINDOW_SIZE; i += 8)
		*(volatile __u64 *)(target + i) = *(const volatile __u64 *)(bytes + i);
}

/* Copies the longest header that a held payload may have at this offset to target. */
static __always_inline void copy_to_head(const struct flow_copy *copy, __u32 offset, __u8 *target)
{
	const __u8 *bytes;
	__u64 from = offset;

	BOUND(from, FLOW_HELD_SIZE);
	bytes = copy->bytes + from;
	*(volatile __u64 *)target = *(const volatile __u64 *)bytes;
	*(volatile __u64 *)(target + 8) = *(const volatile __u64 *)(bytes + 8);
}

#endif
