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

/* As SIP_FORGET(), with a zero that the verifier does not know. */
#ifdef __bpf__
#define SIGHTING_FORGET(number, zero)            \
	do {                                     \
		(number) += (zero);              \
		asm volatile("" : "+r"(number)); \
	} while (0)
#else
#define SIGHTING_FORGET(number, zero) ((void)(zero))
#endif

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
	__u8 reserved[3];
	__u32 translated_at; /* in its set: a bit for each interface that sent it with other ends, by the number's low bits */
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
 * - A packet that is sent and was not made here has been received. Its ends have been translated (NAT), if they may have
 *   been: see sighting__may_be_translated().
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
 * Returns a bit for the place of each sighting in its set that may be the packet's first one, and is not older than lifetime
 * in ticks. That is one if it has the packet's own ends. Else the ends have been translated, and there may be several: see
 * sighting__rank(). zero is 0, but not known to be.
 */
static __always_inline __u32 sightings__find(const struct sighting ways[SIGHTING_WAYS], const struct sighting *next,
					     __u32 lifetime, __u64 zero)
{
	__u64 own = zero, translated = zero;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIGHTING_WAYS; i++) {
		if (sighting__says_the_same(&ways[i], next, lifetime) && sighting__is_same_packet(&ways[i], next)) {
			if (flow_table__same_ends(&ways[i].ends, &next->ends))
				own |= 1U << i;
			else
				translated |= 1U << i;
		}
		SIGHTING_FORGET(own, zero);
		SIGHTING_FORGET(translated, zero);
	}
	return (__u32)(own ? own : translated);
}

/* The place of the only bit. */
static __always_inline __u32 sightings__place(__u32 found)
{
	return (found >> 1) - (found >> 3);
}

static __always_inline int sightings__are_several(__u32 found)
{
	return (found & (found - 1)) != 0;
}

static __always_inline int sighting__is_ipv4(const struct sipbpf_endpoint *end)
{
	return !words__load8(end->address) && words__be32(end->address + 8) == 0xffff;
}

/*
 * Whether the address of IPv6 has that of IPv4 in it: behind a prefix, and around the byte u (RFC 6052 2.2). Without
 * branches, each of which would be a path of its own to the verifier.
 */
static __always_inline int sighting__embeds(const struct sipbpf_endpoint *ipv6, const struct sipbpf_endpoint *ipv4)
{
	__u64 around = (__u64)words__be32(ipv6->address + 4) << 32 | words__be32(ipv6->address + 9), found;
	__u32 address = words__be32(ipv4->address + 12), length;

	found = (__u64)(words__be32(ipv6->address + 12) ^ address) - 1; /* behind 96 bits */
	SIP_UNROLL
	for (length = 32; length <= 64; length += 8)
		found |= (__u64)((__u32)(around >> (64 - length)) ^ address) - 1;
	return (int)(found >> 63);
}

/*
 * Whether NAT may have put the later ends in the place of the first ones. Between IPv6 and IPv4 it makes one of the
 * addresses out of the other, at least of the end for which the translator stands (RFC 6052 1.1). Otherwise they are those
 * of two packets.
 */
static __always_inline int sighting__may_be_translated(const struct sipbpf_ends *first, const struct sipbpf_ends *next)
{
	int was_ipv4 = sighting__is_ipv4(&first->target);
	const struct sipbpf_ends *ipv4 = was_ipv4 ? first : next, *ipv6 = was_ipv4 ? next : first;

	return was_ipv4 == sighting__is_ipv4(&next->target) ||
	       (sighting__embeds(&ipv6->source, &ipv4->source) | sighting__embeds(&ipv6->target, &ipv4->target));
}

static __always_inline __u32 sighting__translation_bit(const struct sighting *sighting)
{
	return 1U << (sighting->ifindex & 31);
}

enum sighting_rank { SIGHTING_NOT_SENT = 1 << 28, SIGHTING_SAME_VERSION = 1 << 29, SIGHTING_KNOWN = 1 << 30 };

/*
 * Returns how well a sighting fits whose ends may have been translated to those of the packet, more than 0. It is known
 * that they are; or both are of the same version of IP, as nearly everywhere; or it has not been sent here yet; or it is the
 * oldest, since queues keep the order.
 */
static __always_inline int sighting__rank(const struct sighting *first, const struct sighting *next, int is_known)
{
	int is_same_version = sighting__is_ipv4(&first->ends.target) == sighting__is_ipv4(&next->ends.target);
	int is_sent = (first->translated_at & sighting__translation_bit(next)) != 0;

	return (is_known ? SIGHTING_KNOWN : 0) + (is_same_version ? SIGHTING_SAME_VERSION : 0) +
	       (is_sent ? 0 : SIGHTING_NOT_SENT) + 1 + (int)(next->tick - first->tick);
}

/*
 * Returns the place that a first sighting takes: that of the same text at the same hook before, or the oldest. zero is as
 * above.
 */
static __always_inline __u32 sightings__victim(const struct sighting ways[SIGHTING_WAYS], const struct sighting *next,
					       __u64 zero)
{
	__u64 victim = zero, oldest = zero, age;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIGHTING_WAYS; i++) {
		age = ways[i].content ? next->tick - ways[i].tick : 1ULL << 32;
		if (ways[i].content == next->content && sighting__has_same_place(&ways[i], next) &&
		    flow_table__same_ends(&ways[i].ends, &next->ends))
			age = 1ULL << 33;
		SIGHTING_FORGET(age, zero);
		if (age > oldest) {
			oldest = age;
			victim = i;
		}
		SIGHTING_FORGET(oldest, zero);
		SIGHTING_FORGET(victim, zero);
	}
	return (__u32)victim;
}

#endif
