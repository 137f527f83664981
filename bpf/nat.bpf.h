/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NAT between two of the hooks. A packet that is seen on both sides of it shows which ends it puts in the place of
 * which. The link has those with which its first packet was seen, in both directions, as in the kernel's connection
 * tracking. This needs no connection tracking and no module of the kernel. Where the kernel tracks connections, user space
 * reads those that began before, of which the first packet that is seen may be an answer.
 * Tested by tests/net/test_routes.sh.
 */
#ifndef NAT_BPF_H
#define NAT_BPF_H

#include "count.bpf.h"

static __always_inline const struct sipbpf_ends *find_translation(struct work *work, const struct sipbpf_ends *ends,
								  __u8 protocol)
{
	work->translated.ends = *ends;
	work->translated.protocol = protocol;
	return bpf_map_lookup_elem(&translations, &work->translated); /* they come first */
}

/*
 * Whether the packet that was seen with the ends of work->first, and then with those of work->sighting, is known to come
 * back: the former are translated to the latter, or both to the same.
 */
static __always_inline int is_known_to_come_back(struct work *work, const struct sipbpf_ends *known)
{
	const struct sipbpf_ends *other;

	if (flow_table__same_ends(known, &work->sighting.ends))
		return 1;
	other = find_translation(work, &work->sighting.ends, work->sighting.protocol);
	return other && flow_table__same_ends(known, other);
}

/*
 * Whether it is known that what answers that packet, with the reverse of the latter ends, belongs to the reverse of the
 * former. Leaves both in the key of the lookup and in work->original.ends.
 */
static __always_inline int is_known_to_go_forth(struct work *work)
{
	const struct sipbpf_ends *known;

	flow_table__reverse_ends(&work->original.ends, &work->sighting.ends);
	known = find_translation(work, &work->original.ends, work->sighting.protocol);
	flow_table__reverse_ends(&work->original.ends, &work->first.ends);
	return known && flow_table__same_ends(known, &work->original.ends);
}

/* Whether the ends of work->first may have been translated to those of work->sighting. */
__noinline int may_be_translated(void)
{
	struct work *work = current_work();

	return work && sighting__may_be_translated(&work->first.ends, &work->sighting.ends);
}

/* How well one of the sightings found fits, which is work->first then: see sighting__rank(). 0: not at all. */
__noinline int rank_of_found(__u32 way)
{
	struct work *work = current_work();
	const struct sipbpf_ends *known;
	__u64 i = way;
	int is_known;

	if (!work)
		return 0;
	BOUND(i, SIGHTING_WAYS);
	work->first = work->found[i];
	if (!may_be_translated())
		return 0;
	known = find_translation(work, &work->first.ends, work->sighting.protocol);
	is_known = (known && is_known_to_come_back(work, known)) || is_known_to_go_forth(work);
	return sighting__rank(&work->first, &work->sighting, is_known);
}

/*
 * Learns from a packet that was seen with the ends of work->first, and then with those of work->sighting: what comes
 * back has the reverse of the latter, and belongs to the reverse of the former. A packet that comes back itself shows
 * nothing new. If it has been translated otherwise before, its ports are given to others now, and what was learnt of them is
 * forgotten.
 */
static __always_inline void learn_translation(struct work *work)
{
	const struct sipbpf_ends *known = find_translation(work, &work->first.ends, work->sighting.protocol);

	if (known) {
		if (is_known_to_come_back(work, known))
			return;
		work->translated.ends = work->first.ends;
		(void)bpf_map_delete_elem(&translations, &work->translated);
	}
	if (!is_known_to_go_forth(work) &&
	    !bpf_map_update_elem(&translations, &work->translated, &work->original, BPF_ANY))
		has_translations = 1;
}

/*
 * Forgets what was learnt of the ends of a packet that passes on as it was made: what comes back to them is not translated
 * any more.
 */
static __always_inline void forget_translation(struct work *work)
{
	if (!*(volatile __u32 *)&has_translations)
		return;
	flow_table__reverse_ends(&work->original.ends, &work->sighting.ends);
	if (find_translation(work, &work->original.ends, work->sighting.protocol))
		(void)bpf_map_delete_elem(&translations, &work->translated);
}

/* Gives the key the ends by which its link is known. HEP tells of them as they are elsewhere. */
static __always_inline void restore_ends(struct work *work)
{
	const struct sipbpf_ends *ends;

	if (!*(volatile __u32 *)&has_translations || work->key.hook == SIPBPF_REPORTED)
		return;
	ends = find_translation(work, &work->key.ends, work->key.protocol);
	if (ends)
		work->key.ends = *ends;
}

#endif
