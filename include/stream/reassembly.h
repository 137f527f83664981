/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces of a flow in order: the packet's payload, and held payloads that arrived early. What was read
 * before is skipped. What is missing is waited for, or given up. The includer has defined __u8 to __u64, __s32 and
 * __always_inline.
 * Tested by tests/unit/stream/test_streams.c.
 */
#ifndef REASSEMBLY_H
#define REASSEMBLY_H

#include "stream/flow.h"

/*
 * Begins the flow with this packet. If another connection between the same ends left a message unfinished, that message
 * is lost, unless the connection was closed: then its sender left it unfinished.
 */
static __always_inline void reassembly__restart_flow(struct framing *framing, struct flow *flow, __u8 state)
{
	int is_unfinished = flow->has_partial_message && !flow->is_closed;

	if (flow__expects_message(flow) && (is_unfinished || flow__has_held(flow) || flow__misses_end(flow)))
		framing->gaps++;
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->held_places = 0;
	flow->was_websocket = 0;
	flow->state = state;
	flow->next = framing->sequence;
	flow->first = framing->sequence;
	flow->is_closed = 0;
	flow->has_fin = 0;
	flow->wariness = state == FLOW_SYNCED ? FLOW_WARINESS_NONE : FLOW_WARINESS_BODY;
	flow->searched = FLOW_SEARCH_MAX;
}

/* Whether the packet's payload may wait for those before it. A capture's clock may go back a little. */
static __always_inline int reassembly__may_wait(const struct framing *framing, const struct flow *flow)
{
	if (flow__has_held(flow) && (__s32)(framing->now - flow->waiting_since) > FLOW_HELD_MILLISECONDS)
		return 0;
	return framing->packet_end - framing->packet_offset <= FLOW_HELD_SIZE && !framing->packet_missing &&
	       !flow->is_closed;
}

/* Sets framing->is_held: whether the packet's payload is held already, or is within a held payload. */
static __always_inline void reassembly__check_held(struct framing *framing, const struct flow *flow)
{
	__u32 length = framing->packet_end - framing->packet_offset, i, at;
	__u8 is_held = 0;

	SIP_UNROLL
	for (i = 0; i < FLOW_HELD_MAX; i++) {
		at = framing->sequence - flow->held[i].sequence;
		if (flow__has_held_at(flow, i) && at < FLOW_HELD_SIZE && at + length <= flow->held[i].length)
			is_held = 1;
	}
	framing->is_held = is_held;
	SIP_STEP_ENDS();
}

/* Marks where the flow ends. What is missing before that may still come, and a false end changes nothing. */
static __always_inline void reassembly__mark_end(struct flow *flow, __u32 end)
{
	flow->has_fin = (__s32)(end - flow->next) > 0 && !flow->is_closed;
	flow->fin = end;
}

/* Takes a FIN without payload. Returns whether there is nothing to wait for. */
static __always_inline int reassembly__fin_closes(const struct framing *framing, struct flow *flow, __u32 fin)
{
	int is_ahead = (__s32)(fin - flow->next) > 0;

	if (is_ahead && flow->has_fin && flow->fin == fin)
		return 0; /* the same FIN once more */
	reassembly__mark_end(flow, fin);
	return !is_ahead || flow__has_held(flow) || !reassembly__may_wait(framing, flow);
}

/*
 * Whether the packet's flags close the flow, so that there is nothing more to wait for. A FIN with payload that has
 * overtaken just one segment waits for it: the sender sends that one again before the connection ends.
 */
static __always_inline int reassembly__closes_flow(struct framing *framing, struct flow *flow, __u32 flags)
{
	if (flags & PACKET_TCP_RST) {
		if (!framing->is_pending && !flow->has_fin)
			reassembly__mark_end(flow, framing->sequence + framing->packet_missing);
		return 1;
	}
	if (!(flags & PACKET_TCP_FIN))
		return 0;
	if (!framing->is_pending) /* the FIN follows what the capture has cut off */
		return reassembly__fin_closes(framing, flow, framing->sequence + framing->packet_missing);
	if ((__s32)(framing->sequence - flow->next) <= 0 || !reassembly__may_wait(framing, flow))
		return 1;
	reassembly__check_held(framing, flow);
	return flow__has_held(flow) && !framing->is_held;
}

/* Whether a SYN is the SYN that the flow began with. It may arrive late. */
static __always_inline int reassembly__is_repeated_syn(const struct framing *framing, const struct flow *flow)
{
	return !framing->is_new && !flow->is_closed && !flow->has_fin && framing->sequence == flow->first &&
	       flow->next - flow->first <= FLOW_SYN_REPEAT_MAX;
}

/* Accepts a packet of the flow. */
static __always_inline void reassembly__accept_packet(struct framing *framing, struct flow *flow,
						      const struct packet *packet)
{
	__s32 ahead;

	framing->sequence = packet->sequence;
	framing->is_pending = framing->packet_end > framing->packet_offset;
	framing->is_new = flow->state == FLOW_FREE;
	if (packet->flags & PACKET_TCP_SYN) {
		framing->sequence++;
		/* A repeated SYN changes nothing. What it carries is a segment like any other. */
		if (!reassembly__is_repeated_syn(framing, flow))
			reassembly__restart_flow(framing, flow, FLOW_SYNCED);
	}
	ahead = (__s32)(framing->sequence - flow->next);
	if (flow->state == FLOW_FREE || ahead > FLOW_DISTANCE_MAX || ahead < -FLOW_DISTANCE_MAX)
		reassembly__restart_flow(framing, flow, FLOW_LOST);
	if (reassembly__closes_flow(framing, flow, packet->flags))
		flow->is_closed = 1;
	/* Of a segment in fragments only the first is read. At least a byte follows it. */
	if (packet->fragment.is_fragment && !flow->has_fin)
		reassembly__mark_end(flow, framing->sequence + framing->packet_end - framing->packet_offset + 1);
}

/* Sets framing->free_place to a free place for the packet's payload, or to FLOW_HELD_MAX. */
static __always_inline void reassembly__find_free_place(struct framing *framing, const struct flow *flow)
{
	__u32 place = FLOW_HELD_MAX, i;

	SIP_UNROLL
	for (i = 0; i < FLOW_HELD_MAX; i++)
		if (!flow__has_held_at(flow, i))
			place = i;
	framing->free_place = (__u8)place;
	SIP_STEP_ENDS();
}

/*
 * Finds what comes first in the flow, of the packet's payload and of those that are held. Sets framing->first to its
 * place in flow->held, or to FLOW_HELD_MAX for the packet, and framing->ahead to the number of bytes that are missing
 * before it.
 */
static __always_inline void reassembly__find_first(struct framing *framing, const struct flow *flow)
{
	__u32 first = FLOW_HELD_MAX, i;
	__s32 ahead;

	framing->ahead = framing->is_pending ? (__s32)(framing->sequence - flow->next) : 0x7fffffff;
	framing->first = FLOW_HELD_MAX;
	if (!flow__has_held(flow))
		return;
	SIP_UNROLL
	for (i = 0; i < FLOW_HELD_MAX; i++) {
		ahead = (__s32)(flow->held[i].sequence - flow->next);
		if (flow__has_held_at(flow, i) && ahead < framing->ahead) {
			framing->ahead = ahead;
			first = i;
		}
	}
	framing->first = (__u8)first;
	SIP_STEP_ENDS();
}

/* Whether a flow that has lost its place waits for what is missing: it has shown SIP, and that is not too long ago. */
static __always_inline int reassembly__waits_when_lost(const struct flow *flow)
{
	return flow->had_message && flow->searched <= FLOW_SEARCH_WAIT_MAX;
}

/* Decides what to do when the first payload is early. Returns FRAMING_READ if it is to be read all the same. */
static __always_inline enum framing_step reassembly__handle_early(struct framing *framing, struct flow *flow)
{
	__u32 ahead = (__u32)framing->ahead;

	if (flow->skip >= ahead) { /* no message can begin in what is missing */
		flow->skip -= ahead;
		return FRAMING_READ;
	}
	if (flow__is_searched(flow))
		flow__forget_message(flow);
	if (flow->state == FLOW_LOST && !flow->has_partial_message && !reassembly__waits_when_lost(flow))
		return FRAMING_READ;
	if (!framing->is_pending && !flow->is_closed)
		return FRAMING_ENDED;
	if (framing->is_pending && reassembly__may_wait(framing, flow)) {
		reassembly__check_held(framing, flow);
		reassembly__find_free_place(framing, flow);
		if (framing->is_held || framing->free_place < FLOW_HELD_MAX) {
			framing->is_pending = 0;
			framing__set_reason(framing, framing->is_held ? SIPBPF_REASON_DUPLICATE : SIPBPF_REASON_EARLY);
			return framing->is_held ? FRAMING_AGAIN : FRAMING_HOLD;
		}
	}
	if (flow->carrier == FLOW_FRAGMENTS) { /* what follows a hole is of no use: the message cannot be completed */
		framing->is_pending = 0;
		return FRAMING_AGAIN;
	}
	framing__record_gap(framing, flow);
	return FRAMING_READ;
}

/* Makes what comes first the piece that is read. Returns its length. */
static __always_inline __u32 reassembly__take_first(struct framing *framing, struct flow *flow)
{
	__u32 place = framing->first & (FLOW_HELD_MAX - 1);
	struct flow_held *held = &flow->held[place];

	if (framing->first < FLOW_HELD_MAX) {
		framing->ticket = held->ticket;
		framing->begin = SIP_LOOK_AHEAD;
		framing->missing = 0;
		flow->held_places &= (__u16) ~(1U << place);
		return held->length;
	}
	framing->ticket = 0;
	framing->begin = framing->packet_offset;
	framing->missing = framing->packet_missing;
	framing->is_pending = 0;
	return framing->packet_end - framing->packet_offset;
}

/*
 * Takes a packet that contains nothing behind flow->next. If it begins before the flow did, it has never been read: the
 * flow was joined in the middle, or its SYN was a false one. That is told once for all such packets that follow it. A
 * byte before the first one is a keep-alive probe (RFC 9293 3.8.4).
 */
static __always_inline void reassembly__take_duplicate(struct framing *framing, struct flow *flow)
{
	framing__set_reason(framing, SIPBPF_REASON_DUPLICATE);
	if ((__s32)(framing->sequence - flow->first) >= 0 || framing->packet_end - framing->packet_offset <= 1)
		return;
	flow->first = framing->sequence;
	framing->gaps++;
}

/* Moves on to the next piece. Returns FRAMING_AGAIN when there is one. */
static __always_inline enum framing_step reassembly__next(struct framing *framing, struct flow *flow)
{
	enum framing_step step;
	__u32 length, skip = 0;

	reassembly__find_first(framing, flow);
	if (framing->first == FLOW_HELD_MAX && !framing->is_pending)
		return FRAMING_ENDED;
	if (framing->ahead > 0) {
		step = reassembly__handle_early(framing, flow);
		if (step != FRAMING_READ)
			return step;
		flow->next += (__u32)framing->ahead;
	} else {
		skip = (__u32)-framing->ahead;
	}
	SIP_STEP_ENDS();
	length = reassembly__take_first(framing, flow);
	if (skip >= length + framing->missing) {
		if (!framing->ticket)
			reassembly__take_duplicate(framing, flow);
		framing->missing = 0;
		framing->offset = framing->end = framing->piece_end = framing->begin;
		return FRAMING_AGAIN;
	}
	flow->next += length + framing->missing - skip;
	flow->waiting_since = framing->now; /* what is held waits for something else from now on */
	if (flow->has_fin && (__s32)(flow->fin - flow->next) <= 0) {
		flow->is_closed |= flow->fin == flow->next;
		flow->has_fin = 0; /* a FIN is false if bytes follow it */
	}
	framing->end = framing->piece_end = framing->begin + length;
	framing->mask = 0;
	framing->effort_left = framing__effort(length);
	framing->is_probed = 0;
	framing->is_no_message = 0;
	framing->is_proxy_line = 0;
	framing->is_search = 0;
	if (skip > length) /* some of what is missing was read before */
		framing->missing -= skip - length;
	framing->begin += skip < length ? skip : length;
	framing->offset = framing->begin;
	framing->is_afresh = flow->state == FLOW_LOST && flow->has_partial_message;
	return FRAMING_AGAIN;
}

/* Skips the bytes after the piece that the capture has cut off. */
static __always_inline void reassembly__skip_missing(struct framing *framing, struct flow *flow)
{
	if (flow->skip >= framing->missing)
		flow->skip -= framing->missing;
	else if (flow__expects_message(flow) || (flow->has_partial_message && !flow__is_searched(flow)))
		framing__record_gap(framing, flow);
	else
		flow__forget_message(flow);
	framing->missing = 0;
}

/* Notes that the caller holds a copy of the packet's payload, under this ticket, since framing->now. */
static __always_inline void reassembly__note_held(const struct framing *framing, struct flow *flow, __u32 ticket)
{
	__u32 place = framing->free_place & (FLOW_HELD_MAX - 1);
	struct flow_held *held = &flow->held[place];

	if (!flow__has_held(flow))
		flow->waiting_since = framing->now;
	flow->held_places |= (__u16)(1U << place);
	held->sequence = framing->sequence;
	held->length = framing->packet_end - framing->packet_offset;
	held->ticket = ticket;
}

#endif
