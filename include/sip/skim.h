/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short way through the headers. Nearly all messages have the same form: `Name: value` and no folds. Lines
 * of that form are read here, with the state in registers. At the first line of another form, the scan is left to
 * headers.h, which reads any form and finds the same in this one.
 * Tested by tests/unit/sip/test_sip.c.
 */
#ifndef SIP_SKIM_H
#define SIP_SKIM_H

#include "sip/scan.h"

/* Blocks that are skimmed between two wanted headers, by the glance and by each other call, and those of a To and a URI. */
#define SIP_SKIM_BLOCKS_OF_GLANCE 16
#define SIP_SKIM_BLOCKS 13
#define SIP_SKIM_TO_BLOCKS 6
#define SIP_SKIM_URI_BLOCKS 6

/* No more bytes than these, from a line's first on, decide whether the line can be skimmed. */
#define SIP_SKIM_SPAN 512

/* Wanted headers of one call. Of a datagram, no others are wanted: To and CSeq, and perhaps Via. */
#define SIP_SKIM_HEADERS(all) ((all) == SIP_HEADERS_OF_DATAGRAM ? 2 : 3)

/* Marks what may end a header's name. */
#define SIP_NAME_MARKS(word) (SIP_MARK_BYTE(word, ':') | SIP_MARK_BYTE(word, ' ') | SIP_MARK_BYTE(word, '\t'))

/* What a line has: a wanted header (enum sip_wanted), or one of these. */
#define SIP_SKIM_NOTHING 0
#define SIP_SKIM_UNCLEAR 0x80 /* perhaps a wanted header in another form */
#define SIP_SKIM_FAR 0x81     /* further blocks may have one */

/* Whether the eight bytes, with letters in lower case, begin with this text. */
#define SIP_BEGINS(lower, text) (((lower)&SIP_LOW_BYTES(sizeof(text) - 1)) == SIP_WORD(text))

/*
 * What a line with the name of a wanted header has, by the bytes behind the name. Adds to *length the colon and a space
 * behind it.
 */
static __always_inline __u32 sip__skim_name_end(__u64 behind, __u32 wanted, __u32 *length)
{
	__u32 c = behind & 0xff;

	if (c != ':')
		return c == ' ' || c == '\t' ? SIP_SKIM_UNCLEAR : SIP_SKIM_NOTHING;
	*length += 1 + (__u32)((((behind >> 8 & 0xff) ^ ' ') - 1) >> 63);
	return wanted;
}

/*
 * Returns what the line that begins with this block has. Its first eight bytes, with letters in lower case, are `content-`;
 * a control character may look like the `-` then.
 */
static __always_inline __u32 sip__skim_content_name(const __u8 *block, __u32 *ret_length)
{
	__u64 word = WORDS_LITTLE(words__load8(block + 8));

	*ret_length = 14;
	if (block[7] != '-' || !SIP_BEGINS(word | (SIP_ONES * 0x20), "length"))
		return SIP_SKIM_NOTHING;
	return sip__skim_name_end(word >> 48, SIP_WANT_LENGTH, ret_length);
}

/*
 * Returns what the line that begins with this block has. If it is a wanted header, *ret_length is the length of what
 * comes before its value; if it is the end of the headers, its own.
 */
static __always_inline __u32 sip__skim_name(const __u8 *block, __u32 wanted, __u32 *ret_length)
{
	__u64 word = WORDS_LITTLE(words__load8(block)), lower = word | (SIP_ONES * 0x20);
	__u32 first = lower & 0xff;

	if (first == 'v') {
		if (!(wanted & SIP_WANT_VIA))
			return SIP_SKIM_NOTHING;
		*ret_length = SIP_BEGINS(lower, "via") ? 3 : 1;
		return sip__skim_name_end(word >> 8 * *ret_length, SIP_WANT_VIA, ret_length);
	}
	if (first == 't') {
		if (!(wanted & SIP_WANT_TO))
			return SIP_SKIM_NOTHING;
		*ret_length = SIP_BEGINS(lower, "to") ? 2 : 1;
		return sip__skim_name_end(word >> 8 * *ret_length, SIP_WANT_TO, ret_length);
	}
	if (first == 'c') {
		if (SIP_BEGINS(lower, "cseq") && (wanted & SIP_WANT_CSEQ)) {
			*ret_length = 4;
			return sip__skim_name_end(word >> 32, SIP_WANT_CSEQ, ret_length);
		}
		if ((wanted & SIP_WANT_LENGTH) && lower == SIP_WORD("content-"))
			return sip__skim_content_name(block, ret_length);
		return SIP_SKIM_NOTHING;
	}
	if (first == 'l') {
		*ret_length = 1;
		return wanted & SIP_WANT_LENGTH ? sip__skim_name_end(word >> 8, SIP_WANT_LENGTH, ret_length)
						: SIP_SKIM_NOTHING;
	}
	if (first == ('\r' | 0x20) && (word & SIP_LOW_BYTES(2)) == SIP_WORD("\r\n")) {
		*ret_length = 2;
		return SIP_WANT_END;
	}
	if (first == ('\n' | 0x20) && (word & 0xff) == '\n') {
		*ret_length = 1;
		return SIP_WANT_END;
	}
	return SIP_SKIM_NOTHING;
}

/*
 * Whether a line that begins with this block may be a fold or a header rather than a start line: its name ends with a
 * colon, perhaps after white space. The methods of start lines have at most nine characters, and the space behind them is
 * not followed by a colon.
 */
static __always_inline int sip__may_be_header(const __u8 *block)
{
	__u64 word = WORDS_LITTLE(words__load8(block)), after = WORDS_LITTLE(words__load8(block + 8)), marks, behind;
	__u32 c = word & 0xff;

	if (c == ' ' || c == '\t')
		return 1;
	if (word == SIP_WORD("SIP/2.0 "))
		return 0;
	marks = SIP_NAME_MARKS(word);
	behind = after << 56 | word >> 8; /* the byte behind each byte of the word */
	if (!marks) {
		word = after;
		behind = (__u64)block[16] << 56 | word >> 8;
		marks = SIP_NAME_MARKS(word);
	}
	if (!marks)
		return 1;
	c = word >> 8 * sip__first_mark(marks) & 0xff;
	if (c != ':')
		c = behind >> 8 * sip__first_mark(marks) & 0xff;
	return c == ':' || c == ' ' || c == '\t';
}

/*
 * Moves the scan to the next line that matters, and returns what it has; SIP_SKIM_UNCLEAR near the end of the view. The
 * glance, which wants the headers of a datagram, ends with these blocks.
 */
static __always_inline __u32 sip__skim_lines(const struct sip_view *view, struct sip_scan *scan, __u32 all,
					     __s64 *effort_left)
{
	const int is_glance = all != SIP_HEADERS_OF_STREAM;
	const __u32 none = is_glance ? SIP_SKIM_UNCLEAR : SIP_SKIM_FAR;
	const __u32 blocks = is_glance ? SIP_SKIM_BLOCKS_OF_GLANCE : SIP_SKIM_BLOCKS;
	__u64 at = scan->offset, at_line = scan->state == SIP_AT_LINE, was_at_line = 0;
	__u32 i, found = none, length = 0;
	const __u8 *block = 0;

	for (i = 0; i < blocks; i++) {
		SIP_FORGET(view, at_line);
		block = sip__padded(view, at, SIP_BLOCK);
		if (!block)
			break;
		if (at_line) {
			found = sip__skim_name(block, scan->wanted & all, &length);
			if (found)
				break;
			length = 0;
			if (!is_glance && scan->wariness && !sip__may_be_header(block)) {
				found = SIP_SKIM_UNCLEAR;
				break;
			}
			found = none;
			*effort_left -= SIP_EFFORT_OF_LINE;
			if (!is_glance && *effort_left < 0)
				break;
		}
		SIP_FORGET(view, at_line);
		was_at_line = at_line;
		at_line = sip__skip_line(view, block, &at);
		if (!is_glance)
			SIP_FORGET(view, *effort_left);
	}
	if (!is_glance && at > view->bounds->limit) {
		/* The end of the line is not at hand: it is read again. */
		at -= SIP_BLOCK;
		at_line = was_at_line;
		*effort_left += at_line * SIP_EFFORT_OF_LINE;
		block = 0;
	}
	scan->offset = (__u32)at;
	scan->value_offset = (__u32)at + length;
	scan->state = at_line ? SIP_AT_LINE : SIP_IN_LINE;
	return block || is_glance ? found : SIP_SKIM_UNCLEAR;
}

/* The number of digits that the block begins with; 16 means 16 or more. */
static __always_inline __u32 sip__digit_count(const __u8 *block)
{
	__u64 others;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < 16; i += 8) {
		others = sip__mark_others_than_digits(WORDS_LITTLE(words__load8(block + i)));
		if (others)
			return i + sip__first_mark(others);
	}
	return 16;
}

/* The bits of a word by which the letters of this text differ in upper and lower case. */
#define SIP_CASE(text) ((SIP_WORD(text) & SIP_ONES * 0x40) >> 1)

/*
 * "SIP/2.0/UDP ", the transport in any case. This function and those below return whether the value, from offset `at`
 * on, is of this form. If it is, the scan's offset is further in the header, or behind it.
 */
static __always_inline int sip__skim_via(const struct sip_view *view, struct sip_scan *scan, __u64 at)
{
	const __u8 *block = sip__padded(view, at, 16);
	__u64 word;

	if (!block || WORDS_LITTLE(words__load8(block)) != SIP_WORD("SIP/2.0/"))
		return 0;
	word = WORDS_LITTLE(words__load8(block + 8));
#define X(id, text)                                                                               \
	if (((word ^ SIP_WORD(text " ")) & SIP_LOW_BYTES(sizeof(text)) & ~SIP_CASE(text)) == 0) { \
		scan->via_transport = SIP_TRANSPORT_##id;                                         \
		scan->state = SIP_IN_LINE;                                                        \
		return 1;                                                                         \
	}
	SIP_TRANSPORT_LIST(X)
#undef X
	return 0;
}

/* The bytes of the word before its first white space or control character, which is at *marks; zeros for the others. */
static __always_inline __u64 sip__first_word(__u64 word, __u64 *ret_marks)
{
	__u64 marks = SIP_MARK_BELOW(word, 0x21);

	*ret_marks = marks;
	return word & (((marks & -marks) >> 7) - 1);
}

/* "4711 INVITE" and white space or the end of the line. */
static __always_inline int sip__skim_cseq(const struct sip_view *view, struct sip_scan *scan, __u64 at)
{
	const __u8 *block = sip__padded(view, at, 16);
	__u64 low, high, marks, high_marks;
	__u32 digits, length, method;

	if (!block)
		return 0;
	digits = sip__digit_count(block);
	at += digits + 1;
	block = sip__padded(view, at - 1, 17);
	if (!block || !digits || block[0] != ' ')
		return 0;
	low = sip__first_word(WORDS_LITTLE(words__load8(block + 1)), &marks);
	high = marks ? 0 : sip__first_word(WORDS_LITTLE(words__load8(block + 9)), &high_marks);
	method = sip__known_method(low, high, '\0', &length);
	if (!method || (!view->is_exact && at + length >= view->bounds->limit))
		return 0;
	scan->state = SIP_IN_LINE;
	scan->method = (__u16)method;
	return 1;
}

/* What ends a stretch of a To header, besides LF. */
#define SIP_TO_ANYWHERE (';' | ';' << 8)
#define SIP_TO_OUTSIDE (';' | '"' << 8)
#define SIP_TO_QUOTED ('"' | '\\' << 8)
#define SIP_TO_ANGLE ('>' | '>' << 8)

/* The number of bytes in the block before the first LF or one of two stops; SIP_BLOCK: there is none. */
static __always_inline __u32 sip__stretch_length(const __u8 *block, __u64 stops)
{
	__u64 word, marks, a = SIP_ONES * (stops & 0xff), b = SIP_ONES * (stops >> 8 & 0xff);
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		word = WORDS_LITTLE(words__load8(block + i));
		marks = SIP_MARK_BYTE(word, '\n') | SIP_MARK_BELOW(word ^ a, 1) | SIP_MARK_BELOW(word ^ b, 1);
		if (marks)
			return i + sip__first_mark(marks);
	}
	return SIP_BLOCK;
}

static __always_inline int sip__is_alphanumeric(__u32 c)
{
	return (c | 0x20) - 'a' < 26 || c - '0' < 10;
}

static __always_inline int sip__is_blank(__u32 c)
{
	return c == ' ' || c == '\t';
}

/* What follows the angle bracket, which is the first or second byte of the block: a tag or the end of the line. */
static __always_inline int sip__skim_tag_end(struct sip_scan *scan, const __u8 *block)
{
	__u64 word = WORDS_LITTLE(words__load8(block)) >> (block[1] == '>' ? 16 : 8);
	__u8 has_tag = ((word | (0x202020ULL << 8)) & SIP_LOW_BYTES(5)) == SIP_WORD(";tag=");

	if (has_tag && !sip__is_alphanumeric(word >> 40 & 0xff))
		return 0; /* perhaps it is empty */
	if (!has_tag && (word & 0xff) == '\r')
		word >>= 8;
	/* The next line may be a fold, or not at hand. */
	if (!has_tag && ((word & 0xff) != '\n' || !(word & 0xff00) || sip__is_blank(word >> 8 & 0xff)))
		return 0;
	scan->to_tag = has_tag;
	scan->state = SIP_IN_LINE;
	return 1;
}

/* A To header with a semicolon: `Bob <sip:bob@example.com>;tag=4711`, or with a parameter within the angle brackets. */
static __always_inline int sip__skim_tag(const struct sip_view *view, struct sip_scan *scan, __u64 at)
{
	const __u8 *block = sip__padded(view, at, SIP_BLOCK);
	__u64 stops = SIP_TO_OUTSIDE;
	__u32 i, length;

	if (!block)
		return 0;
	if (block[0] == '"')
		stops = SIP_TO_QUOTED;
	if (block[0] == '<')
		stops = SIP_TO_ANGLE;
	at += stops != SIP_TO_OUTSIDE;
	for (i = 0; i < SIP_SKIM_TO_BLOCKS; i++) {
		SIP_FORGET(view, at);
		SIP_FORGET(view, stops);
		block = sip__padded(view, at, SIP_BLOCK);
		if (!block)
			return 0;
		length = sip__stretch_length(block, stops);
		SIP_FORGET(view, length);
		at += length;
		if (length == SIP_BLOCK)
			continue;
		block = sip__padded(view, at - 1, SIP_BLOCK);
		if (!block)
			return 0;
		if (block[1] == '>' || (block[1] == ';' && block[0] == '>'))
			return sip__skim_tag_end(scan, block);
		if (block[1] != '"' || stops != SIP_TO_QUOTED)
			return 0;
		at++;
		stops = SIP_TO_OUTSIDE;
		if (block[2] == ' ' && block[3] == '<') {
			at += 2;
			stops = SIP_TO_ANGLE;
		}
	}
	return 0;
}

/* Like sip__skip_line(), but it also stops at a semicolon. As neither is above 127, bytes above it are sorted out once. */
static __always_inline int sip__skip_to_semicolon(const struct sip_view *view, const __u8 *block, __u64 *at)
{
	__u64 word, marks;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		word = WORDS_LITTLE(words__load8(block + i));
		marks = (((word ^ (SIP_ONES * '\n')) - SIP_ONES) | ((word ^ (SIP_ONES * ';')) - SIP_ONES)) & SIP_HIGHS;
		if (!marks || !(marks & ~word))
			continue;
		*at += i + 8;
		SIP_FORGET(view, *at);
		*at -= sip__bytes_behind(marks & ~word);
		return 1;
	}
	*at += SIP_BLOCK;
	SIP_FORGET(view, *at);
	return 0;
}

/* "Bob <sip:bob@example.com>". Without a semicolon and a fold there is no tag. */
static __always_inline int sip__skim_to(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = scan->offset;
	const __u8 *block = sip__padded(view, at, SIP_BLOCK);
	__u32 i;

	if (!block)
		return 0;
	for (i = 0; i < SIP_SKIM_TO_BLOCKS; i++) {
		if (sip__skip_to_semicolon(view, block, &at))
			break;
		block = sip__padded(view, at, SIP_BLOCK);
		if (!block)
			return 0;
	}
	block = sip__padded(view, at - 1, SIP_BLOCK);
	if (!block)
		return 0;
	if (block[0] == ';')
		return sip__skim_tag(view, scan, scan->value_offset);
	/* The next line may be a fold, or not at hand. */
	if (block[0] != '\n' || sip__is_blank(block[1]) || (!view->is_exact && at >= view->bounds->limit))
		return 0;
	scan->offset = (__u32)at;
	scan->state = SIP_AT_LINE;
	return 1;
}

/* "135" and the end of the line, with up to seven spaces before the number and up to seven digits. */
static __always_inline int sip__skim_length(const struct sip_view *view, struct sip_scan *scan, __u64 at)
{
	const __u8 *block = sip__padded(view, at, 8);
	__u32 digits, after;
	__u64 word;

	if (!block)
		return 0;
	word = WORDS_LITTLE(words__load8(block)) ^ (SIP_ONES * ' ');
	word = sip__mark_filled(word);
	block = word ? sip__padded(view, at + sip__first_mark(word), 16) : 0;
	if (!block)
		return 0;
	digits = sip__digit_count(block);
	word = WORDS_LITTLE(words__load8(block));
	if (!digits || digits > 7)
		return 0;
	after = word >> 8 * digits & 0xff;
	if (after != '\r' && after != '\n')
		return 0;
	scan->content_length = sip__number(word, digits);
	scan->has_length = 1;
	scan->state = SIP_IN_LINE;
	return 1;
}

/* Skims the wanted header at the scan's offset. */
static __always_inline int sip__skim_header(const struct sip_view *view, struct sip_scan *scan, __u32 all, __u32 found)
{
	__u64 at = scan->value_offset;

	if ((all & SIP_WANT_VIA) && found == SIP_WANT_VIA)
		return sip__skim_via(view, scan, at);
	if (found == SIP_WANT_CSEQ)
		return sip__skim_cseq(view, scan, at);
	if (found == SIP_WANT_TO)
		return sip__skim_to(view, scan);
	return found == SIP_WANT_LENGTH && sip__skim_length(view, scan, at);
}

/*
 * Skims headers from the first byte of a line on, or from within a line that does not matter. `all` are the headers that
 * may be wanted of such a message, a constant: what is not among them costs nothing. Returns SIP_MESSAGE when all that is
 * wanted is known, SIP_STARTED when another call may find more, else SIP_MORE. The scan is then before the first line
 * that is of another form or near the end of the view.
 */
static __always_inline enum sip_verdict sip__skim_headers(const struct sip_view *view, struct sip_scan *scan, __u32 all,
							  __s64 *effort_left)
{
	__u32 i, found;

	for (i = 0; i < SIP_SKIM_HEADERS(all); i++) {
		if (all == SIP_HEADERS_OF_STREAM)
			SIP_STEP_ENDS();
		found = sip__skim_lines(view, scan, all, effort_left);
		if (found == SIP_WANT_END) {
			scan->offset = scan->value_offset;
			scan->headers_ended = 1;
			return SIP_MESSAGE;
		}
		if (found == SIP_SKIM_FAR && *effort_left >= 0)
			continue;
		if (!sip__skim_header(view, scan, all, found)) {
			if (all != SIP_HEADERS_OF_STREAM && found < SIP_SKIM_UNCLEAR)
				scan->skim_stop = scan->offset + 1; /* so that it is not tried again */
			return found == SIP_SKIM_FAR ? SIP_STARTED : SIP_MORE;
		}
		scan->wanted &= (__u8)~found;
		if (!scan->wanted)
			return SIP_MESSAGE;
		if (all == SIP_HEADERS_OF_STREAM && *effort_left < SIP_EFFORT_OF_PASSED(scan->offset - scan->first))
			break;
	}
	return SIP_STARTED;
}

/* "SIP/2.0 200 " */
static __always_inline int sip__skim_response(struct sip_scan *scan, const __u8 *block, __u32 headers)
{
	__u32 first = block[8] - '1', second = block[9] - '0', third = block[10] - '0';

	if (first > 5 || second > 9 || third > 9 || block[11] != ' ')
		return 0;
	sip__begin_headers(scan, scan->offset + 12, headers);
	scan->state = SIP_IN_LINE;
	scan->type = (__u16)((first + 1) * 100 + second * 10 + third);
	return 1;
}

/* "INVITE sip:bob@example.com SIP/2.0" and the end of the line, with a well-known method. */
static __always_inline int sip__skim_request(const struct sip_view *view, struct sip_scan *scan, const __u8 *block,
					     __u32 headers)
{
	__u32 name_length = 0, length, has_cr, i;
	__u64 at = scan->offset, uri;

	scan->type = (__u16)sip__known_method(WORDS_LITTLE(words__load8(block)), WORDS_LITTLE(words__load8(block + 8)),
					      ' ', &name_length);
	if (!scan->type)
		return 0;
	at += name_length + 1;
	uri = at;
	for (i = 0; i < SIP_SKIM_URI_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block)
			return 0;
		length = sip__word_length(block);
		SIP_FORGET(view, length);
		at += length;
		if (length < SIP_BLOCK)
			break;
	}
	block = sip__block(view, at);
	if (!block || at == uri || WORDS_LITTLE(words__load8(block)) != SIP_WORD(" SIP/2.0"))
		return 0;
	has_cr = block[8] == '\r';
	if ((has_cr ? block[9] : block[8]) != '\n')
		return 0;
	sip__begin_headers(scan, (__u32)at + 9 + has_cr, headers);
	return 1;
}

/*
 * Skims the start line that begins at this block. Returns whether it is of the common form. The reason phrase of a
 * response has not been read then.
 */
static __always_inline int sip__skim_start(const struct sip_view *view, struct sip_scan *scan, const __u8 *block,
					   __u32 headers)
{
	if (WORDS_LITTLE(words__load8(block)) == SIP_WORD("SIP/2.0 "))
		return sip__skim_response(scan, block, headers);
	return sip__skim_request(view, scan, block, headers);
}

/*
 * Skims a datagram of the common form, of which these headers matter, a constant: those of the scan. Returns
 * SIP_MESSAGE with the same results as sip__read() and sip__finish(), else SIP_MORE. The message must then be read by
 * sip__read(), from its beginning unless sip__may_resume().
 */
static __always_inline enum sip_verdict sip__skim(const struct sip_view *view, struct sip_scan *scan, __u32 all)
{
	const __u8 *block = sip__block(view, scan->offset);
	__s64 effort_left = scan->effort_left;

	if (!block || !sip__skim_start(view, scan, block, all))
		return SIP_MORE;
	SIP_FORGET(view, effort_left);
	if (sip__skim_headers(view, scan, all, &effort_left) != SIP_MESSAGE) {
		scan->effort_left = (__s32)effort_left;
		return SIP_MORE;
	}
	sip__settle_type(scan);
	return SIP_MESSAGE;
}

/* Whether sip__read() may go on where sip__skim() could not: behind the start line. */
static __always_inline int sip__may_resume(const struct sip_scan *scan)
{
	const int is_request = scan->type < SIP_TYPE_STATUS_MIN || scan->type > SIP_TYPE_STATUS_MAX;

	if (scan->state == SIP_AT_LINE)
		return 1;
	/* The reason phrase of a response is no header: it has been passed when a header has been found. */
	return scan->state == SIP_IN_LINE &&
	       (is_request || scan->wanted != sip__wanted_of_type(scan->type, scan->headers));
}

/*
 * Skims the start line if it is of the common form and ends in its first block. Returns whether it was skimmed. If not,
 * the scan is as it was.
 */
static __always_inline int sip__skim_start_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 begin = scan->offset, at = begin;
	const __u8 *block = sip__block(view, begin);
	__s32 effort_left = scan->effort_left;

	if (!block)
		return 0;
	if (sip__skim_start(view, scan, block, scan->headers)) {
		if (scan->state == SIP_AT_LINE)
			return 1;
		if (sip__skip_line(view, block, &at)) {
			scan->offset = (__u32)at;
			scan->state = SIP_AT_LINE;
			return 1;
		}
	}
	scan->offset = (__u32)begin;
	scan->effort_left = effort_left;
	scan->state = SIP_AT_START;
	scan->type = SIP_TYPE_UNKNOWN;
	return 0;
}

/* Whether another view may help where the short way could not go on: this one ends too soon to tell. */
static __always_inline int sip__skim_needs_view(const struct sip_view *view, const struct sip_scan *scan)
{
	return view->bounds->has_more && scan->offset != view->bounds->origin &&
	       scan->offset + SIP_SKIM_SPAN > view->bounds->limit;
}

/*
 * Skims on in a message, from its first byte on or in its headers (see sip__may_skim()). Returns SIP_MESSAGE when all
 * that is wanted is known, SIP_STARTED when the message can be read on, the short way or the long one, or SIP_MORE when
 * that takes another view.
 */
static __always_inline enum sip_verdict sip__skim_on(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;
	__s64 effort_left = scan->effort_left;

	SIP_FORGET(view, effort_left);
	if (scan->state != SIP_AT_START || sip__skim_start_line(view, scan))
		verdict = sip__skim_headers(view, scan, SIP_HEADERS_OF_STREAM, &effort_left);
	scan->effort_left = (__s32)effort_left;
	if (verdict != SIP_MORE || sip__skim_needs_view(view, scan))
		return verdict;
	scan->skim_stop = scan->offset + 1;
	return SIP_STARTED;
}

/*
 * Whether sip__skim_on() may get on: at the first byte of a message or in its headers, but in no wanted one, not where
 * it has not got on before, and not near the end of the bytes.
 */
static __always_inline int sip__may_skim(const struct sip_view *view, const struct sip_scan *scan)
{
	if (scan->skim_stop == scan->offset + 1)
		return 0;
	if (scan->state == SIP_AT_START)
		return !scan->wariness && scan->offset == scan->start &&
		       scan->offset + SIP_BLOCK <= view->bounds->limit;
	return scan->state >= SIP_AT_LINE && scan->state != SIP_IN_VALUE && !scan->value &&
	       scan->offset < view->bounds->limit;
}

#endif
