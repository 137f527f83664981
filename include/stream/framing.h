/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing: which bytes of a payload are messages? A datagram is one message. Over TCP, Content-Length gives the end of
 * a message (RFC 3261 18.3), wherever the segments end, and each byte of a flow is read once; over SCTP it ends with
 * its last fragment, and so does a datagram in fragments. docs/STREAMS.md has the states and the bounds.
 *
 * The caller repeats framing__next() and does what it says:
 *
 *	FRAMING_READ       reads the message that *scan is prepared for, calling framing__try_end() whenever the
 *	                   scan wants more bytes, then asks framing__take_verdict() what to do with it
 *	FRAMING_LOAD_HEAD  puts carrier__head_wanted() bytes, from framing->offset on, into framing->head after those
 *	                   that the flow has (flow->head_length), then calls carrier__take_head()
 *	FRAMING_HOLD       keeps a copy of the packet's payload for later, then calls reassembly__note_held()
 *	FRAMING_AGAIN      nothing
 *	FRAMING_ENDED      stops: the packet has been read
 *
 * The includer has defined __u8 to __u64, __s32 and __always_inline.
 * Tested by tests/unit/stream/test_streams.c.
 */
#ifndef FRAMING_H
#define FRAMING_H

/*
 * The machine: docs/STREAMS.md has the same picture, and explains each step.
 *
 *                        SYN: the flow begins after it
 *     +-----------+                                    +---------------+
 *     | FLOW_FREE | ---------------------------------> |  FLOW_SYNCED  | <---+  the next message, frame or record;
 *     |  no flow  |                                    |    in step    | ----+  SYN of a new connection
 *     +-----------+                                    +---------------+
 *        |     ^                                          |         ^
 *        |     |               gap; no message where one  |         |  message with a Content-Length;
 *        |     |               must begin; message        |         |  start line whose headers go on;
 *        |     |               without a Content-Length   v         |  frame or record; SYN
 *        |     |                                       +---------------+
 *        |     +-------------------------------------- |   FLOW_LOST   | <---  distant sequence number, in any
 *        |        no message for FLOW_SEARCH_MAX bytes | place unknown |       state: another connection
 *        |                                             +---------------+
 *        |                                                     ^
 *        +-----------------------------------------------------+
 *          the first packet of a flow whose start was not seen
 *
 *     Any state becomes FLOW_FREE when another flow takes the place in the table.
 *
 *     How the next message is read, and what leads there:
 *
 *     FLOW_WARINESS_NONE        SYN; message with a Content-Length
 *     FLOW_WARINESS_BODY        flow whose start was not seen or was not SIP; message without a Content-Length
 *     FLOW_WARINESS_GAP         gap; no message where one must begin; Content-Length too large to be accepted
 *     FLOW_WARINESS_GAP_SECOND  FLOW_WARINESS_GAP, then a message that lacks nothing but a Content-Length
 *
 *     What carries the messages:
 *
 *     FLOW_BARE --- HTTP that opens a WebSocket for SIP; frame ---> FLOW_WEBSOCKET
 *               --- record, on a SIP port or after SIP -----------> FLOW_TLS
 *               <-- gap; place lost; SYN -------------------------- both
 *     FLOW_SCTP     chunks; such a flow never changes
 *     FLOW_FRAGMENTS  fragments of a datagram; such a flow never changes
 *
 *     What waits, in any state: up to FLOW_HELD_MAX payloads that arrived early, for up to FLOW_HELD_MILLISECONDS,
 *     until the bytes before them arrive. Otherwise there is a gap.
 */

#include "stream/carrier.h"
#include "stream/reassembly.h"
#include "stream/association.h"
#include "stream/fragments.h"

/* Steps that one packet may take: enough for 64 KiB of the shortest messages and what goes with them. */
#define FRAMING_STEPS_MAX 16384

/* STUN (RFC 8489 5): two zero bits, a length in units of four, the magic cookie. */
static __always_inline int framing__is_stun(__u64 word)
{
	return (word & 0xc0) == 0 && (word & 0x03000000ULL) == 0 && word >> 32 == 0x42a41221;
}

/*
 * Whether bytes that begin with these eight (lowest first, zeros past the end) could be SIP, a keep-alive or STUN. Most
 * packets, RTP among them, fail this test. What passes is looked at closely.
 */
static __always_inline int framing__is_plausible(__u64 word)
{
	__u32 first = word & 0xff;

	return SIP_IS_TOKEN(first) || first == '\r' || first == '\n' || first == 0 || framing__is_stun(word);
}

/*
 * The same for the first bytes of a TCP segment. A SIP port is one that belongs to SIP, as 5061 does (RFC 3261 19.1.2).
 */
static __always_inline int framing__may_begin(__u64 word, int has_sip_port)
{
	return framing__is_plausible(word) || websocket__may_begin(word) || (has_sip_port && tls__may_begin(word));
}

/*
 * Whether a TCP packet matters to its flow. If the flow is known, or may be, a payload, SYN, FIN or RST matters. If it
 * is not, SYN matters, and so does a payload that may begin with a message.
 */
static __always_inline int framing__matters_to_flow(int is_known, __u32 flags, __u32 length, __u64 first_word,
						    int has_sip_port)
{
	if (flags & PACKET_TCP_SYN)
		return 1;
	if (is_known)
		return length || (flags & (PACKET_TCP_FIN | PACKET_TCP_RST));
	return length && framing__may_begin(first_word, has_sip_port);
}

/* Whether a connection begins with TLS on a port that is not SIP's. */
static __always_inline int framing__begins_tls_elsewhere(__u64 first_word, int has_sip_port)
{
	return !has_sip_port && tls__begins_connection(first_word);
}

/* Whether an SCTP chunk matters to its flow: the flow is known, or may be, or the chunk may begin with a message. */
static __always_inline int framing__chunk_matters_to_flow(int is_known, const struct sctp_chunk *chunk,
							  __u64 first_word)
{
	return is_known || (chunk->is_first && framing__is_plausible(first_word));
}

/*
 * Prepares the reading of a packet's payload, or of one datagram in it, from offset to end. The time, in
 * milliseconds, matters only if the flow holds payloads. Datagrams need no flow.
 */
static __always_inline void framing__begin(struct framing *framing, struct flow *flow, const struct packet *packet,
					   __u32 offset, __u32 end, __u32 now)
{
	__builtin_memset(framing, 0, FRAMING_CORE_SIZE);
	framing->now = now;
	framing->packet_offset = offset;
	framing->packet_end = end;
	framing->packet_missing = packet->missing;
	framing->reason = packet->is_cut ? SIPBPF_REASON_TRUNCATED : SIPBPF_REASON_NO_PAYLOAD;
	framing->is_cut = packet->is_cut;
	framing->is_stream = packet->protocol == PACKET_PROTOCOL_TCP;
	if (framing->is_stream) {
		framing->has_reason = offset == end;
		reassembly__accept_packet(framing, flow, packet);
		return;
	}
	framing->offset = offset;
	framing->begin = offset;
	framing->end = end;
	framing->piece_end = end;
}

/* Prepares the reading of the flow's held payloads, without a packet. Missing bytes before them are not waited for. */
static __always_inline void framing__begin_flush(struct framing *framing, struct flow *flow)
{
	__builtin_memset(framing, 0, FRAMING_CORE_SIZE);
	framing->is_stream = 1;
	flow->is_closed = 1;
}

/* Ends the reading of the flow's held payloads. Missing bytes before its FIN are given up too. */
static __always_inline void framing__end_flush(struct framing *framing, struct flow *flow)
{
	if (flow__misses_end(flow))
		framing__record_gap(framing, flow);
}

/* The effort that the reading of the message may take. Parts of frames do not share that of their piece. */
static __always_inline __s32 framing__effort_left(const struct framing *framing)
{
	return framing->has_part ? framing__effort(framing->end - framing->begin) : framing->effort_left;
}

/* The headers that matter where a message ends with what carries it. */
static __always_inline __u8 framing__headers(const struct packet *packet)
{
	return packet__needs_via(packet) ? SIP_HEADERS_WITH_VIA : SIP_HEADERS_OF_DATAGRAM;
}

/*
 * Prepares the scan of the message that has begun, or that begins at framing->offset, or the search for one. It is read
 * as if more bytes followed, unless it ends with the part or nobody knows yet whether it begins there.
 */
static __always_inline void framing__prepare_scan(struct framing *framing, const struct flow *flow,
						  const struct packet *packet, struct sip_scan *scan)
{
	__u32 end = framing->ends_message || framing->is_afresh ? framing->end : framing->end + FRAMING_OPEN_END;

	framing->is_kept = 0;
	if (!flow->has_partial_message || framing->is_afresh) {
		framing->tail_length = 0;
		/* Where a message ends with its frame, Content-Length and the end of the headers do not matter. */
		sip__begin(scan, framing->offset, end, framing->ends_message,
			   framing->ends_message || flow->carrier == FLOW_FRAGMENTS ? framing__headers(packet)
										    : SIP_HEADERS_OF_STREAM);
		scan->effort_left = framing__effort_left(framing);
		scan->wariness = flow->wariness;
		scan->state = framing->is_search ? SIP_IN_SEARCH : SIP_AT_START;
		return;
	}
	framing->tail_length = flow->tail_length;
	*scan = flow->scan;
	scan->offset += framing->begin;
	scan->start += framing->begin;
	scan->uri += framing->begin;
	scan->first = framing->begin - framing->tail_length;
	scan->end = end;
	scan->effort_left = framing__effort_left(framing);
	scan->is_complete = framing->ends_message;
}

/*
 * For a scan that wants more bytes. If all bytes at hand have been looked at, keeps the scan for the next piece and lets
 * it go on as if the message ended here, as nearly all messages do. Returns whether it did. Then the caller puts the bytes
 * of the part from scan->offset on into framing->kept_tail, where they end at byte SIP_LOOK_AHEAD.
 */
static __always_inline int framing__try_end(struct framing *framing, struct sip_scan *scan)
{
	if (!sip__is_at_end(scan, framing->end))
		return 0;
	framing->kept_scan = *scan;
	framing->is_kept = 1;
	scan->end = framing->end;
	return 1;
}

/* Skips what the piece has of the bytes that are to be skipped. */
static __always_inline void framing__skip(struct framing *framing, struct flow *flow)
{
	__u32 left = framing->piece_end - framing->offset;

	if (!flow->skip || framing->offset >= framing->piece_end)
		return;
	left = left < flow->skip ? left : flow->skip;
	flow->skip -= left;
	framing->offset += left;
	framing__set_reason(framing, flow->skip_reason);
}

/* Whether all of the piece has been read or skipped. */
static __always_inline int framing__has_read_piece(const struct framing *framing)
{
	return framing->offset >= framing->piece_end && !framing->has_part;
}

/* Returns what the caller is to do next. */
static __always_inline enum framing_step framing__next(struct framing *framing, struct flow *flow,
						       const struct packet *packet, struct sip_scan *scan)
{
	enum framing_step step;

	if (!framing->is_stream) {
		if (framing->offset >= framing->end)
			return FRAMING_ENDED;
		framing->tail_length = 0;
		sip__begin(scan, framing->offset, framing->end, !framing->is_cut, framing__headers(packet));
		return FRAMING_READ;
	}
	framing__skip(framing, flow);
	SIP_STEP_ENDS();
	if (framing__has_read_piece(framing)) {
		if (flow->carrier == FLOW_SCTP)
			return FRAMING_ENDED;
		if (framing->missing)
			reassembly__skip_missing(framing, flow);
		step = reassembly__next(framing, flow);
		if (step != FRAMING_AGAIN)
			return step;
		if (flow->carrier == FLOW_FRAGMENTS)
			fragments__begin_part(framing, flow);
		else
			framing__skip(framing, flow);
		SIP_STEP_ENDS();
		if (framing__has_read_piece(framing))
			return FRAMING_AGAIN;
	}
	if (flow->carrier != FLOW_BARE && !framing->has_part) {
		if (!flow->frame_left)
			return carrier__ask_head(framing, flow);
		carrier__next_part(framing, flow);
	}
	if (carrier__may_begin(framing, flow))
		return carrier__ask_head(framing, flow);
	framing__prepare_scan(framing, flow, packet, scan);
	return FRAMING_READ;
}

static __always_inline __u8 framing__reason_of(enum sip_verdict verdict)
{
	switch (verdict) {
	case SIP_KEEPALIVE:
		return SIPBPF_REASON_KEEPALIVE;
	case SIP_MALFORMED:
		return SIPBPF_REASON_MALFORMED;
	case SIP_TOO_COMPLEX:
		return SIPBPF_REASON_TOO_COMPLEX;
	case SIP_TRUNCATED:
		return SIPBPF_REASON_TRUNCATED;
	case SIP_MESSAGE: /* which does not count, because it may be text that a body quotes */
		return SIPBPF_REASON_GAP;
	default:
		return SIPBPF_REASON_NOT_SIP;
	}
}

/* Whether the type is a status code or a well-known method. */
static __always_inline int framing__is_well_known(__u32 type)
{
	return type != SIP_TYPE_UNKNOWN && type < SIP_TYPE_EXTENSION_MIN;
}

/*
 * Whether a flow that has lost its place may begin with a message of this type. If part of its start line arrived
 * before, the method must be a well-known one. Otherwise two unrelated lines could make up a new method.
 */
static __always_inline int framing__is_credible(const struct framing *framing, const struct flow *flow,
						const struct sip_scan *scan)
{
	return flow->state == FLOW_SYNCED || !flow->has_partial_message || framing->is_afresh ||
	       framing__is_well_known(scan->type);
}

/* Allows more effort for what follows the message: little if it is short and its method is not well known. */
static __always_inline void framing__allow_more(struct framing *framing, const struct sip_scan *scan)
{
	__u32 allowed = (scan->offset - scan->start) / 2;

	if (allowed < FRAMING_EFFORT_OF_ODD_MESSAGE)
		allowed = FRAMING_EFFORT_OF_ODD_MESSAGE;
	if (framing__is_well_known(scan->type) || allowed > FRAMING_EFFORT_OF_MESSAGE)
		allowed = FRAMING_EFFORT_OF_MESSAGE;
	framing->effort_left += (__s32)allowed;
}

/*
 * Moves on to the body of what has been read to the end of its headers. Without a length, it may have a body all the
 * same. Another message may follow, or anything else.
 */
static __always_inline void framing__begin_body(struct framing *framing, struct flow *flow, const struct sip_scan *scan)
{
	flow__forget_message(flow);
	framing->is_afresh = 0;
	flow->searched = 0;
	flow->had_message = 1;
	if (scan->has_length && scan->content_length > FLOW_BODY_MAX) {
		flow->state = FLOW_LOST;
		flow->wariness = FLOW_WARINESS_GAP;
		framing->gaps++;
		framing->offset = framing->end;
		return;
	}
	flow->state = scan->has_length ? FLOW_SYNCED : FLOW_LOST;
	flow->wariness = scan->has_length ? FLOW_WARINESS_NONE : FLOW_WARINESS_BODY;
	flow->skip = scan->has_length ? scan->content_length : 0;
	flow->skip_reason = SIPBPF_REASON_CONTINUATION;
	framing->offset = scan->offset;
}

/* Passes what does not count, because its start line breaks RFC 3261. Its headers say where the next message begins. */
static __always_inline void framing__pass_malformed(struct framing *framing, struct flow *flow,
						    const struct sip_scan *scan)
{
	framing__allow_more(framing, scan);
	framing__set_reason(framing, SIPBPF_REASON_MALFORMED);
	framing->has_malformed = 1;
	framing__begin_body(framing, flow, scan);
}

/* Accepts a message that has been read, headers and all. */
static __always_inline void framing__accept_message(struct framing *framing, struct flow *flow, struct sip_scan *scan)
{
	sip__finish(scan);
	framing->messages++;
	framing__allow_more(framing, scan);
	framing->reason = SIPBPF_REASON_FILTERED; /* unless the caller counts one */
	framing->has_reason = 1;
	if (!framing->is_stream) {
		framing->offset = framing->end;
		return;
	}
	if (flow->carrier == FLOW_BARE) {
		framing__begin_body(framing, flow, scan);
		return;
	}
	flow__forget_message(flow);
	framing->is_afresh = 0;
	flow->wariness = FLOW_WARINESS_NONE;
	flow->searched = 0;
	flow->had_message = 1;
	if (flow->carrier == FLOW_FRAGMENTS) {
		framing__end_fragments(framing, flow, SIPBPF_REASON_FRAGMENT);
		return;
	}
	flow->was_websocket = flow->carrier == FLOW_WEBSOCKET;
	framing->offset = scan->offset < framing->end ? scan->offset : framing->end;
	carrier__skip_message(framing, flow, SIPBPF_REASON_CONTINUATION);
}

/* Whether the flow may hold what was read. What a WebSocket carries may look like bare SIP, but is not. */
static __always_inline int framing__fits_carrier(const struct flow *flow, const struct sip_scan *scan)
{
	return flow->carrier != FLOW_BARE || !flow->was_websocket || scan->is_http;
}

/* Suspends a message that continues in the next segment or fragment, with the scan that was kept. */
static __always_inline void framing__suspend(struct framing *framing, struct flow *flow)
{
	struct sip_scan *scan = &framing->kept_scan;
	int has_started = scan->state >= SIP_AT_LINE;

	flow->headers_length += framing->end - framing->offset;
	if (flow->headers_length > FLOW_HEADERS_MAX || (has_started && !framing__fits_carrier(flow, scan)) ||
	    (has_started && !framing__is_credible(framing, flow, scan)) ||
	    (!has_started && flow->state == FLOW_LOST && scan->token_length >= SIPBPF_NAME_SIZE)) {
		framing__lose_place(framing, flow, has_started ? SIPBPF_REASON_GAP : SIPBPF_REASON_NOT_SIP);
		return;
	}
	if (has_started)
		flow->state = FLOW_SYNCED;
	framing__set_reason(framing, scan->is_http                ? SIPBPF_REASON_NOT_SIP
				     : flow->state == FLOW_SYNCED ? SIPBPF_REASON_CONTINUATION
								  : SIPBPF_REASON_TRUNCATED);
	SIP_STEP_ENDS();
	flow->has_partial_message = 1;
	flow->tail_length = (__u8)(framing->end - scan->offset);
	__builtin_memcpy(flow->tail, framing->kept_tail, sizeof(flow->tail));
	flow->scan = *scan;
	flow->scan.offset -= framing->end;
	flow->scan.start -= framing->end;
	flow->scan.uri -= framing->end;
	flow->scan.skim_stop = 0;
	framing->offset = framing->end;
	framing__drop_part(framing);
}

/*
 * Takes a part of a frame or a fragment that was read and is not a message yet. The message goes on in the next part, or
 * the rest of it is skipped.
 */
static __always_inline void framing__refuse_part(struct framing *framing, struct flow *flow,
						 const struct sip_scan *scan, enum sip_verdict verdict)
{
	__u8 reason = framing__reason_of(verdict);

	if (framing->is_kept && (verdict == SIP_TRUNCATED || verdict == SIP_MESSAGE || verdict == SIP_KEEPALIVE)) {
		if (flow->carrier == FLOW_FRAGMENTS && verdict != SIP_MESSAGE)
			framing__set_reason(framing, reason);
		framing__suspend(framing, flow);
		if (flow->carrier == FLOW_FRAGMENTS && verdict == SIP_MESSAGE)
			fragments__keep_facts(flow, scan);
	} else if (flow->carrier == FLOW_FRAGMENTS) {
		framing__set_reason(framing, reason);
		framing__end_fragments(framing, flow, reason);
	} else if (verdict != SIP_KEEPALIVE && flow__awaits_message(flow)) {
		framing__lose_place(framing, flow, reason);
	} else {
		framing__set_reason(framing, reason);
		framing->offset = framing->end;
		carrier__skip_message(framing, flow, reason);
	}
}

/* Gives up a piece that takes too much effort. It is a gap where a message may be lost. */
static __always_inline void framing__give_up(struct framing *framing, struct flow *flow, const struct sip_scan *scan)
{
	framing__set_reason(framing, SIPBPF_REASON_TOO_COMPLEX);
	if (flow->carrier == FLOW_FRAGMENTS) {
		framing->reason = SIPBPF_REASON_TOO_COMPLEX;
		framing__end_fragments(framing, flow, SIPBPF_REASON_TOO_COMPLEX);
		return;
	}
	if (flow->state == FLOW_SYNCED || scan->state >= SIP_IN_SEARCH)
		framing__lose_piece(framing, flow);
	else
		framing__lose_place(framing, flow, SIPBPF_REASON_TOO_COMPLEX);
}

/*
 * Takes the end of a search. A start line is a gap, because its message does not count. It may also have begun in the last
 * line, if that does not end with the piece: then the next piece is searched too, but no other.
 */
static __always_inline void framing__end_search(struct framing *framing, struct flow *flow, enum sip_verdict verdict)
{
	int goes_on = framing->is_search && verdict == SIP_TRUNCATED && framing->kept_tail[SIP_LOOK_AHEAD - 1] != '\n';

	framing->is_search = 0;
	if (verdict == SIP_TRUNCATED)
		framing__set_reason(framing, SIPBPF_REASON_NOT_SIP);
	if (goes_on)
		framing__suspend(framing, flow);
	else
		framing__lose_place(framing, flow, framing__reason_of(verdict));
}

/* Refuses what was read afresh. If it is the beginning of a message all the same, it is read once more as such. */
static __always_inline void framing__refuse_afresh(struct framing *framing, struct flow *flow,
						   const struct sip_scan *scan, int is_cut)
{
	if (is_cut && scan->state >= SIP_AT_LINE && framing__is_credible(framing, flow, scan))
		flow__forget_message(flow);
	framing->is_afresh = 0;
	framing->effort_left -= FRAMING_EFFORT_OF_ATTEMPT(scan->offset - framing->begin);
}

/* Takes what was read and is no message that may count: the message goes on in the next piece, or the place is lost. */
static __always_inline void framing__refuse(struct framing *framing, struct flow *flow, const struct sip_scan *scan,
					    enum sip_verdict verdict)
{
	int is_cut = verdict == SIP_TRUNCATED || (verdict == SIP_MESSAGE && !scan->headers_ended);

	if (framing->is_afresh) {
		framing__refuse_afresh(framing, flow, scan, is_cut);
	} else if (scan->state == SIP_IN_SEARCH) {
		framing__end_search(framing, flow, verdict);
	} else if (is_cut && framing->is_kept) {
		framing__suspend(framing, flow);
	} else if (verdict == SIP_MESSAGE && scan->is_malformed) {
		framing__pass_malformed(framing, flow, scan);
	} else if (verdict == SIP_KEEPALIVE) {
		framing__set_reason(framing, SIPBPF_REASON_KEEPALIVE);
		flow__forget_message(flow);
		framing->offset = framing->end;
	} else if (verdict == SIP_NOT_SIP && framing->offset == framing->begin && !framing->is_probed) {
		framing->is_no_message = 1;
	} else if (verdict == SIP_NOT_SIP && framing->is_proxy_line && scan->offset < framing->end &&
		   scan->offset - framing->begin < PROXY_LINE_MAX) {
		carrier__begin_behind_proxy(framing, scan->offset + 1);
	} else {
		framing__lose_message(framing, flow, framing__reason_of(verdict));
	}
}

static __always_inline int framing__is_same_name(const struct sipbpf_name *a, const struct sipbpf_name *b)
{
	const __u8 *x = (const __u8 *)a->text, *y = (const __u8 *)b->text;

	return words__load8(x) == words__load8(y) && words__load8(x + 8) == words__load8(y + 8) &&
	       words__load8(x + 16) == words__load8(y + 16);
}

/* The method in CSeq; SIP_TYPE_UNKNOWN if there is none or it is too long. */
static __always_inline __u32 framing__cseq_method(const struct sip_scan *scan)
{
	return scan->method ? scan->method : sip__cseq_method(scan);
}

/*
 * Whether CSeq names another method than the start line of a request (RFC 3261 8.1.1.5). A method that has no type, in a
 * CSeq that has been read, is another one than any that has.
 */
static __always_inline int framing__contradicts_cseq(const struct sip_scan *scan)
{
	__u32 method = framing__cseq_method(scan);

	if (scan->type >= SIP_TYPE_STATUS_MIN && scan->type <= SIP_TYPE_STATUS_MAX)
		return 0;
	if (method == SIP_TYPE_UNKNOWN)
		return scan->type != SIP_TYPE_UNKNOWN && !(scan->wanted & SIP_WANT_CSEQ);
	if (method != SIP_TYPE_EXTENSION_MIN)
		return scan->type != method;
	if (scan->type == method)
		return !framing__is_same_name(&scan->name, &scan->cseq_name);
	/* A method of digits has no type of its own. */
	return scan->type != SIP_TYPE_UNKNOWN || (__u32)scan->cseq_name.text[0] - '0' > 9;
}

/* Whether there is a CSeq, and it agrees with the start line. */
static __always_inline int framing__agrees_with_cseq(const struct sip_scan *scan)
{
	return framing__cseq_method(scan) != SIP_TYPE_UNKNOWN && !framing__contradicts_cseq(scan);
}

/* Whether the message that has been read is all there is in its piece. */
static __always_inline int framing__fills_piece(const struct framing *framing, const struct flow *flow,
						const struct sip_scan *scan)
{
	return !flow->has_partial_message && framing->offset == framing->begin && scan->offset == framing->piece_end;
}

/*
 * Whether a message that was read after a gap has what a message must have and a message quoted in a body seldom has: a
 * CSeq that agrees, and a length (RFC 3261 18.3; not needed in a frame, RFC 7118 5). Without a length, a message must
 * fill its piece, and the second message that does is accepted.
 */
static __always_inline int framing__is_convincing(const struct framing *framing, const struct flow *flow,
						  const struct sip_scan *scan)
{
	if (!framing__agrees_with_cseq(scan))
		return 0;
	return scan->has_length || flow->carrier == FLOW_WEBSOCKET ||
	       (flow->wariness == FLOW_WARINESS_GAP_SECOND && framing__fills_piece(framing, flow, scan));
}

/*
 * Whether the scan has read a message, headers and all, that the flow may hold. Where its place is certain, its method
 * and its CSeq may be any.
 */
static __always_inline int framing__is_message(const struct framing *framing, const struct flow *flow,
					       const struct sip_scan *scan)
{
	int has_ended =
		scan->headers_ended || framing->ends_message || (flow->carrier == FLOW_FRAGMENTS && !scan->wanted);

	if (!has_ended || scan->is_malformed || !framing__fits_carrier(flow, scan) ||
	    !framing__is_credible(framing, flow, scan))
		return 0;
	if (scan->wariness && framing__contradicts_cseq(scan))
		return 0;
	return !scan->wariness || flow->wariness == FLOW_WARINESS_BODY || framing__is_convincing(framing, flow, scan);
}

/* Takes the verdict on what was read. Returns whether it is a message that is to be counted. */
static __always_inline int framing__take_verdict(struct framing *framing, struct flow *flow, struct sip_scan *scan,
						 enum sip_verdict verdict)
{
	if (framing->is_stream && flow->carrier == FLOW_FRAGMENTS && !framing->has_part) /* the piece was lost */
		return 0;
	if (!framing->has_part)
		framing->effort_left = sip__effort_left(scan);
	else if (scan->is_malformed) /* its frame says where the next message begins */
		verdict = SIP_MALFORMED;
	if (verdict == SIP_TOO_COMPLEX && framing->is_stream) {
		framing__give_up(framing, flow, scan);
		return 0;
	}
	if (scan->is_http && scan->headers_ended && !framing->has_part) {
		carrier__open_websocket(framing, flow, scan);
		return 0;
	}
	if (verdict == SIP_MESSAGE && !scan->is_http &&
	    (!framing->is_stream || framing__is_message(framing, flow, scan))) {
		framing__accept_message(framing, flow, scan);
		return 1;
	}
	if (verdict == SIP_MESSAGE && flow->wariness == FLOW_WARINESS_GAP && scan->wariness &&
	    framing__agrees_with_cseq(scan) && framing__fills_piece(framing, flow, scan))
		flow->wariness = FLOW_WARINESS_GAP_SECOND;
	SIP_STEP_ENDS();
	if (framing->has_part) {
		framing__refuse_part(framing, flow, scan, verdict);
	} else if (framing->is_stream) {
		framing__refuse(framing, flow, scan, verdict);
	} else {
		framing__set_reason(framing, framing__reason_of(verdict));
		framing->offset = framing->end;
	}
	return 0;
}

/* Ends the reading after the last step. If there were too many steps, the rest has not been read and is a gap. */
static __always_inline void framing__end(struct framing *framing, struct flow *flow)
{
	if (framing->offset < framing->piece_end)
		framing__record_gap(framing, flow);
}

/* Ends the packet. Returns whether the flow is worth keeping. */
static __always_inline int framing__keeps_flow(struct framing *framing, struct flow *flow)
{
	__u32 length = framing->packet_end - framing->packet_offset;

	if (flow->carrier == FLOW_SCTP)
		return !framing->is_new || flow->has_partial_message || framing->messages;
	if (flow->carrier == FLOW_FRAGMENTS)
		return fragments__keep_flow(flow);
	if (flow->state == FLOW_SYNCED || flow->has_partial_message || framing->messages || flow__has_held(flow))
		return 1;
	if (flow->searched + length >= FLOW_SEARCH_MAX)
		return 0;
	flow->searched += length;
	return 1;
}

/* ---- what is counted ---- */

/* Sets the part of the key that the scan knows. The caller sets the ends, and the types of extension methods. */
static __always_inline void framing__set_key_from_scan(const struct sip_scan *scan, __u8 protocol, __u8 hook,
						       __u8 framing, struct sipbpf_key *ret_key)
{
	__u32 types = WORDS_PAIR(scan->type, scan->method);
	__u32 rest = WORDS_PAIR(WORDS_BYTES(protocol, scan->via_transport), WORDS_BYTES(hook, framing));

	words__store4(&ret_key->type, types);
	words__store4(&ret_key->protocol, rest);
}

/* Sets the part of the key that the packet, its flow and the scan know. */
static __always_inline void framing__set_key(const struct framing *framing, const struct flow *flow,
					     const struct packet *packet, const struct sip_scan *scan, __u8 hook,
					     struct sipbpf_key *ret_key)
{
	int is_framed = framing->is_stream && flow->carrier == FLOW_WEBSOCKET;

	ret_key->ends = packet->ends;
	framing__set_key_from_scan(scan, packet__message_protocol(packet->protocol, packet->reported),
				   packet__message_hook(hook, packet->reported),
				   is_framed ? SIPBPF_WEBSOCKET : SIPBPF_BARE, ret_key);
}

/* Sets the key of a message that counts with what is known of it, from its flow and the scan of fragments__finish(). */
static __always_inline void fragments__set_key(const struct flow *flow, const struct sip_scan *scan,
					       struct sipbpf_key *ret_key)
{
	ret_key->ends = flow->fragments.ends;
	framing__set_key_from_scan(scan, packet__message_protocol(PACKET_PROTOCOL_UDP, flow->fragments.reported),
				   packet__message_hook(flow->hook, flow->fragments.reported), SIPBPF_BARE, ret_key);
}

/* Whether a TLS record begins in the packet, and shows a link that is encrypted. */
static __always_inline int framing__shows_tls(const struct framing *framing)
{
	__u32 records = 0, i;

	SIP_UNROLL
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		records += framing->records[i];
	return records != 0;
}

/* Sets a key that counts no message. type is of its framing. */
static __always_inline void framing__set_silent_key(const struct packet *packet, __u8 hook, __u8 framing, __u32 type,
						    struct sipbpf_key *ret_key)
{
	ret_key->ends = packet->ends;
	ret_key->type = (__u16)type;
	ret_key->method = SIP_TYPE_UNKNOWN;
	ret_key->protocol = packet__message_protocol(packet->protocol, packet->reported);
	ret_key->via_transport = SIP_TRANSPORT_NONE;
	ret_key->hook = packet__message_hook(hook, packet->reported);
	ret_key->framing = framing;
}

/* Sets the key of an encrypted link. It counts no message. */
static __always_inline void framing__set_tls_key(const struct packet *packet, __u8 hook, struct sipbpf_key *ret_key)
{
	framing__set_silent_key(packet, hook, SIPBPF_TLS, SIP_TYPE_UNKNOWN, ret_key);
}

/* Whether a packet that is not counted for this reason leaves something of its link unread that may have been SIP. */
static __always_inline int framing__is_unread(__u32 reason)
{
	return reason == SIPBPF_REASON_COMPRESSED || reason == SIPBPF_REASON_MALFORMED || reason == SIPBPF_REASON_GAP;
}

/* The reason why something of the packet could not be read, or SIPBPF_REASON_COUNT if there is none. */
static __always_inline __u32 framing__unread_reason(const struct framing *framing)
{
	if (framing->gaps)
		return SIPBPF_REASON_GAP;
	if (framing->has_malformed)
		return SIPBPF_REASON_MALFORMED;
	return !framing->counted && framing__is_unread(framing->reason) ? framing->reason : SIPBPF_REASON_COUNT;
}

#endif
