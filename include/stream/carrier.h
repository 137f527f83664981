/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may lie between TCP and the messages: the frames of a WebSocket, masked or not, and the records of TLS. A frame's
 * payload is read as what a segment holds, part by part; a message ends with its last frame (RFC 7118 5). What nobody can
 * or need read is passed over.
 */
#ifndef STREAM_FRAME_H
#define STREAM_FRAME_H

#include "stream/http.h"
#include "stream/proxy.h"
#include "stream/flow.h"
#include "stream/tls.h"
#include "stream/websocket.h"

/*
 * Whether the piece may begin with a frame or record although the flow is not known to have any: nothing is known of it yet,
 * or not any more, or it begins with something else than expected.
 */
static __always_inline int stream__may_begin_frames(const struct stream *stream, const struct stream_flow *flow)
{
	return !stream->is_probed && flow->carrier == STREAM_BARE && stream->offset == stream->begin &&
	       (flow->state == STREAM_LOST || (flow->missed && !flow->has_begun) || stream->is_in_doubt);
}

/* How many bytes from the offset on the caller adds to what the flow has of a header: stream->head. */
static __always_inline __u32 stream__head_wanted(const struct stream *stream, const struct stream_flow *flow)
{
	__u32 left = stream->piece_end - stream->offset, wanted = 16 - (flow->head_length & 15);

	return left < wanted ? left : wanted;
}

/* The caller is to read on in a header. */
static __always_inline enum stream_step stream__ask_head(struct stream *stream, const struct stream_flow *flow)
{
	__builtin_memcpy(stream->head, flow->head, sizeof(flow->head));
	return STREAM_FRAME;
}

/* The header goes on in the next piece. */
static __always_inline void stream__keep_head(struct stream *stream, struct stream_flow *flow, __u32 available)
{
	__builtin_memcpy(flow->head, stream->head, sizeof(flow->head));
	flow->head_length = (__u8)available;
	stream->offset = stream->piece_end;
}

/* The header, of so many bytes, has been read. */
static __always_inline void stream__take_head(struct stream *stream, struct stream_flow *flow, __u32 size)
{
	stream->offset += size - flow->head_length;
	flow->head_length = 0;
	flow->head[0] = 0;
	flow->head[1] = 0;
}

/* The next bytes are passed over, for this reason. */
static __always_inline void stream__skip(struct stream *stream, struct stream_flow *flow, __u32 length, __u8 reason)
{
	flow->skip = length;
	flow->skips_as = reason;
	stream__because(stream, reason);
}

static __always_inline void stream__record(struct stream *stream, struct stream_flow *flow, __u64 word, __u32 available)
{
	__u32 kind = ((__u32)word & 0xff) - TLS_KIND_FIRST;

	if (available < TLS_HEADER_SIZE) {
		stream__because(stream, SIPBPF_REASON_ENCRYPTED);
		stream__keep_head(stream, flow, available);
		return;
	}
	if (!tls__is_record(word)) {
		stream__lose(stream, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	stream__take_head(stream, flow, TLS_HEADER_SIZE);
	stream->records[kind & (SIPBPF_TLS_RECORD_COUNT - 1)]++;
	stream__skip(stream, flow, tls__length(word), SIPBPF_REASON_ENCRYPTED);
}

/* A frame whose header has been read, of a message that is read or passed over. */
static __always_inline void stream__data_frame(struct stream *stream, struct stream_flow *flow,
					       const struct websocket_frame *frame)
{
	int is_continuation = frame->opcode == WEBSOCKET_CONTINUATION;

	if (is_continuation != flow->is_open) {
		stream__lose(stream, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (!is_continuation)
		flow->passes_as = frame->is_compressed ? SIPBPF_REASON_COMPRESSED : 0;
	flow->is_last = frame->is_final;
	flow->is_open = !frame->is_final;
	if (flow->passes_as) {
		stream__skip(stream, flow, frame->length, flow->passes_as);
		return;
	}
	flow->frame = frame->length;
	flow->mask = frame->mask;
	/* An empty frame has nothing to read, but ends a message. */
	stream->has_chunk = !frame->length && frame->is_final;
	stream->begin = stream->end = stream->offset;
	stream->ends_message = stream->has_chunk;
	stream->attempt = STREAM_WHOLE;
}

static __always_inline void stream__websocket(struct stream *stream, struct stream_flow *flow, __u64 low, __u64 high,
					      __u32 available)
{
	struct websocket_frame frame = { 0 };
	enum websocket_verdict verdict;

	/* The handshake goes on: the first one was refused, perhaps. No frame begins like that. */
	if (!flow->head_length && http__may_begin(low, available)) {
		stream__forget_carrier(flow);
		return;
	}
	verdict = websocket__header(low, high, available, &frame);
	if (verdict == WEBSOCKET_NONE) {
		stream__lose(stream, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (verdict == WEBSOCKET_CUT) {
		stream__because(stream, flow->is_open ? SIPBPF_REASON_CONTINUATION : SIPBPF_REASON_WEBSOCKET);
		stream__keep_head(stream, flow, available);
		return;
	}
	stream__take_head(stream, flow, frame.size);
	if (websocket__is_control(frame.opcode))
		stream__skip(stream, flow, frame.length, SIPBPF_REASON_WEBSOCKET);
	else
		stream__data_frame(stream, flow, &frame);
}

/* Whether the piece begins with the first byte of a connection that was seen to begin. */
static __always_inline int stream__begins_flow(const struct stream *stream, const struct stream_flow *flow)
{
	return flow->state == STREAM_SYNCED && stream->offset == stream->begin &&
	       flow->next - stream->missing - (stream->piece_end - stream->begin) == flow->first;
}

/* A header of the PROXY protocol ends there: what follows is read as if the connection began with it. */
static __always_inline void stream__behind_proxy(struct stream *stream, __u32 offset)
{
	stream__because(stream, SIPBPF_REASON_NOT_SIP);
	stream->offset = offset;
	stream->begin = offset;
	stream->is_probed = 0;
	stream->is_in_doubt = 0;
	stream->is_proxy_line = 0;
	stream->attempt = STREAM_WHOLE;
}

static __always_inline void stream__pass_proxy(struct stream *stream, struct stream_flow *flow, __u32 length)
{
	__u32 left = stream->piece_end - stream->offset, passed = length < left ? length : left;

	stream__forget_message(flow);
	flow->skip = length - passed;
	flow->skips_as = SIPBPF_REASON_NOT_SIP;
	stream__behind_proxy(stream, stream->offset + passed);
}

/* What carries the messages of a flow of which nothing is known, by the bytes that the piece begins with. */
static __always_inline __u8 stream__carrier_of(const struct stream_flow *flow, int has_sip_port, __u64 low, __u64 high,
					       __u32 available)
{
	if (tls__may_begin(low) && available >= TLS_HEADER_SIZE && (has_sip_port || flow->had_message))
		return tls__is_record(low) ? STREAM_TLS : STREAM_BARE;
	return websocket__begins(low, high, available) ? STREAM_WEBSOCKET : STREAM_BARE;
}

/*
 * The caller has put so many bytes, as stream__head_wanted() says, into stream->head behind those of the flow's. A port of SIP
 * is one that belongs to it, as 5061 does (RFC 3261 19.1.2).
 */
static __always_inline void stream__framed(struct stream *stream, struct stream_flow *flow, int has_sip_port,
					   __u32 loaded)
{
	__u64 low = WORDS_LITTLE(words__load8(stream->head)), high = WORDS_LITTLE(words__load8(stream->head + 8));
	__u32 available = flow->head_length + loaded;

	stream->is_probed = 1;
	if (stream__begins_flow(stream, flow)) {
		stream->is_proxy_line = proxy__may_be_line(low, high, available);
		if (available == PROXY_HEADER_SIZE && proxy__is_header(low, high)) {
			stream__pass_proxy(stream, flow, PROXY_HEADER_SIZE + proxy__length(high));
			return;
		}
	}
	if (flow->carrier == STREAM_BARE) {
		flow->carrier = stream__carrier_of(flow, has_sip_port, low, high, available);
		if (flow->carrier == STREAM_BARE)
			return;
		stream__forget_message(flow);
		flow->state = STREAM_SYNCED;
	}
	if (!stream->frames) {
		stream__because(stream, SIPBPF_REASON_GAP);
		stream__lose_piece(stream, flow);
		return;
	}
	stream->frames--;
	if (flow->carrier == STREAM_TLS)
		stream__record(stream, flow, low, available);
	else
		stream__websocket(stream, flow, low, high, available);
}

/* The part of the frame's payload that the piece holds is read next. */
static __always_inline void stream__next_chunk(struct stream *stream, struct stream_flow *flow)
{
	__u32 left = stream->piece_end - stream->offset, length = left < flow->frame ? left : flow->frame;

	flow->frame -= length;
	stream->begin = stream->offset;
	stream->end = stream->offset + length;
	stream->mask = flow->mask;
	flow->mask = websocket__turn(flow->mask, length);
	stream->has_chunk = 1;
	stream->ends_message = flow->is_last && !flow->frame;
	stream->attempt = STREAM_WHOLE;
}

/* What is left of the message is passed over, for this reason. */
static __always_inline void stream__pass_message(struct stream *stream, struct stream_flow *flow, __u8 reason)
{
	__u32 left = stream->end - stream->offset + flow->frame;

	stream__forget_message(flow);
	flow->skip = left;
	flow->skips_as = reason;
	flow->passes_as = flow->is_last ? 0 : reason;
	flow->frame = 0;
	stream__drop_chunk(stream);
	stream->end = stream->piece_end;
}

/* The head of an HTTP message has been read. If it opens a WebSocket for SIP, that begins behind it (RFC 6455 4). */
static __always_inline void stream__open_websocket(struct stream *stream, struct stream_flow *flow,
						   const struct sip_scan *scan)
{
	if (!scan->offers_sip) {
		stream__lose(stream, flow, SIPBPF_REASON_NOT_SIP);
		return;
	}
	stream__because(stream, SIPBPF_REASON_WEBSOCKET);
	stream__forget_message(flow);
	stream__forget_carrier(flow);
	flow->carrier = STREAM_WEBSOCKET;
	flow->is_websocket = 1;
	flow->state = STREAM_SYNCED;
	flow->missed = 0;
	flow->is_wary = STREAM_NOT_WARY;
	stream->attempt = STREAM_WHOLE;
	stream->offset = scan->offset;
}

#endif
