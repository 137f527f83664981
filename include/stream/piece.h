/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces of a flow in their order: a packet's payload, and those that came early and waited for what was before them.
 * What was read before is skipped; what is missing is waited for, or given up. The includer has defined __u8 to __u64,
 * __s32 and __always_inline.
 */
#ifndef STREAM_PIECE_H
#define STREAM_PIECE_H

#include "stream/flow.h"

/*
 * The flow begins with the packet; a message that another connection between the same ends left unfinished is lost, unless it
 * has ended before: then its sender left it so.
 */
static __always_inline void stream__restart(struct stream *stream, struct stream_flow *flow, __u8 state)
{
	int is_unfinished = flow->has_begun && !flow->is_closed;

	if (flow->state == STREAM_SYNCED && (is_unfinished || stream__is_holding(flow) || stream__misses_end(flow)))
		stream->gaps++;
	stream__forget_message(flow);
	stream__forget_carrier(flow);
	stream__forget_held(flow);
	flow->is_websocket = 0;
	flow->state = state;
	flow->next = stream->sequence;
	flow->first = stream->sequence;
	flow->is_closed = 0;
	flow->has_fin = 0;
	flow->is_wary = state == STREAM_SYNCED ? STREAM_NOT_WARY : STREAM_CAREFUL;
	flow->missed = STREAM_MISSED_MAX;
}

/* Whether the packet's payload may wait for those before it. A capture's clock may go back a little. */
static __always_inline int stream__may_wait(const struct stream *stream, const struct stream_flow *flow)
{
	if (stream__is_holding(flow) && (__s32)(stream->now - flow->waiting) > STREAM_HELD_TIME)
		return 0;
	return stream->packet_end - stream->packet_offset <= STREAM_HELD_SIZE && !stream->packet_missing &&
	       !flow->is_closed;
}

/* Finds out whether the packet's payload is held already, or lies in one that is: stream->is_held. */
static __always_inline void stream__find_held(struct stream *stream, const struct stream_flow *flow)
{
	__u32 length = stream->packet_end - stream->packet_offset, i, at;
	__u8 is_held = 0;

	SIP_UNROLL
	for (i = 0; i < STREAM_HELD_MAX; i++) {
		at = stream->sequence - flow->held[i].sequence;
		if (flow->held[i].ticket && at < STREAM_HELD_SIZE && at + length <= flow->held[i].length)
			is_held = 1;
	}
	stream->is_held = is_held;
	SIP_STEP_ENDS();
}

/*
 * A FIN without payload says where the flow ends, and no more: what is missing before it may still come, and as it may be false
 * it moves nothing. Returns whether nothing is to be waited for any more.
 */
static __always_inline int stream__ends_at(const struct stream *stream, struct stream_flow *flow, __u32 fin)
{
	int is_ahead = (__s32)(fin - flow->next) > 0;

	if (is_ahead && flow->has_fin && flow->fin == fin)
		return 0; /* sent again */
	flow->has_fin = is_ahead && !flow->is_closed;
	flow->fin = fin;
	return !is_ahead || stream__is_holding(flow) || !stream__may_wait(stream, flow);
}

/*
 * Whether nothing is to be waited for any more. A FIN with payload that has merely overtaken the one segment before it waits
 * for that: who sends it again does so before the connection ends.
 */
static __always_inline int stream__closes(struct stream *stream, struct stream_flow *flow, __u32 flags)
{
	if (flags & PACKET_TCP_RST)
		return 1;
	if (!(flags & PACKET_TCP_FIN))
		return 0;
	if (!stream->is_waiting) /* what the capture has cut off stands before it */
		return stream__ends_at(stream, flow, stream->sequence + stream->packet_missing);
	if ((__s32)(stream->sequence - flow->next) <= 0 || !stream__may_wait(stream, flow))
		return 1;
	stream__find_held(stream, flow);
	return stream__is_holding(flow) && !stream->is_held;
}

/* Whether the SYN that has arrived is the one that the flow began with; it may come late. */
static __always_inline int stream__is_syn_again(const struct stream *stream, const struct stream_flow *flow)
{
	return !stream->is_new && !flow->is_closed && !flow->has_fin && stream->sequence == flow->first &&
	       flow->next - flow->first <= STREAM_SYN_AGAIN;
}

/* A packet of the flow arrives. */
static __always_inline void stream__arrive(struct stream *stream, struct stream_flow *flow, const struct packet *packet)
{
	__s32 ahead;

	stream->sequence = packet->sequence;
	stream->is_waiting = stream->packet_end > stream->packet_offset;
	stream->is_new = flow->state == STREAM_FREE;
	if (packet->flags & PACKET_TCP_SYN) {
		stream->sequence++;
		/* Then it changes nothing, and what it carries is a segment like others. */
		if (!stream__is_syn_again(stream, flow))
			stream__restart(stream, flow, STREAM_SYNCED);
	}
	ahead = (__s32)(stream->sequence - flow->next);
	if (flow->state == STREAM_FREE || ahead > STREAM_FAR || ahead < -STREAM_FAR)
		stream__restart(stream, flow, STREAM_LOST);
	if (stream__closes(stream, flow, packet->flags))
		flow->is_closed = 1;
}

/*
 * Prepares the reading of a packet's payload, or of one datagram in it, from offset to end. The time is in milliseconds.
 * Datagrams need no flow.
 */
static __always_inline void stream__begin(struct stream *stream, struct stream_flow *flow, const struct packet *packet,
					  __u32 offset, __u32 end, __u32 now)
{
	__builtin_memset(stream, 0, sizeof(*stream));
	stream->now = now;
	stream->packet_offset = offset;
	stream->packet_end = end;
	stream->packet_missing = packet->missing;
	stream->reason = packet->cut ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NO_PAYLOAD;
	stream->is_cut = packet->cut;
	stream->is_flow = packet->protocol == PACKET_PROTOCOL_TCP;
	if (stream->is_flow) {
		stream->has_reason = offset == end;
		stream__arrive(stream, flow, packet);
		return;
	}
	stream->offset = offset;
	stream->begin = offset;
	stream->end = end;
	stream->piece_end = end;
}

/* Prepares the reading of what the flow holds, without a packet: what is missing before it will not come. */
static __always_inline void stream__begin_flush(struct stream *stream, struct stream_flow *flow)
{
	__builtin_memset(stream, 0, sizeof(*stream));
	stream->is_flow = 1;
	flow->is_closed = 1;
}

/* All that the flow holds has been read: what is missing before its FIN will not come either. */
static __always_inline void stream__end_flush(struct stream *stream, struct stream_flow *flow)
{
	if (stream__misses_end(flow))
		stream__gap(stream, flow);
}

/* Finds a free place for the packet's payload: stream->place; STREAM_HELD_MAX: there is none. */
static __always_inline void stream__find_place(struct stream *stream, const struct stream_flow *flow)
{
	__u32 place = STREAM_HELD_MAX, i;

	SIP_UNROLL
	for (i = 0; i < STREAM_HELD_MAX; i++)
		if (!flow->held[i].ticket)
			place = i;
	stream->place = (__u8)place;
	SIP_STEP_ENDS();
}

/*
 * Finds, of what is at hand, that which comes first in the flow: stream->first, a place where it is held, or
 * STREAM_HELD_MAX for the packet; stream->ahead, how many bytes before it have not been read.
 */
static __always_inline void stream__find_first(struct stream *stream, const struct stream_flow *flow)
{
	__u32 first = STREAM_HELD_MAX, i;
	__s32 ahead;

	stream->ahead = stream->is_waiting ? (__s32)(stream->sequence - flow->next) : 0x7fffffff;
	SIP_UNROLL
	for (i = 0; i < STREAM_HELD_MAX; i++) {
		ahead = (__s32)(flow->held[i].sequence - flow->next);
		if (flow->held[i].ticket && ahead < stream->ahead) {
			stream->ahead = ahead;
			first = i;
		}
	}
	stream->first = (__u8)first;
	SIP_STEP_ENDS();
}

/* Whether a flow that has lost its place waits for what is missing: it has shown SIP, and not too long ago. */
static __always_inline int stream__waits_lost(const struct stream_flow *flow)
{
	return flow->had_message && flow->missed <= STREAM_MISSED_WAITS;
}

/* What comes first comes too early. Returns STREAM_READ when it is to be read all the same. */
static __always_inline enum stream_step stream__too_early(struct stream *stream, struct stream_flow *flow)
{
	__u32 ahead = (__u32)stream->ahead;

	if (flow->skip >= ahead) { /* no message can begin in what is missing */
		flow->skip -= ahead;
		return STREAM_READ;
	}
	if (flow->state == STREAM_LOST && !flow->has_begun && !stream__waits_lost(flow))
		return STREAM_READ;
	if (!stream->is_waiting && !flow->is_closed)
		return STREAM_ENDED;
	if (stream->is_waiting && stream__may_wait(stream, flow)) {
		stream__find_held(stream, flow);
		stream__find_place(stream, flow);
		if (stream->is_held || stream->place < STREAM_HELD_MAX) {
			stream->is_waiting = 0;
			stream__because(stream, stream->is_held ? SIPBPF_REASON_DUPLICATE : SIPBPF_REASON_EARLY);
			return stream->is_held ? STREAM_AGAIN : STREAM_HOLD;
		}
	}
	stream__gap(stream, flow);
	return STREAM_READ;
}

/* Makes what comes first the piece that is read. Returns how long it is. */
static __always_inline __u32 stream__take_piece(struct stream *stream, struct stream_flow *flow)
{
	struct stream_held *held = &flow->held[stream->first & (STREAM_HELD_MAX - 1)];

	if (stream->first < STREAM_HELD_MAX) {
		stream->source = held->ticket;
		stream->begin = SIP_LOOK_AHEAD;
		stream->missing = 0;
		held->ticket = 0;
		return held->length;
	}
	stream->source = 0;
	stream->begin = stream->packet_offset;
	stream->missing = stream->packet_missing;
	stream->is_waiting = 0;
	return stream->packet_end - stream->packet_offset;
}

/* Goes on with the next piece: STREAM_AGAIN when there is one. */
static __always_inline enum stream_step stream__next_piece(struct stream *stream, struct stream_flow *flow)
{
	enum stream_step step;
	__u32 length, skip = 0;

	stream__find_first(stream, flow);
	if (stream->first == STREAM_HELD_MAX && !stream->is_waiting)
		return STREAM_ENDED;
	if (stream->ahead > 0) {
		step = stream__too_early(stream, flow);
		if (step != STREAM_READ)
			return step;
		flow->next += (__u32)stream->ahead;
	} else {
		skip = (__u32)-stream->ahead;
	}
	SIP_STEP_ENDS();
	length = stream__take_piece(stream, flow);
	if (skip >= length + stream->missing) {
		if (!stream->source)
			stream__because(stream, SIPBPF_REASON_DUPLICATE);
		stream->missing = 0;
		stream->offset = stream->end = stream->piece_end = stream->begin;
		return STREAM_AGAIN;
	}
	flow->next += length + stream->missing - skip;
	flow->waiting = stream->now; /* what is held waits for something else from now on */
	if (flow->has_fin && (__s32)(flow->fin - flow->next) <= 0) {
		flow->is_closed |= flow->fin == flow->next;
		flow->has_fin = 0; /* false, if bytes follow it */
	}
	stream->end = stream->piece_end = stream->begin + length;
	stream->mask = 0;
	stream->frames = STREAM_FRAMES_MIN + length / STREAM_FRAME_BYTES;
	stream->is_probed = 0;
	stream->is_in_doubt = 0;
	stream->is_proxy_line = 0;
	if (skip > length) /* some of what is missing was read before */
		stream->missing -= skip - length;
	stream->begin += skip < length ? skip : length;
	stream->offset = stream->begin;
	stream->attempt = flow->state == STREAM_LOST && flow->has_begun ? STREAM_AFRESH : STREAM_WHOLE;
	return STREAM_AGAIN;
}

/* The bytes behind the piece were cut off by whoever captured it. */
static __always_inline void stream__miss(struct stream *stream, struct stream_flow *flow)
{
	if (flow->skip >= stream->missing)
		flow->skip -= stream->missing;
	else if (flow->state == STREAM_SYNCED || flow->has_begun)
		stream__gap(stream, flow);
	stream->missing = 0;
}

/* The caller holds a copy of the packet's payload under this ticket, which is not 0. */
static __always_inline void stream__held(const struct stream *stream, struct stream_flow *flow, __u32 ticket)
{
	struct stream_held *held = &flow->held[stream->place & (STREAM_HELD_MAX - 1)];

	if (!stream__is_holding(flow))
		flow->waiting = stream->now;
	held->sequence = stream->sequence;
	held->length = stream->packet_end - stream->packet_offset;
	held->ticket = ticket;
}

#endif
