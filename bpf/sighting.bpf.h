/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a packet was seen at another hook before. Only packets that may hold messages are remembered, and only where a
 * packet may pass several hooks at all. What is remembered also shows NAT: see nat.bpf.h.
 * Tested by tests/net/test_routes.sh.
 */
#ifndef SIGHTING_BPF_H
#define SIGHTING_BPF_H

#include "nat.bpf.h"

/* Whether packets are compared with those that other hooks have seen. */
static __always_inline int compares_sightings(void)
{
	return *(volatile __u32 *)&may_pass_twice != 0;
}

/* Begins to describe a packet between these ends in work->sighting. */
static __always_inline void begin_sighting(struct work *work, const struct sipbpf_ends *ends, __u8 protocol, __u8 hook)
{
	work->sighting.ends = *ends;
	work->sighting.protocol = protocol;
	work->sighting.hook = hook;
	work->sighting.is_fragment = 0;
	__builtin_memset(&work->sighting.identity, 0, sizeof(work->sighting.identity));
	work->sighting.has_message = 0;
}

static __always_inline struct sighting_set *set_of_sighting(const struct work *work)
{
	__u32 number = sighting__set_number(&work->sighting);

	return bpf_map_lookup_elem(&sightings, &number);
}

/* Chooses one of several sightings found to be work->first. Returns its place. */
__noinline int choose_first(__u32 found)
{
	struct work *work = current_work();
	int rank, highest = -1;
	__u64 way = 0, zero;
	__u32 i;

	if (!work)
		return 0;
	zero = work->zero;
	for (i = 0; i < SIGHTING_WAYS; i++) {
		rank = found >> i & 1 ? rank_of_found(i) : -1;
		if (rank > highest) {
			highest = rank;
			way = i;
		}
		SIGHTING_FORGET(way, zero);
	}
	BOUND(way, SIGHTING_WAYS);
	work->first = work->found[way];
	return (int)way;
}

/* Keeps the sighting, which is a packet's first one after all. */
static __always_inline void keep_sighting(struct work *work, struct sighting_set *set)
{
	__u64 way;

	bpf_spin_lock(&set->lock);
	way = sightings__victim(set->ways, &work->sighting, work->zero);
	BOUND(way, SIGHTING_WAYS);
	set->ways[way] = work->sighting;
	bpf_spin_unlock(&set->lock);
	work->sighting_way = (__u32)way;
}

/*
 * Learns from a packet that was first seen with other ends, in work->first, at this place in its set. Returns 0 if they
 * cannot have been translated, so that this is another packet.
 */
__noinline int take_translated(__u32 first_way)
{
	struct work *work = current_work();
	struct sighting_set *set;
	__u64 way = first_way;

	if (!work)
		return 0;
	set = set_of_sighting(work);
	if (!set)
		return 0;
	if (!may_be_translated()) {
		keep_sighting(work, set);
		forget_translation(work);
		return 0;
	}
	BOUND(way, SIGHTING_WAYS);
	set->ways[way].translated_at |= sighting__translation_bit(&work->sighting);
	learn_translation(work);
	return 1;
}

/* What is forwarded, and was not seen on its way in, may have been translated. */
static __always_inline int is_made_here(const struct sighting *sighting)
{
	return sighting->hook == SIPBPF_SENT && !sighting->is_forwarded;
}

/*
 * Returns whether the packet that work->sighting describes was seen at another hook before. If not, this is its first
 * sighting, which is kept.
 */
__noinline int is_seen_elsewhere(void)
{
	struct work *work = current_work();
	struct sighting_set *set;
	__u32 found;
	__u64 way;

	if (!work)
		return 0;
	set = set_of_sighting(work);
	if (!set)
		return 0;
	work->sighting.tick = (__u32)bpf_jiffies64();
	bpf_spin_lock(&set->lock);
	found = sightings__find(set->ways, &work->sighting, sighting_lifetime, work->zero);
	way = found ? sightings__place(found) : sightings__victim(set->ways, &work->sighting, work->zero);
	BOUND(way, SIGHTING_WAYS);
	if (sightings__are_several(found))
		__builtin_memcpy(work->found, set->ways, sizeof(work->found));
	else if (found)
		work->first = set->ways[way];
	else
		set->ways[way] = work->sighting;
	bpf_spin_unlock(&set->lock);
	if (sightings__are_several(found))
		way = (__u32)choose_first(found);
	work->sighting_way = (__u32)way;
	if (found && !flow_table__same_ends(&work->first.ends, &work->sighting.ends))
		return take_translated((__u32)way);
	if (found || is_made_here(&work->sighting))
		forget_translation(work);
	return found != 0;
}

/* Counts the packet, which was seen elsewhere. If a message of it counted there, this hook shows SIP too. */
static __always_inline void count_seen_elsewhere(const struct work *work, __u32 place)
{
	struct sipbpf_packets *counts = packet_counts(place);

	if (!counts)
		return;
	counts->reasons[SIPBPF_REASON_SEEN_ELSEWHERE]++;
	counts->sip_elsewhere += work->first.has_message;
}

/*
 * Counts a packet with at least one message, and notes that in its sighting. No lock is needed for a byte; if another
 * packet has taken the place in this moment, it is taken for one with a message.
 */
static __always_inline void count_sighted_sip_packet(struct work *work, __u32 place)
{
	struct sighting_set *set;
	__u64 way;

	count_sip_packet(place);
	if (!compares_sightings())
		return;
	set = set_of_sighting(work);
	way = work->sighting_way;
	BOUND(way, SIGHTING_WAYS);
	if (set && set->ways[way].content == work->sighting.content)
		set->ways[way].has_message = 1;
}

#endif
