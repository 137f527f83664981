/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of SCTP. Each stream of an association is a flow: it knows which chunks it has had, and how far a message that is
 * fragmented has been read. A message that is whole in its chunk is read as a datagram is. The includer has defined __u8 to
 * __u64, __s32 and __always_inline.
 */
#ifndef STREAM_SCTP_H
#define STREAM_SCTP_H

#include "packet/sctp.h"
#include "stream/flow.h"

/* TSN that are further apart than this are those of two associations: no receiver has a window of so many. */
#define STREAM_SCTP_FAR (1 << 16)

/* Prepares the reading of a packet, whose chunks follow. */
static __always_inline void stream__begin_sctp(struct stream *stream, const struct packet *packet)
{
	__builtin_memset(stream, 0, sizeof(*stream));
	stream->reason = packet->cut ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NO_PAYLOAD;
}

/* The message that has begun will not be read to its end. */
static __always_inline void stream__give_up_message(struct stream *stream, struct stream_flow *flow)
{
	if (flow->has_begun)
		stream->gaps++;
	stream__forget_message(flow);
	flow->passes_as = 0;
}

/* The flow begins with the chunk: nothing is known of it, or it belongs to an association that has ended. */
static __always_inline void stream__begin_association(struct stream *stream, struct stream_flow *flow, __u32 tag,
						      __u32 tsn)
{
	stream__give_up_message(stream, flow);
	flow->state = STREAM_SYNCED;
	flow->sctp.tag = tag;
	__builtin_memset(flow->sctp.seen, 0, sizeof(flow->sctp.seen));
	flow->next = tsn;
}

/* Whether a TSN cannot be one of those that are under way (RFC 9260 8.5: the tag alone tells associations apart). */
static __always_inline int stream__is_far(const struct stream_flow *flow, __u32 tsn)
{
	__s32 ahead = (__s32)(tsn - flow->next);

	return ahead > STREAM_SCTP_FAR || ahead < -STREAM_SCTP_FAR;
}

/* Forgets the TSN whose places are wanted for those from flow->next up to this one. */
static __always_inline void stream__turn_window(struct stream_flow *flow, __u32 tsn)
{
	__u32 words = STREAM_SCTP_WINDOW / 64, ahead = (tsn >> 6) - ((flow->next - 1) >> 6), i;

	SIP_UNROLL
	for (i = 1; i <= STREAM_SCTP_WINDOW / 64; i++)
		if (i <= (ahead & 0x03ffffff))
			flow->sctp.seen[(((flow->next - 1) >> 6) + i) & (words - 1)] = 0;
}

/* Takes note of a TSN. Returns whether it had come before. */
static __always_inline int stream__is_repeated(struct stream_flow *flow, __u32 tsn)
{
	__s32 ahead = (__s32)(tsn - flow->next);
	__u64 *word = &flow->sctp.seen[tsn >> 6 & (STREAM_SCTP_WINDOW / 64 - 1)], bit = 1ULL << (tsn & 63);

	if (ahead >= 0) {
		stream__turn_window(flow, tsn);
		flow->next = tsn + 1;
	} else if (ahead < 64 - STREAM_SCTP_WINDOW || (*word & bit)) {
		return 1;
	}
	*word |= bit;
	return 0;
}

/* Whether the fragment is the one that follows those before. What is missing is given up. */
static __always_inline int stream__follows(struct stream *stream, struct stream_flow *flow,
					   const struct sctp_chunk *chunk)
{
	if (!flow->has_begun && !flow->passes_as)
		return 0;
	if (chunk->message == flow->sctp.message && chunk->fragment == flow->sctp.fragment)
		return 1;
	if (chunk->message != flow->sctp.message || (__s32)(chunk->fragment - flow->sctp.fragment) > 0)
		stream__give_up_message(stream, flow);
	return 0;
}

/* A fragment of a message that began in another chunk. */
static __always_inline void stream__later_fragment(struct stream *stream, struct stream_flow *flow,
						   const struct sctp_chunk *chunk)
{
	__u8 reason = flow->passes_as ? flow->passes_as : SIPBPF_REASON_CONTINUATION;
	int follows = stream__follows(stream, flow, chunk);

	if (follows)
		flow->sctp.fragment++;
	if (follows && chunk->is_cut)
		stream__give_up_message(stream, flow);
	stream->has_chunk = follows && flow->has_begun;
	if (stream->has_chunk)
		return;
	stream__because(stream, reason);
	stream->offset = stream->end;
	if (follows && chunk->is_last)
		flow->passes_as = 0;
}

/* The first fragment of a message, which may be the only one. */
static __always_inline void stream__first_fragment(struct stream *stream, struct stream_flow *flow,
						   const struct sctp_chunk *chunk)
{
	stream__give_up_message(stream, flow);
	flow->sctp.message = chunk->message;
	flow->sctp.fragment = chunk->fragment + 1;
	stream->is_flow = !chunk->is_last && !chunk->is_cut;
	stream->has_chunk = stream->is_flow;
	flow->passes_as = chunk->is_last || stream->is_flow ? 0 : SIPBPF_REASON_CONTINUATION;
}

/*
 * Prepares the reading of a chunk with data, in the packet that stream__begin_sctp() began. The flow is that of the chunk's
 * stream.
 */
static __always_inline void stream__begin_chunk(struct stream *stream, struct stream_flow *flow,
						const struct packet *packet, const struct sctp_chunk *chunk)
{
	stream->is_new = flow->state == STREAM_FREE;
	stream->is_flow = 1;
	stream->is_cut = chunk->is_cut;
	stream->messages = 0;
	stream->offset = stream->begin = chunk->begin;
	stream->end = stream->piece_end = chunk->end;
	stream->attempt = STREAM_WHOLE;
	stream->ends_message = chunk->is_last;
	if (stream->is_new || flow->sctp.tag != packet->tag || stream__is_far(flow, chunk->tsn))
		stream__begin_association(stream, flow, packet->tag, chunk->tsn);
	flow->state = STREAM_SYNCED;
	flow->carrier = STREAM_SCTP;
	flow->is_wary = STREAM_NOT_WARY;
	flow->missed = 0;
	flow->skip = 0;
	flow->is_last = chunk->is_last;
	if (stream__is_repeated(flow, chunk->tsn)) {
		stream->has_chunk = 0;
		stream->offset = stream->end;
		stream__because(stream, SIPBPF_REASON_DUPLICATE);
		return;
	}
	if (chunk->is_first)
		stream__first_fragment(stream, flow, chunk);
	else
		stream__later_fragment(stream, flow, chunk);
}

#endif
