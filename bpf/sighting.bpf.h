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

/*
 * Returns whether the packet that work->sighting describes was seen at another hook before. If not, this is its first
 * sighting, which is kept.
 */
__noinline int is_seen_elsewhere(void)
{
	struct work *work = current_work();
	struct sighting_set *set;
	__u32 number, found;
	__u64 way;

	if (!work)
		return 0;
	number = sighting__set_number(&work->sighting);
	set = bpf_map_lookup_elem(&sightings, &number);
	if (!set)
		return 0;
	work->sighting.tick = (__u32)bpf_jiffies64();
	bpf_spin_lock(&set->lock);
	found = sightings__find(set->ways, &work->sighting, sighting_lifetime);
	way = found < SIGHTING_WAYS ? found : sightings__victim(set->ways, &work->sighting);
	BOUND(way, SIGHTING_WAYS);
	if (found < SIGHTING_WAYS)
		work->first = set->ways[way];
	else
		set->ways[way] = work->sighting;
	bpf_spin_unlock(&set->lock);
	work->sighting_way = (__u32)way;
	if (found >= SIGHTING_WAYS) {
		if (work->sighting.hook == SIPBPF_SENT)
			forget_translation(work);
		return 0;
	}
	if (flow_table__same_ends(&work->first.ends, &work->sighting.ends))
		forget_translation(work);
	else
		learn_translation(work);
	return 1;
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
	__u32 number;

	count_sip_packet(place);
	if (!compares_sightings())
		return;
	number = sighting__set_number(&work->sighting);
	set = bpf_map_lookup_elem(&sightings, &number);
	way = work->sighting_way;
	BOUND(way, SIGHTING_WAYS);
	if (set && set->ways[way].content == work->sighting.content)
		set->ways[way].has_message = 1;
}

#endif
