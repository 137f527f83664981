/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers: To, CSeq, Via and, over streams, Content-Length (RFC 3261 7.3). Tested by tests/unit/sip/test_sip.c. */
#ifndef SIP_HEADERS_H
#define SIP_HEADERS_H

#include "sip/skim.h"

/* Steps of one call, for the same reason as SIP_START_STEPS. A step consumes up to 32 bytes. */
#define SIP_HEADER_STEPS 3

/*
 * Matches the name at the beginning of a line, whose first eight bytes are word. Returns the state before the colon of
 * a wanted header, or SIP_VALUE_NONE.
 */
static __always_inline __u32 sip__match_header(const struct sip_view *view, struct sip_scan *scan, __u64 word)
{
	__u64 rest;
	__u32 first = (word & 0xff) | 0x20, after;

#define SIP_NAME_ENDS(c) ((c) == ':' || (c) == ' ' || (c) == '\t')
	if (first != 't' && first != 'c' && first != 'v' && first != 'l')
		return SIP_VALUE_NONE;
	after = (word >> 8) & 0xff;
	if (SIP_NAME_ENDS(after)) {
		scan->offset += 1;
		if (first == 't')
			return SIP_VALUE_TO_NAME;
		if (first == 'v')
			return SIP_VALUE_VIA_NAME;
		return first == 'l' ? SIP_VALUE_LENGTH_NAME : SIP_VALUE_NONE;
	}
	rest = word | 0x2020202020202020ULL;
	after = (word >> 16) & 0xff;
	if ((rest & SIP_LOW_BYTES(2)) == SIP_WORD("to") && SIP_NAME_ENDS(after)) {
		scan->offset += 2;
		return SIP_VALUE_TO_NAME;
	}
	after = (word >> 24) & 0xff;
	if ((rest & SIP_LOW_BYTES(3)) == SIP_WORD("via") && SIP_NAME_ENDS(after)) {
		scan->offset += 3;
		return SIP_VALUE_VIA_NAME;
	}
	after = (word >> 32) & 0xff;
	if ((rest & SIP_LOW_BYTES(4)) == SIP_WORD("cseq") && SIP_NAME_ENDS(after)) {
		scan->offset += 4;
		return SIP_VALUE_CSEQ_NAME;
	}
	/* In lower case, a control character may look like '-'. */
	if (rest != SIP_WORD("content-") || word >> 56 != '-' || !(scan->wanted & SIP_WANT_LENGTH))
		return SIP_VALUE_NONE;
	word = sip__word(view, scan->offset + 8);
	after = (word >> 48) & 0xff;
	if (((word | 0x202020202020ULL) & SIP_LOW_BYTES(6)) != SIP_WORD("length") || !SIP_NAME_ENDS(after))
		return SIP_VALUE_NONE;
	scan->offset += 14;
	return SIP_VALUE_LENGTH_NAME;
#undef SIP_NAME_ENDS
}

static __always_inline __u32 sip__wanted_header(__u32 value)
{
	if (value <= SIP_VALUE_TO_LAST)
		return SIP_WANT_TO;
	if (value <= SIP_VALUE_CSEQ_LAST)
		return SIP_WANT_CSEQ;
	return value <= SIP_VALUE_VIA_LAST ? SIP_WANT_VIA : SIP_WANT_LENGTH;
}

/*
 * Whether the line may be a header rather than a start line: its name ends with a colon, perhaps after white space. The
 * methods of start lines have at most nine characters, and the space behind them is not followed by a colon.
 */
static __always_inline int sip__is_header(const struct sip_view *view, const struct sip_scan *scan, __u64 word)
{
	__u32 at = scan->offset, c;
	__u64 marks = SIP_NAME_MARKS(word);

	if (word == SIP_WORD("SIP/2.0 "))
		return 0;
	if (!marks) {
		at += 8;
		marks = SIP_NAME_MARKS(sip__word(view, at));
	}
	if (!marks)
		return 1;
	at += sip__first_mark(marks);
	if (sip__byte(view, at) == ':')
		return 1;
	c = sip__byte(view, at + 1);
	return c == ':' || c == ' ' || c == '\t' || at + 1 >= view->bounds->limit;
}

/* Reads the first byte of a line: the end of the headers, a fold, or a header. */
static __always_inline enum sip_verdict sip__at_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 c = word & 0xff, value;

	scan->effort_left -= SIP_EFFORT_OF_ODD_LINE;
	if (c == '\n' || (word & SIP_LOW_BYTES(2)) == SIP_WORD("\r\n")) {
		scan->offset += c == '\n' ? 1 : 2;
		scan->headers_ended = 1;
		return SIP_MESSAGE;
	}
	if (c == ' ' || c == '\t') {
		scan->state = scan->value ? SIP_IN_VALUE : SIP_IN_LINE;
		return SIP_MORE;
	}
	if (scan->wariness && !sip__is_header(view, scan, word))
		return SIP_MALFORMED;
	if (scan->value) { /* the header before this one ended without the wanted value */
		scan->wanted &= (__u8)~sip__wanted_header(scan->value);
		scan->value = SIP_VALUE_NONE;
	}
	if (!scan->wanted)
		return SIP_MESSAGE;
	value = sip__match_header(view, scan, word);
	scan->state = SIP_IN_LINE;
	if (value && (scan->wanted & sip__wanted_header(value))) {
		scan->value = (__u8)value;
		scan->state = SIP_IN_VALUE;
		sip__token_clear(scan);
		scan->content_length = value == SIP_VALUE_LENGTH_NAME ? 0 : scan->content_length;
	}
	return SIP_MORE;
}

/* Reads on in a line that does not matter. */
static __always_inline enum sip_verdict sip__in_line(const struct sip_view *view, struct sip_scan *scan)
{
	if (sip__skip_to_next_line(view, scan))
		scan->state = SIP_AT_LINE;
	return SIP_MORE;
}

/* Takes a value that has been read far enough. */
static __always_inline enum sip_verdict sip__take_value(struct sip_scan *scan, __u32 value)
{
	if (value == SIP_VALUE_TO_FOUND)
		scan->to_tag = 1;
	else if (value == SIP_VALUE_CSEQ_FOUND && sip__token_is_method(scan))
		__builtin_memcpy(scan->cseq_name.text, scan->token, sizeof(scan->cseq_name.text));
	else if (value == SIP_VALUE_VIA_FOUND)
		__builtin_memcpy(scan->via_name, scan->token, sizeof(scan->via_name));
	else if (value == SIP_VALUE_LENGTH_FOUND)
		scan->has_length = 1;
	scan->wanted &= (__u8)~sip__wanted_header(scan->value);
	scan->value = SIP_VALUE_NONE;
	scan->state = SIP_IN_LINE;
	return scan->wanted ? SIP_MORE : SIP_MESSAGE;
}

static __always_inline void sip__add_length_digit(struct sip_scan *scan, __u32 c)
{
	__u32 length = scan->content_length;

	scan->content_length = length > SIP_LENGTH_MAX / 10 - 1 ? SIP_LENGTH_MAX : length * 10 + (c - '0');
}

/*
 * In a state that waits for some bytes, skips all others, by blocks or, near the end of the view, by a word. Returns
 * whether none of those bytes follows at once. Otherwise the scan is at the first of them.
 */
static __always_inline int sip__skip_to_stop(const struct sip_view *view, struct sip_scan *scan)
{
	const struct sip_stops *stops = &sip_value_stops[scan->value & (SIP_VALUES - 1)];
	__u64 marks = sip__mark_stops(sip__word(view, scan->offset), stops), at;

	if (marks) {
		scan->effort_left -= SIP_EFFORT_OF_STOP;
		scan->offset += sip__first_mark(marks);
		return 0;
	}
	at = sip__pass_blocks(view, scan->offset, stops, SIP_BLOCK);
	if (at == scan->offset)
		at += 8;
	scan->effort_left -= SIP_EFFORT_OF_SEARCHED(at - scan->offset);
	scan->offset = (__u32)at;
	return 1;
}

/* Reads up to eight bytes of a wanted header's value. */
static __always_inline enum sip_verdict sip__in_value(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 left, value, action, c, i;
	__u64 word;

	if (sip_value_action[scan->value & (SIP_VALUES - 1)] == SIP_VALUE_WAITS && sip__skip_to_stop(view, scan))
		return SIP_MORE;
	scan->effort_left -= SIP_EFFORT_OF_BYTES;
	word = sip__word(view, scan->offset);
	left = view->bounds->limit - scan->offset;
	value = scan->value;
	SIP_UNROLL
	for (i = 0; i < 8; i++) {
		if (i >= left)
			break;
		c = word & 0xff;
		word >>= 8;
		value = sip_value_next[(sip_byte_class[c] & (SIP_CLASSES - 1)) * SIP_VALUES + value];
		action = sip_value_action[value];
		if (action == SIP_VALUE_FINDS) {
			/* The byte that ended the value may end the line too, so it is read again. */
			scan->offset += i;
			return sip__take_value(scan, value);
		}
		if (action == SIP_VALUE_APPENDS)
			sip__token_append(scan, c);
		else if (action == SIP_VALUE_ADDS_DIGIT)
			sip__add_length_digit(scan, c);
		/* A fold goes on. If the next byte is not at hand, the beginning of the next line finds the fold. */
		if (c == '\n' && (word & 0xff) != ' ' && (word & 0xff) != '\t') {
			scan->state = SIP_AT_LINE;
			i++;
			break;
		}
	}
	scan->offset += i;
	scan->value = (__u8)value;
	if (!value && scan->state == SIP_IN_VALUE)
		scan->state = SIP_IN_LINE;
	return SIP_MORE;
}

/*
 * Reads on in the headers of a message, whatever their form, a few steps. Returns SIP_MORE, SIP_MESSAGE (sip__finish()
 * then settles the results in *scan), or SIP_MALFORMED when a wary scan meets a line that is no header.
 */
static __always_inline enum sip_verdict sip__read_headers(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict;
	__u32 i;

	for (i = 0; i < SIP_HEADER_STEPS; i++) {
		SIP_STEP_ENDS();
		if (scan->offset >= scan->end)
			return SIP_MESSAGE;
		if (sip__needs_view(view, scan) || (i && (sip__may_skim(view, scan) || sip__effort_left(scan) < 0)))
			return SIP_MORE;
		if (scan->state == SIP_IN_LINE)
			verdict = sip__in_line(view, scan);
		else if (scan->state == SIP_AT_LINE)
			verdict = sip__at_line(view, scan);
		else
			verdict = sip__in_value(view, scan);
		SIP_STEP_ENDS();
		if (verdict != SIP_MORE)
			return verdict;
	}
	return SIP_MORE;
}

#endif
