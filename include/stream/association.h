/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of SCTP. Each stream of an association is a flow, which knows the chunks it has had and how far a fragmented
 * message has been read. A message that is complete in its chunk is read as a datagram. The includer has defined __u8
 * to __u64, __s32 and __always_inline.
 * Tested by tests/unit/stream/test_sctp.c.
 */
#ifndef ASSOCIATION_H
#define ASSOCIATION_H

#include "packet/sctp.h"
#include "stream/flow.h"

/* TSNs further apart than this belong to two associations: no receiver has a window that large. */
#define ASSOCIATION_DISTANCE_MAX (1 << 16)

/* The channel of an SCTP stream, which distinguishes flows between the same ends. TCP has channel 0. */
static __always_inline __u32 association__channel(const struct sctp_chunk *chunk)
{
	return chunk->stream + 1;
}

/* Prepares the reading of a packet, whose chunks follow. */
static __always_inline void association__begin_packet(struct framing *framing, const struct packet *packet)
{
	__builtin_memset(framing, 0, FRAMING_CORE_SIZE);
	framing->reason = packet->is_cut ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NO_PAYLOAD;
}

/* Gives up the message that has begun: the rest of it will not be read. */
static __always_inline void association__give_up_message(struct framing *framing, struct flow *flow)
{
	if (flow->has_partial_message)
		framing->gaps++;
	flow__forget_message(flow);
	flow->rest_reason = 0;
}

/* Begins the flow with this chunk: nothing is known of it, or its association has ended. */
static __always_inline void association__begin(struct framing *framing, struct flow *flow, __u32 tag, __u32 tsn)
{
	association__give_up_message(framing, flow);
	flow->state = FLOW_SYNCED;
	flow->sctp.tag = tag;
	__builtin_memset(flow->sctp.seen, 0, sizeof(flow->sctp.seen));
	flow->next = tsn;
}

/*
 * Whether a TSN is too far away to belong to this association (RFC 9260 8.5: only the tag distinguishes associations).
 */
static __always_inline int association__is_far(const struct flow *flow, __u32 tsn)
{
	__s32 ahead = (__s32)(tsn - flow->next);

	return ahead > ASSOCIATION_DISTANCE_MAX || ahead < -ASSOCIATION_DISTANCE_MAX;
}

/* Clears the places of the TSNs from flow->next up to this one. */
static __always_inline void association__advance_window(struct flow *flow, __u32 tsn)
{
	__u32 words = FLOW_TSN_WINDOW / 64, ahead = (tsn >> 6) - ((flow->next - 1) >> 6), i;

	SIP_UNROLL
	for (i = 1; i <= FLOW_TSN_WINDOW / 64; i++)
		if (i <= (ahead & 0x03ffffff))
			flow->sctp.seen[(((flow->next - 1) >> 6) + i) & (words - 1)] = 0;
}

/* Notes a TSN. Returns whether it had arrived before. */
static __always_inline int association__mark_seen(struct flow *flow, __u32 tsn)
{
	__s32 ahead = (__s32)(tsn - flow->next);
	__u64 *word = &flow->sctp.seen[tsn >> 6 & (FLOW_TSN_WINDOW / 64 - 1)], bit = 1ULL << (tsn & 63);

	if (ahead >= 0) {
		association__advance_window(flow, tsn);
		flow->next = tsn + 1;
	} else if (ahead < 64 - FLOW_TSN_WINDOW || (*word & bit)) {
		return 1;
	}
	*word |= bit;
	return 0;
}

/* Whether the fragment is the next one of its message. If one is missing, the message is given up. */
static __always_inline int association__follows(struct framing *framing, struct flow *flow,
						const struct sctp_chunk *chunk)
{
	if (!flow->has_partial_message && !flow->rest_reason)
		return 0;
	if (chunk->message == flow->sctp.message && chunk->fragment == flow->sctp.fragment)
		return 1;
	if (chunk->message != flow->sctp.message || (__s32)(chunk->fragment - flow->sctp.fragment) > 0)
		association__give_up_message(framing, flow);
	return 0;
}

/* Prepares the reading of a fragment of a message that began in another chunk. */
static __always_inline void association__begin_later_fragment(struct framing *framing, struct flow *flow,
							      const struct sctp_chunk *chunk)
{
	__u8 reason = flow->rest_reason ? flow->rest_reason : SIPBPF_REASON_CONTINUATION;
	int follows = association__follows(framing, flow, chunk);

	if (follows)
		flow->sctp.fragment++;
	if (follows && chunk->is_cut)
		association__give_up_message(framing, flow);
	framing->has_part = follows && flow->has_partial_message;
	if (framing->has_part)
		return;
	framing__set_reason(framing, reason);
	framing->offset = framing->end;
	if (follows && chunk->is_last)
		flow->rest_reason = 0;
}

/* Prepares the reading of the first fragment of a message, which may be the only one. */
static __always_inline void association__begin_first_fragment(struct framing *framing, struct flow *flow,
							      const struct sctp_chunk *chunk)
{
	association__give_up_message(framing, flow);
	flow->sctp.message = chunk->message;
	flow->sctp.fragment = chunk->fragment + 1;
	framing->is_stream = !chunk->is_last && !chunk->is_cut;
	framing->has_part = framing->is_stream;
	flow->rest_reason = chunk->is_last || framing->is_stream ? 0 : SIPBPF_REASON_CONTINUATION;
}

/*
 * Prepares the reading of a chunk with data, in the packet that association__begin_packet() began. The flow is that of
 * the chunk's stream.
 */
static __always_inline void association__begin_chunk(struct framing *framing, struct flow *flow,
						     const struct packet *packet, const struct sctp_chunk *chunk)
{
	framing->is_new = flow->state == FLOW_FREE;
	framing->is_stream = 1;
	framing->is_cut = chunk->is_cut;
	/* Of a packet in fragments of IP only the first is read, so what follows is missing. */
	framing->gaps |= packet->fragment.is_fragment;
	framing->messages = 0;
	framing->offset = framing->begin = chunk->begin;
	framing->end = framing->piece_end = chunk->end;
	framing->is_afresh = 0;
	framing->ends_message = chunk->is_last;
	if (framing->is_new || flow->sctp.tag != packet->tag || association__is_far(flow, chunk->tsn))
		association__begin(framing, flow, packet->tag, chunk->tsn);
	flow->state = FLOW_SYNCED;
	flow->carrier = FLOW_SCTP;
	flow->wariness = FLOW_WARINESS_NONE;
	flow->searched = 0;
	flow->skip = 0;
	flow->frame_is_last = chunk->is_last;
	if (association__mark_seen(flow, chunk->tsn)) {
		framing->has_part = 0;
		framing->offset = framing->end;
		framing__set_reason(framing, SIPBPF_REASON_DUPLICATE);
		return;
	}
	if (chunk->is_first)
		association__begin_first_fragment(framing, flow, chunk);
	else
		association__begin_later_fragment(framing, flow, chunk);
}

#endif
