/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: which bytes of a payload are messages? A datagram is one message. Over TCP a message ends where its
 * Content-Length says (RFC 3261 18.3), wherever the segments end, and each byte of a flow is read once; over SCTP it ends with
 * its last fragment. docs/STREAMS.md has the states and the bounds.
 *
 * The caller repeats stream__next() and does what it says:
 *
 *	STREAM_READ   reads the message that *scan is prepared for, then asks stream__take() what to do with it
 *	STREAM_FRAME  puts stream__head_wanted() bytes, from stream->offset on, into stream->head behind those that the flow
 *	              has (flow->head_length), then tells stream__framed()
 *	STREAM_HOLD   keeps a copy of the packet's payload for later, then tells stream__held()
 *	STREAM_AGAIN  nothing
 *	STREAM_ENDED  stops: the packet has been read
 *
 * The includer has defined __u8 to __u64, __s32 and __always_inline.
 */
#ifndef STREAM_H
#define STREAM_H

/*
 * The machine: docs/STREAMS.md has the same picture, and says what each step means.
 *
 *                         SYN: the flow begins behind it
 *    +-------------+                                    +---------------+
 *    | STREAM_FREE | ---------------------------------> | STREAM_SYNCED | <---+  the next message, frame or record;
 *    |   no flow   |                                    |    in step    | ----+  SYN of a new connection
 *    +-------------+                                    +---------------+
 *       |       ^                                          |         ^
 *       |       |               gap; no message where one  |         |  message with a Content-Length;
 *       |       |               must begin; message        |         |  start line whose headers go on;
 *       |       |               without a Content-Length   v         |  frame or record; SYN
 *       |       |                                       +---------------+
 *       |       +-------------------------------------- |  STREAM_LOST  | <---  far sequence number, in any
 *       |        no message for STREAM_MISSED_MAX bytes | place unknown |       state: another connection
 *       |                                               +---------------+
 *       |                                                       ^
 *       +-------------------------------------------------------+
 *         the first packet of a flow that nobody saw begin
 *
 *    Any state becomes STREAM_FREE when another flow takes the place in the table.
 *
 *    How the next message is read, and what leads there:
 *
 *    STREAM_NOT_WARY   SYN; message with a Content-Length
 *    STREAM_CAREFUL    flow that nobody saw begin; message without a Content-Length
 *    STREAM_WARY       gap; no message where one must begin; Content-Length that is not believed
 *    STREAM_LESS_WARY  STREAM_WARY, then a message that lacks nothing but a Content-Length
 *
 *    What carries the messages:
 *
 *    STREAM_BARE --- HTTP that opens a WebSocket for SIP; frame ---> STREAM_WEBSOCKET
 *                --- record, on a SIP port or after SIP -----------> STREAM_TLS
 *                <-- gap; place lost; SYN -------------------------- both
 *    STREAM_SCTP     chunks; such a flow never changes
 *
 *    What waits, in any state: up to STREAM_HELD_MAX payloads that came early, for up to STREAM_HELD_TIME
 *    milliseconds, until the bytes before them come. Otherwise there is a gap.
 */

#include "stream/carrier.h"
#include "stream/piece.h"
#include "stream/association.h"

/* Steps that one packet may take: 64 KiB of the shortest messages, and what goes with them. */
#define STREAM_STEPS_MAX 16384

/* STUN (RFC 8489 5): two zero bits, a length in units of four, the magic cookie. */
static __always_inline int stream__is_stun(__u64 word)
{
	return (word & 0xc0) == 0 && (word & 0x03000000ULL) == 0 && word >> 32 == 0x42a41221;
}

/*
 * Whether bytes that begin with these eight (lowest first, zeros past the end) could be SIP, a keep-alive or STUN: the
 * refusal that most packets, RTP among them, leave by. What passes is looked at closely.
 */
static __always_inline int stream__is_plausible(__u64 word)
{
	__u32 first = word & 0xff;

	return SIP_IS_TOKEN(first) || first == '\r' || first == '\n' || first == 0 || stream__is_stun(word);
}

/* Likewise for what a TCP segment begins with. A port of SIP is one that belongs to it, as 5061 does (RFC 3261 19.1.2). */
static __always_inline int stream__may_begin(__u64 word, int has_sip_port)
{
	return stream__is_plausible(word) || websocket__may_begin(word) || (has_sip_port && tls__may_begin(word));
}

/*
 * Whether a TCP packet matters to a flow that is known (or may be): it has payload, or begins or ends the connection. To
 * one that is not it does if it begins the connection, or with what may be a message.
 */
static __always_inline int stream__is_news(int is_known, __u32 flags, __u32 length, __u64 first_word, int has_sip_port)
{
	if (flags & PACKET_TCP_SYN)
		return 1;
	if (is_known)
		return length || (flags & (PACKET_TCP_FIN | PACKET_TCP_RST));
	return length && stream__may_begin(first_word, has_sip_port);
}

/* Likewise a chunk of SCTP to its flow: it is known (or may be), or the chunk begins with what may be a message. */
static __always_inline int stream__is_news_of_sctp(int is_known, const struct sctp_chunk *chunk, __u64 first_word)
{
	return is_known || (chunk->is_first && stream__is_plausible(first_word));
}

/* Prepares the scan of the message that has begun, or begins at stream->offset. */
static __always_inline void stream__prepare(struct stream *stream, const struct stream_flow *flow,
					    struct sip_scan *scan)
{
	__u32 end = stream->attempt == STREAM_OPEN ? stream->end + STREAM_OPEN_END : stream->end;

	if (!flow->has_begun || stream->attempt == STREAM_AFRESH) {
		stream->tail_length = 0;
		sip__begin(scan, stream->offset, end, stream->ends_message, 1);
		scan->is_wary = flow->is_wary;
		return;
	}
	stream->tail_length = flow->tail_length;
	*scan = flow->scan;
	scan->offset += stream->begin;
	scan->start += stream->begin;
	scan->uri += stream->begin;
	scan->first = stream->begin - stream->tail_length;
	scan->end = end;
	scan->complete = stream->ends_message;
}

/* What to do next. */
static __always_inline enum stream_step stream__next(struct stream *stream, struct stream_flow *flow,
						     const struct packet *packet, struct sip_scan *scan)
{
	__u32 left;

	if (!stream->is_flow) {
		if (stream->offset >= stream->end)
			return STREAM_ENDED;
		sip__begin(scan, stream->offset, stream->end, !stream->is_cut, 0);
		return STREAM_READ;
	}
	if (stream->offset >= stream->piece_end && !stream->has_chunk) {
		if (flow->carrier == STREAM_SCTP)
			return STREAM_ENDED;
		if (stream->missing)
			stream__miss(stream, flow);
		return stream__next_piece(stream, flow);
	}
	if (flow->skip) {
		left = stream->piece_end - stream->offset;
		left = left < flow->skip ? left : flow->skip;
		flow->skip -= left;
		stream->offset += left;
		stream__because(stream, flow->skips_as);
		return STREAM_AGAIN;
	}
	if (flow->carrier != STREAM_BARE && !stream->has_chunk) {
		if (!flow->frame)
			return stream__ask_head(stream, flow);
		stream__next_chunk(stream, flow);
	}
	if (stream__may_begin_frames(stream, flow))
		return stream__ask_head(stream, flow);
	stream__prepare(stream, flow, scan);
	return STREAM_READ;
}

static __always_inline __u8 stream__reason_of(enum sip_verdict verdict)
{
	switch (verdict) {
	case SIP_KEEPALIVE:
		return SIPBPF_REASON_KEEPALIVE;
	case SIP_MALFORMED:
		return SIPBPF_REASON_MALFORMED;
	case SIP_TRUNCATED:
		return SIPBPF_REASON_TRUNCATED;
	default:
		return SIPBPF_REASON_NOT_SIP;
	}
}

/* Whether it is a status or a method that has a type of its own. */
static __always_inline int stream__is_well_known(__u32 type)
{
	return type != SIP_TYPE_UNKNOWN && type < SIP_TYPE_EXTENSION_MIN;
}

/*
 * The type of a message that a flow without its place may begin with. Where part of a start line came before, the method
 * must be a well-known one: else two lines that have nothing to do with each other would make a new one.
 */
static __always_inline int stream__is_credible(const struct stream *stream, const struct stream_flow *flow,
					       const struct sip_scan *scan)
{
	return flow->state == STREAM_SYNCED || !flow->has_begun || stream->attempt == STREAM_AFRESH ||
	       stream__is_well_known(scan->type);
}

/* A message has been read, headers and all. */
static __always_inline void stream__found(struct stream *stream, struct stream_flow *flow, struct sip_scan *scan)
{
	sip__finish(scan);
	stream->messages++;
	stream->reason = SIPBPF_REASON_FILTERED; /* unless the caller counts one */
	stream->has_reason = 1;
	if (!stream->is_flow) {
		stream->offset = stream->end;
		return;
	}
	stream__forget_message(flow);
	stream->attempt = STREAM_WHOLE;
	flow->is_wary = STREAM_NOT_WARY;
	flow->missed = 0;
	flow->had_message = 1;
	if (flow->carrier != STREAM_BARE) {
		flow->is_websocket = flow->carrier == STREAM_WEBSOCKET;
		stream->offset = scan->offset < stream->end ? scan->offset : stream->end;
		stream__pass_message(stream, flow, SIPBPF_REASON_CONTINUATION);
		return;
	}
	if (scan->has_length && scan->content_length > STREAM_BODY_MAX) {
		flow->state = STREAM_LOST;
		flow->is_wary = STREAM_WARY;
		stream->offset = stream->end;
		return;
	}
	/* Without a length there may be a body all the same: a message may follow, or anything else. */
	flow->state = scan->has_length ? STREAM_SYNCED : STREAM_LOST;
	flow->is_wary = scan->has_length ? STREAM_NOT_WARY : STREAM_CAREFUL;
	flow->skip = scan->has_length ? scan->content_length : 0;
	flow->skips_as = SIPBPF_REASON_CONTINUATION;
	stream->offset = scan->offset;
}

/* Whether the flow may hold what is read. What a WebSocket carries may look like bare SIP, and is none. */
static __always_inline int stream__may_hold(const struct stream_flow *flow, const struct sip_scan *scan)
{
	return flow->carrier != STREAM_BARE || !flow->is_websocket || scan->is_http;
}

/* The message goes on in the next segment: leaves the scan where it stands. */
static __always_inline enum stream_result stream__suspend(struct stream *stream, struct stream_flow *flow,
							  const struct sip_scan *scan)
{
	int has_started = scan->state >= SIP_AT_LINE;

	flow->headers += stream->end - stream->offset;
	if (flow->headers > STREAM_HEADERS_MAX || (has_started && !stream__may_hold(flow, scan)) ||
	    (has_started && !stream__is_credible(stream, flow, scan)) ||
	    (!has_started && flow->state == STREAM_LOST && scan->token_length >= SIPBPF_NAME_SIZE)) {
		stream__lose(stream, flow, SIPBPF_REASON_NOT_SIP);
		return STREAM_NOTHING;
	}
	if (has_started)
		flow->state = STREAM_SYNCED;
	stream__because(stream, scan->is_http                  ? SIPBPF_REASON_NOT_SIP
				: flow->state == STREAM_SYNCED ? SIPBPF_REASON_CONTINUATION
							       : SIPBPF_REASON_TRUNCATED);
	flow->has_begun = 1;
	flow->tail_length = (__u8)(stream->end - scan->offset);
	flow->scan = *scan;
	flow->scan.offset -= stream->end;
	flow->scan.start -= stream->end;
	flow->scan.uri -= stream->end;
	stream->offset = stream->end;
	stream__drop_chunk(stream);
	return STREAM_SUSPENDED;
}

/* What a WebSocket brought is no message, as far as it goes: it goes on in the next part, or the rest is passed over. */
static __always_inline enum stream_result stream__refuse_chunk(struct stream *stream, struct stream_flow *flow,
							       const struct sip_scan *scan, enum sip_verdict verdict)
{
	__u8 reason = verdict == SIP_KEEPALIVE ? SIPBPF_REASON_KEEPALIVE : stream__reason_of(verdict);
	int may_go_on = verdict == SIP_TRUNCATED || verdict == SIP_MESSAGE || verdict == SIP_KEEPALIVE;

	if (verdict == SIP_MORE)
		return stream__suspend(stream, flow, scan);
	if (may_go_on && stream->attempt == STREAM_WHOLE && !stream->ends_message) {
		stream->attempt = STREAM_OPEN;
		return STREAM_NOTHING;
	}
	if (verdict != SIP_KEEPALIVE && stream__is_doubtful(flow)) {
		stream__lose(stream, flow, reason);
		return STREAM_NOTHING;
	}
	stream__because(stream, reason);
	stream->offset = stream->end;
	stream__pass_message(stream, flow, reason);
	return STREAM_NOTHING;
}

/* The message of a flow could not be read to its end: tries it in another way, or gives it up. */
static __always_inline enum stream_result stream__retry(struct stream *stream, struct stream_flow *flow,
							const struct sip_scan *scan, enum sip_verdict verdict)
{
	int is_cut = verdict == SIP_TRUNCATED || (verdict == SIP_MESSAGE && !scan->headers_ended), begins_anew;

	if (stream->attempt == STREAM_AFRESH) {
		if (is_cut && scan->state >= SIP_AT_LINE && stream__is_credible(stream, flow, scan)) {
			stream__forget_message(flow);
			stream->attempt = STREAM_OPEN;
		} else {
			stream->attempt = STREAM_WHOLE;
		}
	} else if (is_cut && stream->attempt == STREAM_WHOLE) {
		stream->attempt = STREAM_OPEN;
	} else if (verdict == SIP_MORE) {
		return stream__suspend(stream, flow, scan);
	} else if (verdict == SIP_KEEPALIVE) {
		stream__because(stream, SIPBPF_REASON_KEEPALIVE);
		stream->offset = stream->end;
	} else if (verdict == SIP_NOT_SIP && stream->is_proxy_line && scan->offset < stream->end &&
		   scan->offset - stream->begin < PROXY_LINE_MAX) {
		stream__behind_proxy(stream, scan->offset + 1);
	} else if (verdict == SIP_NOT_SIP && stream->offset == stream->begin && !stream->is_probed) {
		stream->is_in_doubt = 1;
	} else {
		/* What began in the piece before is none. This one may begin with one all the same. */
		begins_anew = flow->has_begun && flow->state == STREAM_SYNCED;
		stream__lose(stream, flow, stream__reason_of(verdict));
		if (begins_anew)
			stream->offset = stream->begin;
	}
	return STREAM_NOTHING;
}

static __always_inline int stream__is_same_name(const struct sipbpf_name *a, const struct sipbpf_name *b)
{
	const __u8 *x = (const __u8 *)a->text, *y = (const __u8 *)b->text;

	return words__load8(x) == words__load8(y) && words__load8(x + 8) == words__load8(y + 8) &&
	       words__load8(x + 16) == words__load8(y + 16);
}

/* The method in CSeq of what has been read; SIP_TYPE_UNKNOWN: there is none, or it is too long. */
static __always_inline __u32 stream__cseq_method(const struct sip_scan *scan)
{
	return scan->method ? scan->method : sip__cseq_method(scan);
}

/* Whether CSeq names another method than a request's start line (RFC 3261 8.1.1.5). */
static __always_inline int stream__contradicts(const struct sip_scan *scan)
{
	__u32 method = stream__cseq_method(scan);

	if (method == SIP_TYPE_UNKNOWN || (scan->type >= SIP_TYPE_STATUS_MIN && scan->type <= SIP_TYPE_STATUS_MAX))
		return 0;
	if (method != SIP_TYPE_EXTENSION_MIN)
		return scan->type != method;
	if (scan->type == method)
		return !stream__is_same_name(&scan->name, &scan->cseq_name);
	/* A method of digits has no type of its own. */
	return scan->type != SIP_TYPE_UNKNOWN || (__u32)scan->cseq_name.text[0] - '0' > 9;
}

/* Whether what has been read has a CSeq, and one that agrees with its start line. */
static __always_inline int stream__agrees(const struct sip_scan *scan)
{
	return stream__cseq_method(scan) != SIP_TYPE_UNKNOWN && !stream__contradicts(scan);
}

/* Whether the message that has been read is all there is in its piece. */
static __always_inline int stream__is_all(const struct stream *stream, const struct stream_flow *flow,
					  const struct sip_scan *scan)
{
	return !flow->has_begun && stream->offset == stream->begin && scan->offset == stream->piece_end;
}

/*
 * Whether a message that was read behind a gap has what it must have, and what is quoted in a body seldom has: a CSeq that
 * agrees, and a length (RFC 3261 18.3; in a frame it needs none, RFC 7118 5). Of those who send none, the second one is
 * believed that is all there is in its piece.
 */
static __always_inline int stream__is_convincing(const struct stream *stream, const struct stream_flow *flow,
						 const struct sip_scan *scan)
{
	if (!stream__agrees(scan))
		return 0;
	return scan->has_length || flow->carrier == STREAM_WEBSOCKET ||
	       (flow->is_wary == STREAM_LESS_WARY && stream__is_all(stream, flow, scan));
}

/*
 * Whether the scan has read a message, headers and all, that the flow may hold. The end of a body and the start line of the next
 * message may make one of a method that nobody knows; its CSeq tells.
 */
static __always_inline int stream__is_message(const struct stream *stream, const struct stream_flow *flow,
					      const struct sip_scan *scan)
{
	int has_ended = scan->headers_ended || stream->ends_message;
	int may_be_glued = flow->carrier == STREAM_BARE && !stream__is_well_known(scan->type);

	if (!has_ended || !stream__may_hold(flow, scan) || !stream__is_credible(stream, flow, scan))
		return 0;
	if ((scan->is_wary || may_be_glued) && stream__contradicts(scan))
		return 0;
	return !scan->is_wary || flow->is_wary == STREAM_CAREFUL || stream__is_convincing(stream, flow, scan);
}

/* Takes the verdict on the message that was read, SIP_MORE when the bytes ended before it did, and says what to do. */
static __always_inline enum stream_result stream__take(struct stream *stream, struct stream_flow *flow,
						       struct sip_scan *scan, enum sip_verdict verdict)
{
	if (scan->is_http && scan->headers_ended && !stream->has_chunk) {
		stream__open_websocket(stream, flow, scan);
		return STREAM_NOTHING;
	}
	if (verdict == SIP_MESSAGE && !scan->is_http && (!stream->is_flow || stream__is_message(stream, flow, scan))) {
		stream__found(stream, flow, scan);
		return STREAM_MESSAGE;
	}
	if (verdict == SIP_MESSAGE && flow->is_wary == STREAM_WARY && scan->is_wary && stream__agrees(scan) &&
	    stream__is_all(stream, flow, scan))
		flow->is_wary = STREAM_LESS_WARY;
	if (stream->has_chunk)
		return stream__refuse_chunk(stream, flow, scan, verdict);
	if (stream->is_flow)
		return stream__retry(stream, flow, scan, verdict);
	stream__because(stream, stream__reason_of(verdict));
	stream->offset = stream->end;
	return STREAM_NOTHING;
}

/* No step follows. If there were too many, what is left has not been read. */
static __always_inline void stream__stop(struct stream *stream, struct stream_flow *flow)
{
	if (stream->offset < stream->piece_end)
		stream__gap(stream, flow);
}

/* The packet has been read. Returns whether the flow is worth keeping. */
static __always_inline int stream__keeps_flow(struct stream *stream, struct stream_flow *flow)
{
	__u32 length = stream->packet_end - stream->packet_offset;

	if (flow->carrier == STREAM_SCTP)
		return !stream->is_new || flow->has_begun || stream->messages;
	if (flow->state == STREAM_SYNCED || flow->has_begun || stream->messages || stream__is_holding(flow))
		return 1;
	if (stream->is_new || flow->missed + length > STREAM_MISSED_MAX)
		return 0;
	flow->missed += length;
	return 1;
}

/* ---- what is counted ---- */

/* What the scan knows of a key; type and method of extension methods are the caller's, as are the ends. */
static __always_inline void stream__say(const struct sip_scan *scan, __u8 protocol, __u8 hook, __u8 framing,
					struct sipbpf_key *ret_key)
{
	__u32 types = WORDS_PAIR(scan->type, scan->method);
	__u32 rest = WORDS_PAIR(WORDS_BYTES(protocol, scan->via_transport), WORDS_BYTES(hook, framing));

	words__store4(&ret_key->type, types);
	words__store4(&ret_key->protocol, rest);
}

/* The part of a key that the packet, its flow and the scan know. */
static __always_inline void stream__key(const struct stream *stream, const struct stream_flow *flow,
					const struct packet *packet, const struct sip_scan *scan, __u8 hook,
					struct sipbpf_key *ret_key)
{
	int is_framed = stream->is_flow && flow->carrier == STREAM_WEBSOCKET;

	ret_key->ends = packet->ends;
	stream__say(scan, packet->protocol, hook, is_framed ? SIPBPF_WEBSOCKET : SIPBPF_BARE, ret_key);
}

/* Whether the packet shows that a link is there which is encrypted: a record begins in it. */
static __always_inline int stream__shows_tls(const struct stream *stream)
{
	__u32 records = 0, i;

	SIP_UNROLL
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		records += stream->records[i];
	return records != 0;
}

/* What a link is counted under that is encrypted: it holds no message. */
static __always_inline void stream__tls_key(const struct packet *packet, __u8 hook, struct sipbpf_key *ret_key)
{
	ret_key->ends = packet->ends;
	ret_key->type = SIP_TYPE_UNKNOWN;
	ret_key->method = SIP_TYPE_UNKNOWN;
	ret_key->protocol = packet->protocol;
	ret_key->via_transport = SIP_TRANSPORT_NONE;
	ret_key->hook = hook;
	ret_key->framing = SIPBPF_TLS;
}

#endif
