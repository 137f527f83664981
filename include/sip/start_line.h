/* SPDX-License-Identifier: BSD-2-Clause */
/* The start line: is it a SIP message, and of which type? RFC 3261 7.1 and 7.2. Tested by tests/unit/sip/test_sip.c. */
#ifndef SIP_START_H
#define SIP_START_H

#include "sip/token.h"

/*
 * Steps of one call. They bound what the verifier walks through, and so the time that loading takes. A step consumes up
 * to 32 bytes.
 */
#define SIP_START_STEPS 1

/* Returns the verdict on bytes that end within what may be a start line. */
static __always_inline enum sip_verdict sip__end_in_start_line(const struct sip_scan *scan, int names_sip)
{
	if (names_sip)
		return scan->is_complete ? SIP_MALFORMED : SIP_TRUNCATED;
	if (scan->is_complete || (!sip__is_stream(scan) && scan->state > SIP_IN_METHOD && !scan->type))
		return SIP_NOT_SIP;
	return SIP_TRUNCATED;
}

/*
 * Takes a start line that breaks RFC 3261. In a stream, other messages may follow. If it is certain that a message begins
 * here, its headers are read, because they say where it ends. Returns the verdict.
 */
static __always_inline enum sip_verdict sip__refuse_start_line(struct sip_scan *scan)
{
	if (!sip__is_stream(scan) || scan->wariness)
		return SIP_MALFORMED;
	scan->is_malformed = 1;
	scan->wariness = 1;
	scan->type = SIP_TYPE_UNKNOWN;
	scan->state = SIP_IN_REASON;
	return SIP_MORE;
}

/* Marks the bytes of the word that are not CR, LF or NUL. All marks are exact. */
static __always_inline __u64 sip__mark_others_than_blanks(__u64 word)
{
	return sip__mark_filled(word) & sip__mark_filled(word ^ (SIP_ONES * '\r')) &
	       sip__mark_filled(word ^ (SIP_ONES * '\n'));
}

/* Skips CR, LF and NUL before the start line, up to eight. `others` marks the other bytes of the word. */
static __always_inline enum sip_verdict sip__skip_blanks(struct sip_scan *scan, __u64 word, __u64 others)
{
	__u32 skip = others ? sip__first_mark(others) : 8;

	scan->effort_left -= skip ? SIP_EFFORT_OF_BLANKS : 0;
	/* Bytes past the end are zeros. */
	if (skip > scan->end - scan->offset)
		skip = scan->end - scan->offset;
	scan->has_nul |= (~sip__mark_filled(word) & SIP_HIGHS & SIP_LOW_BYTES(skip)) != 0;
	scan->offset += skip;
	if (scan->offset >= scan->end)
		return SIP_KEEPALIVE;
	if (!others)
		return SIP_MORE;
	if (scan->has_nul && !sip__is_stream(scan)) /* in a stream a message may follow what keeps it alive */
		return SIP_NOT_SIP;
	scan->start = scan->offset;
	scan->state = SIP_AT_METHOD;
	return SIP_MORE;
}

/* Whether the block is this word, four times. */
static __always_inline int sip__repeats(const __u8 *block, __u64 word)
{
	__u64 others = 0;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8)
		others |= WORDS_LITTLE(words__load8(block + i)) ^ word;
	return !others;
}

/* The same, block by block where eight blanks come again and again, as those do that keep a connection alive. */
static __always_inline enum sip_verdict sip__at_start(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset), others = sip__mark_others_than_blanks(word), at = scan->offset;
	const __u8 *block;
	__u32 i;

	if (others)
		return sip__skip_blanks(scan, word, others);
	for (i = 0; i < SIP_SEARCH_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block || !sip__repeats(block, word))
			break;
		at += SIP_BLOCK;
	}
	if (at == scan->offset)
		return sip__skip_blanks(scan, word, others);
	scan->has_nul |= sip__mark_filled(word) != SIP_HIGHS;
	scan->offset = (__u32)at;
	return at < scan->end ? SIP_MORE : SIP_KEEPALIVE;
}

/* "SIP/2.0 200 OK": RFC 3261 7.2. The view holds all there is of the first 16 bytes. */
static __always_inline enum sip_verdict sip__in_response(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 at = scan->start, code[3], after, i;
	__u64 word = sip__word(view, at);

	/* Bytes past the end are zeros and match nothing below. */
	if (SIP_LOWER(word & SIP_LOW_BYTES(3)) != SIP_LOWER(SIP_WORD("SIP") & SIP_LOW_BYTES(3)) ||
	    (word & ~SIP_LOW_BYTES(3)) != (SIP_WORD("SIP/2.0 ") & ~SIP_LOW_BYTES(3)))
		return at + 8 > scan->end ? sip__end_in_start_line(scan, 1) : sip__refuse_start_line(scan);
	for (i = 0; i < 3; i++)
		code[i] = sip__byte(view, at + 8 + i) - '0';
	if (code[0] > 9 || code[1] > 9 || code[2] > 9)
		return at + 11 > scan->end ? sip__end_in_start_line(scan, 1) : sip__refuse_start_line(scan);
	if (code[0] < 1 || code[0] > 6)
		return sip__refuse_start_line(scan);
	after = sip__byte(view, at + 11);
	if (after != ' ' && after != '\n' && !(after == '\r' && sip__byte(view, at + 12) == '\n'))
		return at + 12 + (after == '\r') > scan->end ? sip__end_in_start_line(scan, 1)
							     : sip__refuse_start_line(scan);
	scan->type = (__u16)(code[0] * 100 + code[1] * 10 + code[2]);
	scan->offset = at + 11;
	scan->state = SIP_IN_REASON;
	return SIP_MORE;
}

/* Reads a method that is not well known, up to eight characters a step, or more if it has no name. */
static __always_inline enum sip_verdict sip__in_method(const struct sip_view *view, struct sip_scan *scan)
{
	int has_ended = sip__read_token(view, scan);
	__u32 c;

	if (scan->offset >= scan->end)
		return sip__end_in_start_line(scan, 0);
	if (!has_ended)
		return SIP_MORE;
	c = sip__byte(view, scan->offset);
	if (scan->token_length == 0 || (c != ' ' && c != '\t'))
		return SIP_NOT_SIP;
	if (c == '\t') {
		scan->state = SIP_IN_SUSPECT;
		return SIP_MORE;
	}
	/* A method of digits alone, under its own name, would count as a response. */
	if (sip__token_is_method(scan) && scan->token_digits < scan->token_length) {
		scan->type = SIP_TYPE_EXTENSION_MIN;
		__builtin_memcpy(scan->name.text, scan->token, sizeof(scan->name.text));
	}
	scan->offset++;
	scan->uri = scan->offset;
	scan->state = SIP_IN_URI;
	return SIP_MORE;
}

/*
 * "HTTP/1.1 101 Switching Protocols", the response that opens a WebSocket (RFC 6455 4.2.2). No other response matters.
 */
static __always_inline enum sip_verdict sip__in_http_response(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 low = sip__word(view, scan->offset) ^ SIP_WORD("HTTP/1.1");
	__u64 high = (sip__word(view, scan->offset + 8) ^ SIP_WORD(" 101")) & SIP_LOW_BYTES(4);
	__u32 left = scan->end - scan->offset;

	if (!low && !high)
		return sip__begin_http(scan);
	if ((left < 8 && !(low & SIP_LOW_BYTES(left))) ||
	    (left >= 8 && left < 12 && !low && !(high & SIP_LOW_BYTES(left - 8))))
		return sip__end_in_start_line(scan, 0);
	return SIP_NOT_SIP;
}

/* Reads the first byte of the start line. Tells a response, a well-known method and another method apart. */
static __always_inline enum sip_verdict sip__at_method(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 length = 0, type;

	if ((word & ~0x202020ULL & SIP_LOW_BYTES(4)) == SIP_WORD("SIP/"))
		return sip__in_response(view, scan);
	if (sip__is_stream(scan) && (word & SIP_LOW_BYTES(5)) == SIP_WORD("HTTP/"))
		return sip__in_http_response(view, scan);
	type = sip__known_method(word, sip__word(view, scan->offset + 8), ' ', &length);
	scan->type = (__u16)type;
	scan->offset += type ? length + 1 : 0;
	scan->uri = scan->offset;
	scan->state = type ? SIP_IN_URI : SIP_IN_METHOD;
	if (!type)
		sip__token_clear(scan);
	return SIP_MORE;
}

/*
 * The line is no start line. Looks for "SIP/" in it all the same, from the space before the URI on, or from where it
 * can still be read.
 */
static __always_inline enum sip_verdict sip__begin_suspect(struct sip_scan *scan)
{
	__u32 space = scan->uri - 1;

	if ((__s32)(space - scan->first) >= 0) {
		scan->effort_left -=
			2 * SIP_EFFORT_OF_PASSED(scan->offset - space); /* its words have cost twice as much */
		scan->offset = space;
	}
	scan->state = SIP_IN_SUSPECT;
	return SIP_MORE;
}

/* Whether the word, `left` bytes of which belong to the message, is a beginning of " SIP/2.0". */
static __always_inline int sip__is_cut_version(__u64 word, __u32 left)
{
	__u64 letters = 0x202020ULL << 8;

	return left < 8 && (((word | letters) ^ (SIP_WORD(" SIP/2.0") | letters)) & SIP_LOW_BYTES(left)) == 0;
}

static __always_inline int sip__is_get(const struct sip_scan *scan)
{
	return scan->type == SIP_TYPE_EXTENSION_MIN &&
	       (WORDS_LITTLE(words__load8((const __u8 *)scan->name.text)) & SIP_LOW_BYTES(4)) == SIP_WORD("GET");
}

/* The offset is at the space behind the URI. " SIP/2.0" and the end of the line must follow (RFC 3261 7.1). */
static __always_inline enum sip_verdict sip__at_version(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 at = scan->offset + 8, c;

	/* RFC 6455 4.1: the request that opens a WebSocket is a GET. */
	if (sip__is_stream(scan) && word == SIP_WORD(" HTTP/1.") && sip__is_get(scan))
		return sip__begin_http(scan);
	/* SIP_LOWER would turn control characters into digits, so only the letters are changed. */
	if ((word | (0x202020ULL << 8)) != ((SIP_WORD(" SIP/2.0")) | (0x202020ULL << 8))) {
		if (sip__is_cut_version(word, scan->end - scan->offset))
			return sip__end_in_start_line(scan, scan->end - scan->offset >= 5);
		return sip__begin_suspect(scan);
	}
	c = sip__byte(view, at);
	if (at < scan->end && c == '\n')
		return sip__begin_headers(scan, at + 1, scan->headers);
	if (at + 1 < scan->end && c == '\r' && sip__byte(view, at + 1) == '\n')
		return sip__begin_headers(scan, at + 2, scan->headers);
	if (at >= scan->end || (at + 1 >= scan->end && c == '\r'))
		return sip__end_in_start_line(scan, 1);
	return sip__refuse_start_line(scan);
}

/* The URI ends at the first white space. Nothing else about it matters. */
static __always_inline enum sip_verdict sip__in_uri(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = sip__pass_words(view, scan->offset);
	const __u8 *block = sip__block(view, at);
	__u64 marks = block ? 0 : SIP_MARK_BELOW(sip__word(view, scan->offset), 0x21);
	__u32 skip = block ? sip__word_length(block) : marks ? sip__first_mark(marks) : 8, c;

	if (at != scan->offset) {
		scan->offset = (__u32)at;
		return at < scan->end ? SIP_MORE : sip__end_in_start_line(scan, 0);
	}
	if (scan->offset + skip >= scan->end)
		return sip__end_in_start_line(scan, 0);
	scan->offset += skip;
	if ((!marks && (!block || skip == SIP_BLOCK)) || sip__needs_view(view, scan))
		return SIP_MORE;
	c = sip__byte(view, scan->offset);
	if (c == ' ' && scan->offset != scan->uri)
		return sip__at_version(view, scan);
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return sip__begin_suspect(scan);
	scan->effort_left -= SIP_EFFORT_OF_ODD_BYTE;
	scan->offset++;
	return SIP_MORE;
}

/* The reason phrase ends where the line does. */
static __always_inline enum sip_verdict sip__in_reason(const struct sip_view *view, struct sip_scan *scan)
{
	if (sip__skip_to_next_line(view, scan))
		return sip__begin_headers(scan, scan->offset, scan->headers);
	return scan->offset >= scan->end ? sip__end_in_start_line(scan, 1) : SIP_MORE;
}

/* Whether the lowest bytes of the word are white space and "SIP/". */
static __always_inline int sip__is_name(__u64 word)
{
	__u32 c = word & 0xff;

	return (word >> 8 & ~0x202020ULL & SIP_LOW_BYTES(4)) == SIP_WORD("SIP/") &&
	       (c == ' ' || (c >= '\t' && c <= '\r'));
}

/* Marks white space before "SIP/" in the eight bytes at the offset. */
static __always_inline __u64 sip__mark_sip(const struct sip_view *view, const struct sip_scan *scan, __u64 word)
{
	__u64 next = sip__word(view, scan->offset + 8), marks = 0, five;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < 8; i++) {
		five = word >> 8 * i | (i ? next << (64 - 8 * i) : 0);
		if (sip__is_name(five))
			marks |= 0x80ULL << 8 * i;
	}
	return marks;
}

/* Reads on near the end of a line that is no start line, up to eight bytes. */
static __always_inline enum sip_verdict sip__in_end_of_suspect(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset), ends = SIP_MARK_BYTE(word, '\n');
	__u64 names = sip__mark_sip(view, scan, word);

	scan->effort_left -= SIP_EFFORT_OF_BYTES;
	if (names && (!ends || sip__first_mark(names) < sip__first_mark(ends)))
		return sip__refuse_start_line(scan);
	scan->offset += ends ? sip__first_mark(ends) : 8;
	if (scan->offset >= scan->end)
		return sip__end_in_start_line(scan, 0);
	return ends ? SIP_NOT_SIP : SIP_MORE;
}

/* How many bytes of a name, white space and "SIP", are before the slash. */
#define SIP_SUSPECT_NAME 4

/*
 * The number of bytes in the block before the first LF or slash; SIP_BLOCK: there is none. A slash among the first bytes
 * has no name before it.
 */
static __always_inline __u32 sip__suspect_length(const __u8 *block)
{
	__u64 word, marks;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		word = WORDS_LITTLE(words__load8(block + i));
		if (!i) /* makes other bytes of these slashes, but no LF */
			word |= ((word ^ (SIP_ONES * '/')) - SIP_ONES) & SIP_HIGHS & SIP_LOW_BYTES(SIP_SUSPECT_NAME);
		marks = SIP_MARK_BYTE(word, '\n') | SIP_MARK_BYTE(word, '/');
		if (marks)
			return i + sip__first_mark(marks);
	}
	return SIP_BLOCK;
}

/* Reads a line that is no start line. White space and "SIP/" in it show that it was meant to be one. */
static __always_inline enum sip_verdict sip__in_suspect(const struct sip_view *view, struct sip_scan *scan)
{
	const struct sip_stops slash = SIP_STOPS('/', '/', '/');
	const __u32 stride = SIP_BLOCK - SIP_SUSPECT_NAME;
	__u64 at = sip__pass_blocks(view, scan->offset, &slash, stride);
	const __u8 *block;
	__u32 length;

	if (at != scan->offset) {
		/* By the block, so that it does not matter where a view ends. */
		scan->effort_left -= SIP_EFFORT_OF_SUSPECT_BLOCK * (__s32)(((__u32)at - scan->offset) / stride);
		scan->offset = (__u32)at;
		return SIP_MORE;
	}
	block = sip__block(view, at);
	if (!block)
		return sip__in_end_of_suspect(view, scan);
	scan->effort_left -= SIP_EFFORT_OF_ODD_BYTE;
	length = sip__suspect_length(block);
	SIP_FORGET(view, length);
	if (length == SIP_BLOCK) {
		scan->offset += stride;
		return SIP_MORE;
	}
	scan->offset += length;
	if (sip__byte(view, scan->offset) == '\n')
		return SIP_NOT_SIP;
	if (sip__is_name(sip__word(view, scan->offset - SIP_SUSPECT_NAME)))
		return sip__refuse_start_line(scan);
	scan->offset++;
	return SIP_MORE;
}

/* Reads on in the start line, up to a block a step. */
static __always_inline enum sip_verdict sip__take_start_steps(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;
	__u32 i;

	for (i = 0; i < SIP_START_STEPS && verdict == SIP_MORE; i++) {
		SIP_STEP_ENDS();
		if (sip__needs_view(view, scan) || scan->state == SIP_AT_METHOD || scan->is_http)
			break;
		if (scan->state == SIP_AT_START)
			verdict = sip__at_start(view, scan);
		else if (scan->state == SIP_IN_METHOD)
			verdict = sip__in_method(view, scan);
		else if (scan->state == SIP_IN_URI)
			verdict = sip__in_uri(view, scan);
		else if (scan->state == SIP_IN_REASON)
			verdict = sip__in_reason(view, scan);
		else
			verdict = sip__in_suspect(view, scan);
	}
	return verdict;
}

/*
 * Reads the start line. Returns SIP_MORE, SIP_STARTED (go on with sip__read_headers() then), or why it is none. The
 * view holds the bytes from the offset on.
 */
static __always_inline enum sip_verdict sip__read_start_line(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;

	if (scan->state == SIP_AT_START && !sip__needs_view(view, scan))
		verdict = sip__at_start(view, scan);
	/* Outside the loop, because it is the one long step, and comes once per message. */
	if (scan->state == SIP_AT_METHOD && !sip__needs_view(view, scan))
		verdict = sip__at_method(view, scan);
	return verdict == SIP_MORE ? sip__take_start_steps(view, scan) : verdict;
}

#endif
