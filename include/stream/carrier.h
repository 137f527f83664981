/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may lie between TCP and the messages: the frames of a WebSocket, masked or not, and the records of TLS. A frame's
 * payload is read as what a segment holds, part by part; a message ends with its last frame (RFC 7118 5). What nobody can
 * or need read is passed over.
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
 * Whether the piece may begin with a frame or record although the flow is not known to have any: nothing is known of it yet,
 * or not any more, or it begins with something else than expected.
 */
static __always_inline int carrier__may_begin(const struct framing *framing, const struct flow *flow)
{
	return !framing->is_probed && flow->carrier == FLOW_BARE && framing->offset == framing->begin &&
	       (flow->state == FLOW_LOST || (flow->searched && !flow->has_partial_message) || framing->is_no_message);
}

/* How many bytes from the offset on the caller adds to what the flow has of a header: framing->head. */
static __always_inline __u32 carrier__head_wanted(const struct framing *framing, const struct flow *flow)
{
	__u32 left = framing->piece_end - framing->offset,
	      wanted = FLOW_HEAD_SIZE - (flow->head_length & (FLOW_HEAD_SIZE - 1));

	return left < wanted ? left : wanted;
}

/* The caller is to read on in a header. */
static __always_inline enum framing_step carrier__ask_head(struct framing *framing, const struct flow *flow)
{
	__builtin_memcpy(framing->head, flow->head, sizeof(flow->head));
	return FRAMING_LOAD_HEAD;
}

/* The header goes on in the next piece. */
static __always_inline void carrier__keep_head(struct framing *framing, struct flow *flow, __u32 available)
{
	__builtin_memcpy(flow->head, framing->head, sizeof(flow->head));
	flow->head_length = (__u8)available;
	framing->offset = framing->piece_end;
}

/* The header, of so many bytes, has been read. */
static __always_inline void carrier__consume_head(struct framing *framing, struct flow *flow, __u32 size)
{
	framing->offset += size - flow->head_length;
	flow->head_length = 0;
	flow->head[0] = 0;
	flow->head[1] = 0;
}

/* The next bytes are passed over, for this reason. */
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

/* A frame whose header has been read, of a message that is read or passed over. */
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
	/* An empty frame has nothing to read, but ends a message. */
	framing->has_part = !frame->length && frame->is_final;
	framing->begin = framing->end = framing->offset;
	framing->ends_message = framing->has_part;
	framing->attempt = FRAMING_WHOLE;
}

static __always_inline void carrier__read_frame(struct framing *framing, struct flow *flow, __u64 low, __u64 high,
						__u32 available)
{
	struct websocket_frame frame = { 0 };
	enum websocket_verdict verdict;

	/* The handshake goes on: the first one was refused, perhaps. No frame begins like that. */
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

/* Whether the piece begins with the first byte of a connection that was seen to begin. */
static __always_inline int piece__begins_flow(const struct framing *framing, const struct flow *flow)
{
	return flow->state == FLOW_SYNCED && framing->offset == framing->begin &&
	       flow->next - framing->missing - (framing->piece_end - framing->begin) == flow->first;
}

/* A header of the PROXY protocol ends there: what follows is read as if the connection began with it. */
static __always_inline void carrier__begin_behind_proxy(struct framing *framing, __u32 offset)
{
	framing__set_reason(framing, SIPBPF_REASON_NOT_SIP);
	framing->offset = offset;
	framing->begin = offset;
	framing->is_probed = 0;
	framing->is_no_message = 0;
	framing->is_proxy_line = 0;
	framing->attempt = FRAMING_WHOLE;
}

static __always_inline void carrier__skip_proxy(struct framing *framing, struct flow *flow, __u32 length)
{
	__u32 left = framing->piece_end - framing->offset, passed = length < left ? length : left;

	flow__forget_message(flow);
	flow->skip = length - passed;
	flow->skip_reason = SIPBPF_REASON_NOT_SIP;
	carrier__begin_behind_proxy(framing, framing->offset + passed);
}

/* What carries the messages of a flow of which nothing is known, by the bytes that the piece begins with. */
static __always_inline __u8 carrier__detect(const struct flow *flow, int has_sip_port, __u64 low, __u64 high,
					    __u32 available)
{
	if (tls__may_begin(low) && available >= TLS_HEADER_SIZE && (has_sip_port || flow->had_message))
		return tls__is_record(low) ? FLOW_TLS : FLOW_BARE;
	return websocket__begins_connection(low, high, available) ? FLOW_WEBSOCKET : FLOW_BARE;
}

/*
 * The caller has put so many bytes, as carrier__head_wanted() says, into framing->head behind those of the flow's. A port of SIP
 * is one that belongs to it, as 5061 does (RFC 3261 19.1.2).
 */
static __always_inline void carrier__take_head(struct framing *framing, struct flow *flow, int has_sip_port,
					       __u32 loaded)
{
	__u64 low = WORDS_LITTLE(words__load8(framing->head)), high = WORDS_LITTLE(words__load8(framing->head + 8));
	__u32 available = flow->head_length + loaded;

	framing->is_probed = 1;
	if (piece__begins_flow(framing, flow)) {
		framing->is_proxy_line = proxy__may_be_line(low, high, available);
		if (available == PROXY_HEADER_SIZE && proxy__is_header(low, high)) {
			carrier__skip_proxy(framing, flow, PROXY_HEADER_SIZE + proxy__length(high));
			return;
		}
	}
	if (flow->carrier == FLOW_BARE) {
		flow->carrier = carrier__detect(flow, has_sip_port, low, high, available);
		if (flow->carrier == FLOW_BARE)
			return;
		flow__forget_message(flow);
		flow->state = FLOW_SYNCED;
	}
	if (!framing->frames_left) {
		framing__set_reason(framing, SIPBPF_REASON_GAP);
		framing__lose_piece(framing, flow);
		return;
	}
	framing->frames_left--;
	if (flow->carrier == FLOW_TLS)
		carrier__read_record(framing, flow, low, available);
	else
		carrier__read_frame(framing, flow, low, high, available);
}

/* The part of the frame's payload that the piece holds is read next. */
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
	framing->attempt = FRAMING_WHOLE;
}

/* What is left of the message is passed over, for this reason. */
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

/* The head of an HTTP message has been read. If it opens a WebSocket for SIP, that begins behind it (RFC 6455 4). */
static __always_inline void carrier__open_websocket(struct framing *framing, struct flow *flow,
						    const struct sip_scan *scan)
{
	if (!scan->offers_sip) {
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
	framing->attempt = FRAMING_WHOLE;
	framing->offset = scan->offset;
}

#endif
