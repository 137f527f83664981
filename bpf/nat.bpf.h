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
	return bpf_map_lookup_elem(&translations, &work->translated);
}

/*
 * Whether the packet that was seen with the ends of work->first, and then with those of work->sighting, comes back, so that
 * it shows nothing new: it has been translated to those of the sighting, or both have to the same. If it has been
 * translated otherwise, its ports are given to others now, and what was learnt of them is forgotten.
 */
static __always_inline int comes_back(struct work *work, __u8 protocol)
{
	const struct sipbpf_ends *known = find_translation(work, &work->first.ends, protocol), *other;

	if (!known)
		return 0;
	if (flow_table__same_ends(known, &work->sighting.ends))
		return 1;
	other = find_translation(work, &work->sighting.ends, protocol);
	if (other && flow_table__same_ends(known, other))
		return 1;
	work->translated.ends = work->first.ends;
	(void)bpf_map_delete_elem(&translations, &work->translated);
	return 0;
}

/*
 * Learns from a packet that was seen with the ends of work->first, and then with those of work->sighting: what comes
 * back has the reverse of the latter, and belongs to the reverse of the former.
 */
static __always_inline void learn_translation(struct work *work)
{
	__u8 protocol = work->sighting.protocol;
	const struct sipbpf_ends *known;

	if (comes_back(work, protocol))
		return;
	flow_table__reverse_ends(&work->ends, &work->sighting.ends);
	known = find_translation(work, &work->ends, protocol);
	flow_table__reverse_ends(&work->ends, &work->first.ends);
	if (known && flow_table__same_ends(known, &work->ends))
		return;
	if (!bpf_map_update_elem(&translations, &work->translated, &work->ends, BPF_ANY))
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
	flow_table__reverse_ends(&work->ends, &work->sighting.ends);
	if (find_translation(work, &work->ends, work->sighting.protocol))
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
