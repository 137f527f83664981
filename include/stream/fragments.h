/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of datagrams in fragments of IP. Each such datagram is a flow for a short time, whose sequence numbers are
 * offsets in it. A message counts with the fragment in which all that is wanted of its headers is known, nearly always
 * the first; else the fragments that follow are read on as in a stream. A message that is never completed counts with
 * what is known of it. The includer has defined __u8 to __u64, __s32 and __always_inline.
 * Tested by tests/unit/stream/test_fragments.c.
 */
#ifndef FRAGMENTS_H
#define FRAGMENTS_H

#include "stream/flow.h"

/* What the reading of a fragment needs. */
enum fragments_matter {
	FRAGMENTS_NONE,     /* nothing: it counts under the reason of fragments__reason_of_ignored() */
	FRAGMENTS_FLOW,     /* its datagram's flow */
	FRAGMENTS_DATAGRAM, /* no flow: it is read as a datagram that is cut off */
};

/*
 * The channel of the datagram's flow between packet->fragment.ends: its protocol, and what tells datagrams of different
 * networks apart.
 */
static __always_inline __u32 fragments__channel(const struct packet *packet)
{
	return FLOW_CHANNEL_FRAGMENTS | (packet->fragment.path & ~0xffU) | packet->fragment.protocol;
}

/* The identification of the fragment's datagram. */
static __always_inline __u32 fragments__identification(const struct packet *packet)
{
	return WORDS_PAIR(packet->fragment.ends.source_port, packet->fragment.ends.target_port);
}

/* Tells the fragment from those of other datagrams and from others of its own: the identification, and the offset. */
static __always_inline __u64 fragments__number(const struct packet *packet)
{
	return (__u64)fragments__identification(packet) << 32 | (packet->fragment.shift + packet->offset);
}

/*
 * What a fragment with this payload needs. is_marked: its first fragment has shown that later ones do not matter.
 * A fragment without payload is that of a datagram whose UDP header fills the first one. What the capture has cut off
 * cannot be completed.
 */
static __always_inline enum fragments_matter fragments__matter(const struct packet *packet, int is_marked,
							       int is_plausible)
{
	__u32 length = packet->end - packet->offset;

	if (!packet->fragment.is_first)
		return is_marked ? FRAGMENTS_NONE : FRAGMENTS_FLOW;
	if (length >= 8 && !is_plausible)
		return FRAGMENTS_NONE;
	return packet->fragment.is_cut ? FRAGMENTS_DATAGRAM : FRAGMENTS_FLOW;
}

/* The reason of a fragment that needs nothing. */
static __always_inline __u8 fragments__reason_of_ignored(const struct packet *packet)
{
	return packet->fragment.is_first ? SIPBPF_REASON_NOT_SIP : SIPBPF_REASON_FRAGMENT;
}

/*
 * Whether the flow is not that of the fragment's datagram, but of an earlier one with the same identification: too much
 * time has passed, or the first fragment is another one. If the earlier one has left a mark, what is held is of that one.
 * An unknown flow is neither.
 */
static __always_inline int fragments__is_of_another(const struct flow *flow, const struct packet *packet, __u32 now)
{
	const struct flow_fragments *known = &flow->fragments;

	if (flow->state == FLOW_FREE)
		return 0;
	if ((__s32)(now - flow->waiting_since) > FLOW_HELD_MILLISECONDS)
		return 1;
	if (!packet->fragment.is_first)
		return 0;
	if (!known->has_first)
		return packet->fragment.follows_marked;
	return known->datagram != packet->fragment.datagram || known->ends.source_port != packet->ends.source_port ||
	       known->ends.target_port != packet->ends.target_port;
}

/* Begins the flow. Nothing is known of its datagram. */
static __always_inline void fragments__begin_flow(struct flow *flow)
{
	flow__forget_message(flow);
	flow->state = FLOW_SYNCED;
	flow->carrier = FLOW_FRAGMENTS;
	flow->had_message = 0;
	flow->message_is_open = 0;
	flow->rest_reason = 0;
	flow->held_places = 0;
	flow->next = 0;
	flow->first = 0;
	flow->fragments.has_first = 0;
	flow->fragments.has_end = 0;
}

/* Notes that the message ends at this offset of the datagram, if it does not end before. */
static __always_inline void fragments__note_end(struct flow_fragments *fragments, __u32 end)
{
	if (fragments->has_end && fragments->end <= end)
		return;
	fragments->has_end = 1;
	fragments->end = end;
}

static __always_inline void fragments__take_first(const struct framing *framing, struct flow *flow,
						  const struct packet *packet)
{
	struct flow_fragments *fragments = &flow->fragments;

	if (fragments->has_first)
		return;
	fragments->has_first = 1;
	fragments->ends = packet->ends;
	fragments->reported = packet->reported;
	fragments->datagram = packet->fragment.datagram;
	flow->next = framing->sequence;
	if (packet->missing || !packet->is_cut)
		fragments__note_end(fragments, framing->sequence + (packet->end - packet->offset) + packet->missing);
}

/* A later fragment has no ports: the packet gets the ends that the first one has told, and what HEP has told of them. */
static __always_inline void fragments__take_later(const struct framing *framing, struct flow *flow,
						  struct packet *packet)
{
	if (flow->fragments.has_first) {
		packet->ends = flow->fragments.ends;
		packet->reported = flow->fragments.reported;
	}
	if (packet->fragment.is_last && !packet->fragment.is_cut)
		fragments__note_end(&flow->fragments, framing->sequence + (packet->end - packet->offset));
}

/*
 * Prepares the reading of a fragment; framing__next() says what to do first. The flow is that of its datagram, or new:
 * if fragments__is_of_another(), the caller has begun it again.
 */
static __always_inline void fragments__begin(struct framing *framing, struct flow *flow, struct packet *packet,
					     __u32 now)
{
	int is_first = packet->fragment.is_first;

	__builtin_memset(framing, 0, FRAMING_CORE_SIZE);
	framing->now = now;
	framing->is_stream = 1;
	framing->packet_offset = packet->offset;
	framing->packet_end = packet->end;
	framing->sequence = packet->fragment.shift + packet->offset;
	framing->reason = is_first ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_FRAGMENT;
	framing->has_reason = !is_first;
	framing->is_new = flow->state == FLOW_FREE;
	if (framing->is_new)
		fragments__begin_flow(flow);
	flow->waiting_since = now;
	SIP_STEP_ENDS();
	framing->is_pending = !flow->rest_reason && packet->end > packet->offset;
	if (is_first && flow->rest_reason)
		framing__set_reason(framing, SIPBPF_REASON_DUPLICATE);
	if (is_first)
		fragments__take_first(framing, flow, packet);
	else
		fragments__take_later(framing, flow, packet);
}

/* Prepares the reading of the piece as a part of the message, up to its end. A datagram that has been read is skipped. */
static __always_inline void fragments__begin_part(struct framing *framing, struct flow *flow)
{
	const struct flow_fragments *fragments = &flow->fragments;
	__u32 left = framing->piece_end - framing->offset, behind;

	behind = fragments->has_end && (__s32)(flow->next - fragments->end) > 0 ? flow->next - fragments->end : 0;
	if (flow->rest_reason || behind > left)
		behind = left;
	framing->end = framing->piece_end = framing->piece_end - behind;
	framing->ends_message = fragments->has_end && (__s32)(flow->next - fragments->end) >= 0;
	framing->has_part = left != behind;
	framing->is_afresh = 0;
}

/*
 * Keeps what the scan has found that went on as if the message ended. The scan that was kept will find the same, if the
 * message goes on; if not, that is what is known.
 */
static __always_inline void fragments__keep_facts(struct flow *flow, const struct sip_scan *scan)
{
	flow->message_is_open = 1;
	flow->fragments.type = scan->type;
	flow->scan.name = scan->name;
	flow->scan.to_tag = scan->to_tag;
	flow->scan.method = scan->method;
	flow->scan.via_transport = scan->via_transport;
	flow->scan.cseq_name = scan->cseq_name;
	__builtin_memcpy(flow->scan.via_name, scan->via_name, sizeof(scan->via_name));
}

/* Settles what is known of the flow's message, for fragments__set_key(). */
static __always_inline void fragments__finish(const struct flow *flow, struct sip_scan *ret_scan)
{
	*ret_scan = flow->scan;
	ret_scan->type = flow->fragments.type;
	sip__finish(ret_scan);
}

/* Gives up the rest of the flow's message, which has counted with what is known of it. */
static __always_inline void fragments__give_up(struct flow *flow)
{
	flow__forget_message(flow);
	flow->rest_reason = SIPBPF_REASON_FRAGMENT;
	flow->had_message = 1;
}

/*
 * Whether the flow is worth keeping: the message goes on, the first fragment has not arrived, or the message has counted
 * and a copy of that one must not count again.
 */
static __always_inline int fragments__keep_flow(const struct flow *flow)
{
	return flow->had_message || (!flow->rest_reason && (flow->fragments.has_first || flow__has_held(flow)));
}

#endif
