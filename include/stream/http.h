/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of an HTTP request or response that opens a WebSocket (RFC 6455 4): where it ends, and whether the WebSocket
 * will carry SIP (RFC 7118 4). Its scan is prepared and resumed like that of a SIP message, and has read the start
 * line.
 * Tested by tests/unit/stream/test_carriers.c.
 */
#ifndef HTTP_H
#define HTTP_H

#include "sip/skim.h"

/* Steps of one call, for the same reason as SIP_START_STEPS. */
#define HTTP_STEPS 4

#define HTTP_PROTOCOL_NAME_SIZE 22 /* length of "Sec-WebSocket-Protocol" */

/* The values of sip_scan.value in an HTTP head. */
enum http_value { HTTP_VALUE_NONE = 0, HTTP_VALUE_PROTOCOLS };

/* Whether bytes, `available` of them and the first eight in word (lowest first), may begin what opens a WebSocket. */
static __always_inline int http__may_begin(__u64 word, __u32 available)
{
	__u64 get = (word ^ SIP_WORD("GET ")) & SIP_LOW_BYTES(4), http = (word ^ SIP_WORD("HTTP/")) & SIP_LOW_BYTES(5);

	/* Bytes that are not there yet agree with anything. */
	if (available < 8) {
		get &= SIP_LOW_BYTES(available);
		http &= SIP_LOW_BYTES(available);
	}
	return !get || !http;
}

static __always_inline int http__is_protocol_header(const struct sip_view *view, __u32 at)
{
	return SIP_LOWER(sip__word(view, at)) == SIP_WORD("sec-webs") &&
	       SIP_LOWER(sip__word(view, at + 8)) == SIP_WORD("ocket-pr") &&
	       (SIP_LOWER(sip__word(view, at + 16)) & SIP_LOW_BYTES(6)) == SIP_WORD("otocol") &&
	       sip__byte(view, at + HTTP_PROTOCOL_NAME_SIZE) == ':';
}

/* Whether a line that begins with these eight bytes may name the protocols, or is the empty line behind the headers. */
static __always_inline int http__may_matter(__u64 word)
{
	return (word & 0xff) == '\r' || (word & 0xff) == '\n' || SIP_LOWER(word) == SIP_WORD("sec-webs");
}

/* Reads the beginning of a line. */
static __always_inline enum sip_verdict http__at_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 c = word & 0xff;

	scan->effort_left -= http__may_matter(word) ? SIP_EFFORT_OF_BYTES : SIP_EFFORT_OF_LINE;
	if (c == '\n' || (word & SIP_LOW_BYTES(2)) == SIP_WORD("\r\n")) {
		scan->offset += c == '\n' ? 1 : 2;
		scan->headers_ended = 1;
		return SIP_MESSAGE;
	}
	scan->value = HTTP_VALUE_NONE;
	if (http__is_protocol_header(view, scan->offset)) {
		scan->value = HTTP_VALUE_PROTOCOLS;
		scan->offset += HTTP_PROTOCOL_NAME_SIZE;
	}
	scan->state = SIP_IN_LINE;
	return SIP_MORE;
}

/* Passes what is left of a line, and lines that do not matter, as far as the view holds whole blocks of them. */
static __always_inline enum sip_verdict http__pass_lines(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = scan->offset, at_line = 0, lines = 0;
	const __u8 *block;
	__u32 i;

	SIP_FORGET(view, lines);
	for (i = 0; i < SIP_SKIM_BLOCKS; i++) {
		SIP_FORGET(view, at_line);
		block = sip__block(view, at);
		if (!block || (at_line && http__may_matter(WORDS_LITTLE(words__load8(block)))))
			break;
		lines += at_line;
		SIP_FORGET(view, lines);
		at_line = sip__skip_line(view, block, &at);
	}
	scan->offset = (__u32)at;
	scan->state = at_line ? SIP_AT_LINE : SIP_IN_LINE;
	scan->effort_left -= (__s32)lines * SIP_EFFORT_OF_LINE;
	return SIP_MORE;
}

/*
 * Marks the bytes before each "sip" that is a word of its own, in the eight bytes at the offset. It has no branches,
 * because the verifier would walk through every combination of them.
 */
static __always_inline __u64 http__mark_sip(const struct sip_view *view, const struct sip_scan *scan, __u64 word)
{
	__u64 next = sip__word(view, scan->offset + 8), marks = 0, five, differs;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < 8; i++) {
		five = word >> 8 * i | (i ? next << (64 - 8 * i) : 0);
		differs = (five >> 8 & SIP_LOW_BYTES(3)) ^ SIP_WORD("sip");
		differs |= SIP_IS_TOKEN(five) | SIP_IS_TOKEN(five >> 32);
		marks |= (differs - 1) >> 63 << (8 * i + 7);
	}
	return marks;
}

/* Reads the protocols that a WebSocket may carry, up to eight bytes. */
static __always_inline void http__in_protocols(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset), ends = SIP_MARK_BYTE(word, '\n'), names;

	scan->effort_left -= SIP_EFFORT_OF_BYTES;
	names = http__mark_sip(view, scan, word);
	if (names && (!ends || sip__first_mark(names) < sip__first_mark(ends)))
		scan->offers_sip = 1;
	scan->offset += ends ? sip__first_mark(ends) + 1 : 8;
	if (ends)
		scan->state = SIP_AT_LINE;
}

/* Reads the rest of a line. */
static __always_inline enum sip_verdict http__in_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 begin = scan->offset;

	if (scan->value == HTTP_VALUE_PROTOCOLS) {
		http__in_protocols(view, scan);
		return SIP_MORE;
	}
	(void)SIP_CALL(http__pass_lines, view, scan);
	if (scan->offset == begin && sip__skip_to_next_line(view, scan))
		scan->state = SIP_AT_LINE;
	return SIP_MORE;
}

/*
 * Reads on. Returns SIP_MORE, SIP_MESSAGE when the head, or all there is of it, has been read, or SIP_TOO_COMPLEX.
 */
static __always_inline enum sip_verdict http__read(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;
	__u32 i;

	for (i = 0; i < HTTP_STEPS && verdict == SIP_MORE; i++) {
		SIP_STEP_ENDS();
		if (scan->offset >= scan->end) {
			verdict = SIP_MESSAGE;
			break;
		}
		if (sip__needs_view(view, scan))
			break;
		verdict = scan->state == SIP_AT_LINE ? http__at_line(view, scan) : http__in_line(view, scan);
	}
	return sip__effort_left(scan) < 0 ? SIP_TOO_COMPLEX : verdict;
}

#endif
