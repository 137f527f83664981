/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the flows are kept: a table of fixed size, of sets of a few flows each. Beside it is a tag for each flow, so
 * that one load shows whether a packet's connection carries no SIP.
 * Tested by tests/unit/classify/test_flows.c.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "packet/plain.h"
#include "stream/framing.h"

#ifndef FLOW_SETS
#define FLOW_SETS 8192 /* a power of two; the fuzzers use fewer */
#endif
#define FLOW_WAYS 4

/*
 * Behind these sets come those of datagrams in fragments. They are few, because fragments follow each other closely, and
 * have sets of their own, so that no flood of fragments takes a place of a connection.
 */
#ifndef FRAGMENT_SETS
#define FRAGMENT_SETS 256 /* a power of two, at most FLOW_SETS; the fuzzers use fewer */
#endif
#define FLOW_SETS_ALL (FLOW_SETS + FRAGMENT_SETS)

/* Marks of datagrams whose later fragments do not matter for now, at the hash of each. A power of two. */
#define FRAGMENT_MARKS 4096

/* Copies of held payloads, for all flows. */
#ifndef FLOW_COPIES
#define FLOW_COPIES 1024 /* a power of two; the fuzzers use fewer */
#endif

/* Behind these copies come those of early fragments. */
#ifndef FRAGMENT_COPIES
#define FRAGMENT_COPIES 128 /* a power of two; the fuzzers use fewer */
#endif
#define FLOW_COPIES_ALL (FLOW_COPIES + FRAGMENT_COPIES)
#define FLOW_TICKET_FRAGMENT 0x80000000U /* the ticket of a copy of a fragment has this bit */
#define FLOW_COPY_SLACK 1024

/* A copy of a held payload, as the programs keep it: with slack, because they read a whole window of it. */
struct flow_copy {
	__u32 ticket;
	__u32 reserved;
	__u8 bytes[FLOW_HELD_SIZE + FLOW_COPY_SLACK];
};

struct flow_set {
	__u32 busy;  /* a CPU is using the set */
	__u32 clock; /* advances with each use */
	struct flow flows[FLOW_WAYS];
};

/* What the hash is made of: both addresses in halves, with the first byte on the wire the lowest, and both ports. */
struct flow_words {
	__u64 source_high;
	__u64 source_low;
	__u64 target_high;
	__u64 target_low;
	__u32 ports; /* source << 16 | target */
};

/*
 * Odd numbers that spread what they are multiplied by. The third one also spreads values in equal steps, as ports are.
 */
#define FLOW_MIX_1 0x9e3779b97f4a7c15ULL
#define FLOW_MIX_2 0xc2b2ae3d27d4eb4fULL
#define FLOW_MIX_3 0xbf58476d1ce4e5b9ULL

/*
 * The hash of a flow. Its seed is secret, and so are the two factors that are multiplied: an attacker cannot
 * make other flows fall into one set. Addresses differ in their last bytes, which are the highest here, where a product
 * keeps few bits of them. So the words are folded first.
 */
static __always_inline __u64 flow_table__hash(__u64 seed, const struct flow_words *ends)
{
	__u64 source = ends->source_low ^ ends->source_high * FLOW_MIX_1 ^ seed;
	__u64 target = ends->target_low ^ ends->target_high * FLOW_MIX_2 ^ (seed >> 32 | seed << 32);
	__u64 hash;

	source ^= source >> 32;
	target ^= target >> 32;
	hash = source * (target | 1);
	hash = ((hash ^ hash >> 32 ^ target) + ends->ports) * FLOW_MIX_3;
	return hash ^ hash >> 32;
}

static __always_inline __u64 flow_table__hash_ends(__u64 seed, const struct sipbpf_ends *ends, __u32 channel)
{
	__u64 spread = channel * FLOW_MIX_1; /* 0 for TCP */
	const struct flow_words words = {
		.source_high = WORDS_LITTLE(words__load8(ends->source.address)),
		.source_low = WORDS_LITTLE(words__load8(ends->source.address + 8)),
		.target_high = WORDS_LITTLE(words__load8(ends->target.address)),
		.target_low = WORDS_LITTLE(words__load8(ends->target.address + 8)),
		.ports = (__u32)ends->source_port << 16 | ends->target_port,
	};

	return flow_table__hash(seed, &words) ^ spread ^ spread >> 32;
}

/* The hash of what packet__find_plain() accepted, with this IP header. Its headers end before frame_end. */
static __always_inline __u64 flow_table__hash_plain(__u64 seed, const __u8 *ip, const __u8 *frame_end,
						    const struct packet_plain *plain)
{
	struct flow_words words = { 0 };

	if (plain->version == 4 && ip + 24 <= frame_end) {
		words.source_low = packet__ipv4_mapped_low(ip + 12);
		words.target_low = packet__ipv4_mapped_low(ip + 16);
		words.ports = words__be32(ip + 20);
	} else if (ip + 44 <= frame_end) {
		words.source_high = WORDS_LITTLE(words__load8(ip + 8));
		words.source_low = WORDS_LITTLE(words__load8(ip + 16));
		words.target_high = WORDS_LITTLE(words__load8(ip + 24));
		words.target_low = WORDS_LITTLE(words__load8(ip + 32));
		words.ports = words__be32(ip + 40);
	}
	return flow_table__hash(seed, &words);
}

static __always_inline __u32 flow_table__set_number(__u64 hash, __u32 channel)
{
	return channel & FLOW_CHANNEL_FRAGMENTS ? FLOW_SETS + (hash & (FRAGMENT_SETS - 1)) : hash & (FLOW_SETS - 1);
}

/* The place of a datagram's mark, and the mark, with the time in milliseconds. It is never 0. */
static __always_inline __u32 flow_table__mark_number(__u64 hash)
{
	return hash & (FRAGMENT_MARKS - 1);
}

static __always_inline __u64 flow_table__mark(__u64 hash, __u32 now)
{
	return (hash >> 32 | 1) << 32 | now;
}

/* Whether this is the mark of a datagram with the hash. After a while its identification is that of another. */
static __always_inline int flow_table__is_marked(__u64 mark, __u64 hash, __u32 now)
{
	return mark >> 32 == (hash >> 32 | 1) && (__s32)(now - (__u32)mark) <= FLOW_HELD_MILLISECONDS;
}

/* The place of the copy with this ticket. */
static __always_inline __u32 flow_table__copy_number(__u32 ticket)
{
	return ticket & FLOW_TICKET_FRAGMENT ? FLOW_COPIES + (ticket & (FRAGMENT_COPIES - 1))
					     : ticket & (FLOW_COPIES - 1);
}

/* The ticket of a number of copies so far, which is not 0. */
static __always_inline __u32 flow_table__ticket(__u32 copies, __u32 channel)
{
	if (channel & FLOW_CHANNEL_FRAGMENTS)
		return copies | FLOW_TICKET_FRAGMENT;
	copies &= ~FLOW_TICKET_FRAGMENT;
	return copies ? copies : FLOW_COPIES;
}

/* The tag of a flow, one of four in its set. It is never 0. */
static __always_inline __u64 flow_table__tag(__u64 hash)
{
	return hash >> 48 | 1;
}

/* Whether one of the four tags is this one. */
static __always_inline int flow_table__has_tag(__u64 tags, __u64 tag)
{
	__u64 others = tags ^ tag * 0x0001000100010001ULL;

	return ((others - 0x0001000100010001ULL) & ~others & 0x8000800080008000ULL) != 0;
}

/* Returns the tags with the tag of one flow replaced; 0 removes it. */
static __always_inline __u64 flow_table__with_tag(__u64 tags, __u32 way, __u64 tag)
{
	__u32 shift = 16 * (way & (FLOW_WAYS - 1));

	return (tags & ~(0xffffULL << shift)) | tag << shift;
}

static __always_inline int flow_table__same_ends(const struct sipbpf_ends *a, const struct sipbpf_ends *b)
{
	const __u8 *x = (const __u8 *)a, *y = (const __u8 *)b;

	return a->source_port == b->source_port && a->target_port == b->target_port &&
	       words__load8(x) == words__load8(y) && words__load8(x + 8) == words__load8(y + 8) &&
	       words__load8(x + 16) == words__load8(y + 16) && words__load8(x + 24) == words__load8(y + 24);
}

static __always_inline void flow_table__reverse_ends(struct sipbpf_ends *ret_ends, const struct sipbpf_ends *ends)
{
	ret_ends->source = ends->target;
	ret_ends->target = ends->source;
	ret_ends->source_port = ends->target_port;
	ret_ends->target_port = ends->source_port;
}

/*
 * Returns the flow's place in its set, or FLOW_WAYS when it is not there. `tags` are those of the set, and only flows
 * with this tag are looked at.
 */
static __always_inline __u32 flow_table__find(const struct flow_set *set, __u64 tags, __u64 tag,
					      const struct sipbpf_ends *ends, __u32 channel)
{
	__u32 way = FLOW_WAYS, i;

	SIP_UNROLL
	for (i = 0; i < FLOW_WAYS; i++)
		if ((tags >> 16 * i & 0xffff) == tag && set->flows[i].channel == channel &&
		    flow_table__same_ends(&set->flows[i].ends, ends))
			way = i;
	return way;
}

/* Whether something in flight would be lost with the flow. */
static __always_inline int flow__is_in_flight(const struct flow *flow)
{
	if (flow->carrier == FLOW_FRAGMENTS)
		return flow__has_unfinished_headers(flow);
	return flow->carrier != FLOW_TLS && !flow__is_searched(flow) &&
	       (flow->has_partial_message || flow->skip || flow->frame_left || flow__has_held(flow) ||
		flow__misses_end(flow));
}

/*
 * What it would cost to lose a flow. 0: nothing. 1: little, because it is closed, has lost its place, has never held a
 * message, like those of an attack or early fragments, or is a datagram of which enough has been read. 2: bytes that are
 * sent again would be read again. 3: a message in flight.
 */
static __always_inline __u64 flow_table__worth(const struct flow *flow)
{
	if (flow->state == FLOW_FREE)
		return 0;
	if (flow->is_closed || flow->has_fin || flow->searched || flow->state == FLOW_LOST || flow->carrier == FLOW_TLS)
		return 1;
	if (flow->carrier == FLOW_FRAGMENTS && (!flow->fragments.has_first || flow->rest_reason))
		return 1;
	return flow__is_in_flight(flow) ? 3 : 2;
}

/*
 * Returns the place for a new flow: that of the flow of the least worth, and among equals the one not used for the
 * longest time.
 */
static __always_inline __u32 flow_table__victim(const struct flow_set *set)
{
	__u64 worth, least = ~0ULL;
	__u32 victim = 0, i;

	SIP_UNROLL
	for (i = 0; i < FLOW_WAYS; i++) {
		/* The time since its last use, which is right even when the clock wraps. */
		worth = flow_table__worth(&set->flows[i]) << 32 | (0xffffffffU - (set->clock - set->flows[i].used_at));
		if (worth < least) {
			least = worth;
			victim = i;
		}
	}
	return victim;
}

#endif
