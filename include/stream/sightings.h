/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was seen lately, and where: a packet that passes several hooks counts at the first of them only. It is the same
 * packet if it says the same and either has the same ends or is forwarded, after it was received. The text alone does not
 * tell: another program may send it on. Where the packet is in memory does not tell either: a program may pass it on as it
 * is, from a tunnel that ends there for example. The first fragment of a datagram says what the datagram says, so that the
 * host may cut it into fragments on its way, or put it together.
 * Tested by tests/unit/stream/test_sightings.c.
 */
#ifndef SIGHTINGS_H
#define SIGHTINGS_H

#include "packet/packet.h"
#include "stream/table.h"

#define SIGHTING_WAYS 4
#define SIGHTING_SETS 4096 /* a power of two */

/* So many bytes of a message tell it from others: the start line and the topmost Via, with its branch, nearly always. */
#define SIGHTING_SAMPLE_SIZE 256

struct sighting {
	__u64 content; /* a hash of what the packet says; 0: no sighting */
	__u32 tick;
	__u32 ifindex;
	struct sipbpf_ends ends;
	__u8 protocol;
	__u8 hook; /* enum sipbpf_hook */
	__u8 is_forwarded;
	__u8 is_fragment;
	struct packet_identity identity;
	__u32 datagram;   /* of a first fragment: the identification of its datagram */
	__u8 has_message; /* that has counted */
	__u8 reserved[7];
};

static __always_inline __u64 sighting__mix(__u64 one, __u64 other)
{
	__u64 hash = one * FLOW_MIX_1 ^ (other ^ other >> 32) * FLOW_MIX_2;

	hash = (hash ^ hash >> 32) * FLOW_MIX_1;
	return (hash ^ hash >> 29) | 1;
}

/* A hash of the first bytes of a datagram, with zeros past its end. The sample is aligned. */
static __always_inline __u64 sighting__hash_sample(const __u8 sample[SIGHTING_SAMPLE_SIZE])
{
	__u64 a = 1, b = 2, c = 3, d = 4; /* in turn, so that none waits for another */
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIGHTING_SAMPLE_SIZE; i += 32) {
		a = (a + words__load8(sample + i)) * FLOW_MIX_1;
		b = (b + words__load8(sample + i + 8)) * FLOW_MIX_1;
		c = (c + words__load8(sample + i + 16)) * FLOW_MIX_1;
		d = (d + words__load8(sample + i + 24)) * FLOW_MIX_1;
	}
	return sighting__mix(a ^ (b << 16 | b >> 48), (c ^ (d << 16 | d >> 48)) * FLOW_MIX_2);
}

static __always_inline __u32 sighting__set_number(const struct sighting *sighting)
{
	return (__u32)(sighting->content >> 32) & (SIGHTING_SETS - 1);
}

static __always_inline int sighting__has_same_place(const struct sighting *one, const struct sighting *other)
{
	return one->ifindex == other->ifindex && one->hook == other->hook;
}

/*
 * Whether the IP headers of a packet and a later one may be those of one packet. Hosts and NAT pass on the identification of
 * IPv4 and the flow label of IPv6, which are 0 where the sender gives none. If they do not tell, the hop limit does, which
 * does not rise.
 */
static __always_inline int sighting__may_have_same_header(const struct packet_identity *first,
							  const struct packet_identity *next)
{
	if (first->version == next->version && (first->identification || next->identification))
		return first->identification == next->identification;
	return !first->hop_limit || next->hop_limit <= first->hop_limit;
}

/*
 * Whether a packet and a later one that says the same are one packet.
 *
 * - At the same hook they are two: nothing passes a hook twice.
 * - With IP headers that cannot be those of one packet they are two, whatever they say.
 * - With the same ends they are one.
 * - A packet that is sent and was not made here has been received. Its ends may have been translated (NAT).
 */
static __always_inline int sighting__is_same_packet(const struct sighting *first, const struct sighting *next)
{
	if (sighting__has_same_place(first, next) || first->protocol != next->protocol ||
	    !sighting__may_have_same_header(&first->identity, &next->identity))
		return 0;
	return flow_table__same_ends(&first->ends, &next->ends) ||
	       (first->hook == SIPBPF_RECEIVED && next->hook == SIPBPF_SENT && next->is_forwarded);
}

static __always_inline int sighting__says_the_same(const struct sighting *first, const struct sighting *next,
						   __u32 lifetime)
{
	return first->content == next->content && next->tick - first->tick <= lifetime;
}

/*
 * Returns the place of the packet's first sighting in its set, which is not older than lifetime in ticks, or
 * SIGHTING_WAYS if this is the first. One with the packet's own ends comes before one whose ends would have been translated.
 */
static __always_inline __u32 sightings__find(const struct sighting ways[SIGHTING_WAYS], const struct sighting *next,
					     __u32 lifetime)
{
	__u32 found = SIGHTING_WAYS, i;

	SIP_UNROLL
	for (i = 0; i < SIGHTING_WAYS; i++)
		if (sighting__says_the_same(&ways[i], next, lifetime) && sighting__is_same_packet(&ways[i], next) &&
		    (found == SIGHTING_WAYS || flow_table__same_ends(&ways[i].ends, &next->ends)))
			found = i;
	return found;
}

/* Returns the place that a first sighting takes: that of the same text at the same hook before, or the oldest. */
static __always_inline __u32 sightings__victim(const struct sighting ways[SIGHTING_WAYS], const struct sighting *next)
{
	__u32 victim = 0, i;
	__u64 age, oldest = 0;

	SIP_UNROLL
	for (i = 0; i < SIGHTING_WAYS; i++) {
		age = ways[i].content ? next->tick - ways[i].tick : 1ULL << 32;
		if (ways[i].content == next->content && sighting__has_same_place(&ways[i], next) &&
		    flow_table__same_ends(&ways[i].ends, &next->ends))
			age = 1ULL << 33;
		if (age > oldest) {
			oldest = age;
			victim = i;
		}
	}
	return victim;
}

#endif
