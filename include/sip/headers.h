/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers: To, CSeq, Via and, over streams, Content-Length (RFC 3261 7.3). Tested by tests/unit/sip/test_sip.c. */
#ifndef SIP_HEADERS_H
#define SIP_HEADERS_H

#include "sip/skim.h"
#include "sip/token.h"

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
		word = sip__word(view, at); /* outside the macro, which would read it again and again */
		marks = SIP_NAME_MARKS(word);
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

/*
 * Reads up to eight digits, which are of the length in that state. Returns whether the byte at the offset ends them, which
 * may be that behind the end of the view.
 */
static __always_inline int sip__read_digits(const struct sip_view *view, struct sip_scan *scan)
{
	static const volatile __u32 powers[16] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };
	__u64 word = sip__word(view, scan->offset), others = sip__mark_others_than_digits(word), length;
	__u32 count = others ? sip__first_mark(others) : 8;

	scan->effort_left -= SIP_EFFORT_OF_DIGITS;
	if (count && sip_value_action[scan->value & (SIP_VALUES - 1)] == SIP_VALUE_READS_DIGITS) {
		length = (__u64)scan->content_length * powers[count & 15] + sip__number(word, count);
		scan->content_length = length > SIP_LENGTH_MAX ? SIP_LENGTH_MAX : (__u32)length;
	}
	scan->offset += count;
	return others != 0;
}

/* Passes eight digits of a number that does not matter. Returns whether there were as many. */
static __always_inline int sip__pass_digits(const struct sip_view *view, struct sip_scan *scan)
{
	if (sip__mark_others_than_digits(sip__word(view, scan->offset)))
		return 0;
	scan->effort_left -= SIP_EFFORT_OF_DIGITS;
	scan->offset += 8;
	return 1;
}

/*
 * Reads on in a token or number that is read by the word. Returns the state behind its end, or SIP_VALUE_NONE; the same
 * state if the end is not at hand.
 */
static __always_inline __u32 sip__read_by_word(const struct sip_view *view, struct sip_scan *scan, __u32 value,
					       __u32 action)
{
	int has_ended = action == SIP_VALUE_READS_TOKEN ? sip__read_token(view, scan) : sip__read_digits(view, scan);
	__u32 c;

	if (!has_ended || scan->offset >= view->bounds->limit)
		return value;
	c = sip__byte(view, scan->offset);
	return sip_value_next[(sip_byte_class[c] & (SIP_CLASSES - 1)) * SIP_VALUES + value];
}

/*
 * Reads up to eight bytes of a value, one by one. Returns the state behind them, SIP_VALUE_NONE if the rest does not
 * matter.
 */
static __always_inline __u32 sip__read_bytes(const struct sip_view *view, struct sip_scan *scan, __u32 value)
{
	__u64 word = sip__word(view, scan->offset), i;
	__u32 left = view->bounds->limit - scan->offset, c;

	scan->effort_left -= SIP_EFFORT_OF_BYTES;
	SIP_UNROLL
	for (i = 0; i < 8; i++) {
		if (i >= left)
			break;
		c = word & 0xff;
		word >>= 8;
		value = sip_value_next[(sip_byte_class[c] & (SIP_CLASSES - 1)) * SIP_VALUES + value];
		/* What leads to such a state is read again: a byte that ends a value may end the line too. */
		if (sip_value_action[value] >= SIP_VALUE_STOPS)
			break;
		/* A fold goes on. If the next byte is not at hand, the beginning of the next line finds the fold. */
		if (c == '\n' && (word & 0xff) != ' ' && (word & 0xff) != '\t') {
			scan->state = SIP_AT_LINE;
			i++;
			break;
		}
	}
	SIP_FORGET(view, i);
	scan->offset += (__u32)i;
	return value;
}

/* Reads a step of a wanted header's value. */
static __always_inline enum sip_verdict sip__in_value(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 value = scan->value, action = sip_value_action[value & (SIP_VALUES - 1)];

	if ((action == SIP_VALUE_WAITS && sip__skip_to_stop(view, scan)) ||
	    (action == SIP_VALUE_PASSES_DIGITS && sip__pass_digits(view, scan)))
		return SIP_MORE;
	SIP_STEP_ENDS();
	if (action >= SIP_VALUE_STOPS)
		value = sip__read_by_word(view, scan, value, action);
	else
		value = sip__read_bytes(view, scan, value);
	if (sip_value_action[value & (SIP_VALUES - 1)] == SIP_VALUE_FINDS)
		return sip__take_value(scan, value);
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
