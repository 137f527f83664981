/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be between TCP and the messages: the frames of a WebSocket, masked or not, and the records of TLS. A
 * frame's payload is read part by part, as a segment is. A message ends with its last frame (RFC 7118 5). What cannot
 * or need not be read is skipped. The includer has defined __u8 to __u64, __s32 and __always_inline.
 * Tested by tests/unit/stream/test_carriers.c.
 */
#ifndef CARRIER_H
#define CARRIER_H

#include "stream/http.h"
#include "stream/proxy.h"
#include "stream/flow.h"
#include "stream/tls.h"
#include "stream/websocket.h"

_Static_assert(FLOW_HEAD_SIZE >= WEBSOCKET_HEADER_MAX && FLOW_HEAD_SIZE >= TLS_HEADER_SIZE &&
		       FLOW_HEAD_SIZE >= PROXY_HEADER_SIZE,
	       "every header is kept whole");

/*
 * Whether the piece may begin with a frame or record although the flow is not known to carry any. That is so if the
 * flow is unknown, has lost its place, or does not begin a message where one must begin.
 */
static __always_inline int carrier__may_begin(const struct framing *framing, const struct flow *flow)
{
	return !(framing->is_probed | framing->is_search) && flow->carrier == FLOW_BARE &&
	       framing->offset == framing->begin &&
	       (flow->state == FLOW_LOST || (flow->searched && !flow->has_partial_message) || framing->is_no_message);
}

/* Returns how many bytes, from framing->offset on, the caller adds to those of the header that the flow already has. */
static __always_inline __u32 carrier__head_wanted(const struct framing *framing, const struct flow *flow)
{
	__u32 left = framing->piece_end - framing->offset,
	      wanted = FLOW_HEAD_SIZE - (flow->head_length & (FLOW_HEAD_SIZE - 1));

	return left < wanted ? left : wanted;
}

/* Asks the caller to load more of a header into framing->head. */
static __always_inline enum framing_step carrier__ask_head(struct framing *framing, const struct flow *flow)
{
	__builtin_memcpy(framing->head, flow->head, sizeof(flow->head));
	return FRAMING_LOAD_HEAD;
}

/* Keeps a header that continues in the next piece. */
static __always_inline void carrier__keep_head(struct framing *framing, struct flow *flow, __u32 available)
{
	__builtin_memcpy(flow->head, framing->head, sizeof(flow->head));
	flow->head_length = (__u8)available;
	framing->offset = framing->piece_end;
}

/* Moves on past a header of this size, which has been read. */
static __always_inline void carrier__consume_head(struct framing *framing, struct flow *flow, __u32 size)
{
	framing->offset += size - flow->head_length;
	flow->head_length = 0;
	flow->head[0] = 0;
	flow->head[1] = 0;
}

/* Skips the next bytes, for this reason. */
static __always_inline void carrier__skip(struct framing *framing, struct flow *flow, __u32 length, __u8 reason)
{
	flow->skip = length;
	flow->skip_reason = reason;
	framing__set_reason(framing, reason);
}

static __always_inline void carrier__read_record(struct framing *framing, struct flow *flow, __u64 word,
						 __u32 available)
{
	__u32 kind = ((__u32)word & 0xff) - TLS_KIND_FIRST;

	if (available < TLS_HEADER_SIZE) {
		framing__set_reason(framing, SIPBPF_REASON_ENCRYPTED);
		carrier__keep_head(framing, flow, available);
		return;
	}
	if (!tls__is_record(word)) {
		framing__lose_place(framing, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	carrier__consume_head(framing, flow, TLS_HEADER_SIZE);
	framing->records[kind & (SIPBPF_TLS_RECORD_COUNT - 1)]++;
	carrier__skip(framing, flow, tls__length(word), SIPBPF_REASON_ENCRYPTED);
}

/* Begins a data frame whose header has been read. Its message is read or skipped. */
static __always_inline void carrier__begin_frame(struct framing *framing, struct flow *flow,
						 const struct websocket_frame *frame)
{
	int is_continuation = frame->opcode == WEBSOCKET_CONTINUATION;

	if (is_continuation != flow->message_is_open) {
		framing__lose_place(framing, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (!is_continuation)
		flow->rest_reason = frame->is_compressed ? SIPBPF_REASON_COMPRESSED : 0;
	flow->frame_is_last = frame->is_final;
	flow->message_is_open = !frame->is_final;
	if (flow->rest_reason) {
		carrier__skip(framing, flow, frame->length, flow->rest_reason);
		return;
	}
	flow->frame_left = frame->length;
	flow->mask = frame->mask;
	/* An empty frame has nothing to read, but may end a message. */
	framing->has_part = !frame->length && frame->is_final;
	framing->begin = framing->end = framing->offset;
	framing->ends_message = framing->has_part;
	framing->is_afresh = 0;
}

static __always_inline void carrier__read_frame(struct framing *framing, struct flow *flow, __u64 low, __u64 high,
						__u32 available)
{
	struct websocket_frame frame = { 0 };
	enum websocket_verdict verdict;

	/* The handshake continues; the first request may have been refused. No frame begins like that. */
	if (!flow->head_length && http__may_begin(low, available)) {
		flow__forget_carrier(flow);
		return;
	}
	verdict = websocket__read_header(low, high, available, &frame);
	if (verdict == WEBSOCKET_NO_FRAME) {
		framing__lose_place(framing, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (verdict == WEBSOCKET_CUT) {
		framing__set_reason(framing,
				    flow->message_is_open ? SIPBPF_REASON_CONTINUATION : SIPBPF_REASON_WEBSOCKET);
		carrier__keep_head(framing, flow, available);
		return;
	}
	carrier__consume_head(framing, flow, frame.size);
	if (websocket__is_control(frame.opcode))
		carrier__skip(framing, flow, frame.length, SIPBPF_REASON_WEBSOCKET);
	else
		carrier__begin_frame(framing, flow, &frame);
}

/* Whether the piece begins with the first byte of a connection whose beginning was seen. */
static __always_inline int reassembly__begins_flow(const struct framing *framing, const struct flow *flow)
{
	return flow->state == FLOW_SYNCED && framing->offset == framing->begin &&
	       flow->next - framing->missing - (framing->piece_end - framing->begin) == flow->first;
}

/* Whether a header of the PROXY protocol may begin with the piece, or part of one has arrived. */
static __always_inline int carrier__begins_proxy(const struct framing *framing, const struct flow *flow)
{
	return reassembly__begins_flow(framing, flow) || (flow->carrier == FLOW_BARE && flow->head_length);
}

/* Ends a header of the PROXY protocol at this offset. What follows is read as if the connection began there. */
static __always_inline void carrier__begin_behind_proxy(struct framing *framing, __u32 offset)
{
	framing__set_reason(framing, SIPBPF_REASON_NOT_SIP);
	framing->offset = offset;
	framing->begin = offset;
	framing->is_probed = 0;
	framing->is_no_message = 0;
	framing->is_proxy_line = 0;
	framing->is_afresh = 0;
}

/* Skips the header of version 2 whose first sixteen bytes are these, or keeps what has arrived of them. */
static __always_inline void carrier__skip_proxy(struct framing *framing, struct flow *flow, __u64 high, __u32 available)
{
	__u32 length = PROXY_HEADER_SIZE + proxy__length(high) - flow->head_length;
	__u32 left = framing->piece_end - framing->offset, passed = length < left ? length : left;

	flow__forget_message(flow);
	if (available < PROXY_HEADER_SIZE) {
		framing__set_reason(framing, SIPBPF_REASON_NOT_SIP);
		carrier__keep_head(framing, flow, available);
		return;
	}
	flow->head_length = 0;
	flow->skip = length - passed;
	flow->skip_reason = SIPBPF_REASON_NOT_SIP;
	carrier__begin_behind_proxy(framing, framing->offset + passed);
}

/* Tells what carries the messages of an unknown flow, by the first bytes of the piece. */
static __always_inline __u8 carrier__detect(const struct flow *flow, int has_sip_port, __u64 low, __u64 high,
					    __u32 available)
{
	if (tls__may_begin(low) && available >= TLS_HEADER_SIZE && (has_sip_port || flow->had_message))
		return tls__is_record(low) ? FLOW_TLS : FLOW_BARE;
	return websocket__begins_connection(low, high, available) ? FLOW_WEBSOCKET : FLOW_BARE;
}

/*
 * Takes the bytes that the caller has loaded, as many as carrier__head_wanted() returns, into framing->head after those
 * that the flow already has. A SIP port is one that belongs to SIP, as 5061 does (RFC 3261 19.1.2).
 */
static __always_inline void carrier__take_head(struct framing *framing, struct flow *flow, int has_sip_port,
					       __u32 loaded)
{
	__u64 low = WORDS_LITTLE(words__load8(framing->head)), high = WORDS_LITTLE(words__load8(framing->head + 8));
	__u32 available = flow->head_length + loaded;

	framing->is_probed = 1;
	if (carrier__begins_proxy(framing, flow)) {
		framing->is_proxy_line = proxy__may_be_line(low, high, available);
		if (proxy__may_be_header(low, high, available)) {
			carrier__skip_proxy(framing, flow, high, available);
			return;
		}
	}
	if (flow->carrier == FLOW_BARE && flow->head_length) { /* which was no part of such a header */
		framing__lose_place(framing, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (flow->carrier == FLOW_BARE) {
		flow->carrier = carrier__detect(flow, has_sip_port, low, high, available);
		if (flow->carrier == FLOW_BARE) {
			if (framing->is_no_message)
				framing__lose_message(framing, flow, SIPBPF_REASON_NOT_SIP);
			return;
		}
		flow__forget_message(flow);
		flow->state = FLOW_SYNCED;
	}
	framing->effort_left -= FRAMING_EFFORT_OF_FRAME;
	if (framing->effort_left < 0) {
		framing__set_reason(framing, SIPBPF_REASON_TOO_COMPLEX);
		framing__lose_piece(framing, flow);
		return;
	}
	if (flow->carrier == FLOW_TLS)
		carrier__read_record(framing, flow, low, available);
	else
		carrier__read_frame(framing, flow, low, high, available);
}

/* Makes the part of the frame's payload that the piece holds the next to read. */
static __always_inline void carrier__next_part(struct framing *framing, struct flow *flow)
{
	__u32 left = framing->piece_end - framing->offset, length = left < flow->frame_left ? left : flow->frame_left;

	flow->frame_left -= length;
	framing->begin = framing->offset;
	framing->end = framing->offset + length;
	framing->mask = flow->mask;
	flow->mask = websocket__rotate_mask(flow->mask, length);
	framing->has_part = 1;
	framing->ends_message = flow->frame_is_last && !flow->frame_left;
	framing->is_afresh = 0;
}

/* Skips the rest of the message, for this reason. */
static __always_inline void carrier__skip_message(struct framing *framing, struct flow *flow, __u8 reason)
{
	__u32 left = framing->end - framing->offset + flow->frame_left;

	flow__forget_message(flow);
	flow->skip = left;
	flow->skip_reason = reason;
	flow->rest_reason = flow->frame_is_last ? 0 : reason;
	flow->frame_left = 0;
	framing__drop_part(framing);
	framing->end = framing->piece_end;
}

/*
 * Takes the head of an HTTP message, which has been read. If it opens a WebSocket for SIP, the WebSocket begins after
 * it (RFC 6455 4).
 */
static __always_inline void carrier__open_websocket(struct framing *framing, struct flow *flow,
						    const struct sip_scan *scan)
{
	if (!scan->offers_sip) {
		framing->offset = scan->offset;
		framing__lose_place(framing, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	framing__set_reason(framing, SIPBPF_REASON_WEBSOCKET);
	flow__forget_message(flow);
	flow__forget_carrier(flow);
	flow->carrier = FLOW_WEBSOCKET;
	flow->was_websocket = 1;
	flow->state = FLOW_SYNCED;
	flow->searched = 0;
	flow->wariness = FLOW_WARINESS_NONE;
	framing->is_afresh = 0;
	framing->offset = scan->offset;
}

#endif
