/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The classifier: what does a message say? Bytes in; type, CSeq method, Via transport and length out. Plain C with
 * fixed bounds: no helper calls, no kernel headers, no allocation. The same source is compiled into the BPF programs,
 * the user-space engine, the unit tests and the fuzzers.
 *
 * The scan is resumable. It reads through a view, a readable stretch of the message, and when the view (or the bound on
 * the work of one call) is used up it says SIP_MORE; the caller moves the view to sip_scan.offset and calls again. What
 * comes out does not depend on where the views end.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef SIP_H
#define SIP_H

#include "sipbpf.h"
#include "sip_value.h"

/*
 * Steps of one call: they bound what the verifier walks through, and with it the time that loading takes. A step
 * consumes up to 32 bytes of headers, or 8 of the start line. Most messages are read in place, within two calls.
 */
#define SIP_STEPS(view) ((view)->copied ? 6 : 12)
#define SIP_START_STEPS(view) ((view)->copied ? 4 : 8)

/* Bytes before sip_scan.offset that a view must still hold, and bytes after it that one decision may need. */
#define SIP_LOOK_BEHIND 8
#define SIP_LOOK_AHEAD 32

/* Bytes of a To header that are looked over for a semicolon at once. */
#define SIP_TO_SKIP 64

enum sip_verdict {
	SIP_MORE = 0, /* move the view to sip_scan.offset and go on */
	SIP_STARTED,  /* the start line is a SIP message's */
	SIP_MESSAGE,  /* as much as was wanted is known, or the bytes ended */
	SIP_NOT_SIP,
	SIP_KEEPALIVE, /* nothing but CR, LF and NUL */
	SIP_MALFORMED, /* looks like SIP, but the start line breaks RFC 3261 7.1 or 7.2 */
	SIP_TRUNCATED, /* the bytes end within the start line */
};

enum sip_state {
	SIP_AT_START = 0, /* CR and LF before the start line (RFC 3261 7.5) */
	SIP_AT_METHOD,    /* the first byte of the start line */
	SIP_IN_METHOD,    /* of a method that is not well known */
	SIP_IN_URI,
	SIP_IN_REASON,
	SIP_IN_SUSPECT, /* not a start line: does the line name SIP all the same? */
	SIP_AT_LINE,    /* the first byte of a header line */
	SIP_IN_LINE,    /* the rest of a line without interest */
	SIP_IN_VALUE,
};

/* What a scan still looks for. */
enum sip_wanted {
	SIP_WANT_TO = 1,
	SIP_WANT_CSEQ = 2,
	SIP_WANT_VIA = 4,
	SIP_WANT_LENGTH = 8,
	SIP_WANT_END = 16, /* the empty line after the headers */
};

/* Which bytes a view holds. Kept in memory beside the scan, where the verifier forgets what branches taught it. */
struct sip_bounds {
	__u32 origin; /* offset of the view's first byte */
	__u32 limit;  /* offset of the first byte that is not in the view; at most sip_scan.end */
};

/* Where the bytes are. */
struct sip_view {
	const __u8 *base;
	const __u8 *base_end;            /* for SIP_VIEW_AT(), where the verifier wants a pointer to compare with */
	const struct sip_bounds *bounds; /* the scan's */
	__u8 copied;                     /* base is a copy, with slack behind it; a constant where the view is made */
};

struct sip_scan {
	__u32 offset;             /* of the next byte to look at */
	__u32 end;                /* offset of the first byte after the message's bytes */
	struct sip_bounds bounds; /* set by whoever makes the view */
	__u32 start;              /* offset of the start line */
	__u32 content_length;     /* valid if has_length; at most SIP_LENGTH_MAX */
	__u16 type;               /* enum sip_type; SIP_TYPE_EXTENSION_MIN: name says it */
	__u16 method;             /* of the CSeq header, likewise with cseq_name; known after sip__finish() */
	__u8 state;               /* enum sip_state */
	__u8 wanted;              /* enum sip_wanted */
	__u8 value;               /* enum sip_value */
	__u8 complete;            /* the bytes end where the message ends: a datagram that is all here */
	__u8 stream;              /* over a stream: Content-Length and the end of the headers matter */
	__u8 via_transport;       /* enum sip_transport; known after sip__finish() */
	__u8 has_nul;
	__u8 has_length;
	__u8 headers_ended; /* offset is the first byte of the body */
	__u8 to_tag;
	__u16 token_length;
	char token[32];               /* of the method or value that is being read, NUL padded */
	struct sipbpf_name name;      /* of an extension method in the start line */
	struct sipbpf_name cseq_name; /* the method in CSeq; empty: none, or too long */
	char via_name[8];             /* the beginning of the transport in the topmost Via */
} __attribute__((aligned(8)));        /* cleared by the word */

#define SIP_LENGTH_MAX 0x7fffffff

/*
 * SIP_VIEW_AT(view, at, size): a pointer to `size` readable bytes at offset `at`, or NULL. The caller has made sure that
 * they lie before view->bounds->limit, so NULL never comes; the verifier has to see it. The BPF side brings its own.
 */
#ifndef SIP_VIEW_AT
#define SIP_VIEW_AT(view, at, size) ((view)->base + ((at) - (view)->bounds->origin))
static __always_inline __u64 sip__load8(const __u8 *bytes)
{
	__u64 word;

	__builtin_memcpy(&word, bytes, sizeof(word));
	return word;
}
#else
static __always_inline __u64 sip__load8(const __u8 *bytes)
{
	return *(const __u64 *)bytes;
}
#endif

/* Between steps: what is in memory is read anew, so that all paths through a step meet in one state. */
#define SIP_STEP_ENDS() __asm__ volatile("" ::: "memory")

/* Asks clang 19 for a form of the loop that kernel 6.1 sees the end of; where it cannot unroll, its other form does. */
#ifdef __bpf__
#define SIP_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SIP_UNROLL
#endif

#define SIP_ONES 0x0101010101010101ULL
#define SIP_HIGHS 0x8080808080808080ULL

/* Marks the bytes of word that are below n (n <= 128). The lowest mark is exact, higher ones may be false. */
#define SIP_BELOW(word, n) (((word)-SIP_ONES * (n)) & ~(word)&SIP_HIGHS)

/* Marks the bytes of word that are c, likewise. */
#define SIP_HAS(word, c) SIP_BELOW((word) ^ (SIP_ONES * (__u8)(c)), 1)

/* The position, 0 to 7, of the lowest mark; marks is not 0. Spelled out since BPF has no count-trailing-zeros. */
static __always_inline __u32 sip__first(__u64 marks)
{
#ifdef __bpf__
	__u64 lowest = marks & -marks;

	/* 0x80 << 8n, times this constant, has n in its top bits. */
	return (__u32)(((lowest >> 7) * 0x0001020304050607ULL) >> 56);
#else
	return (__u32)__builtin_ctzll(marks) / 8;
#endif
}

/* A word's bytes in the order of the message, lowest first, whatever the machine. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SIP_LITTLE(word) __builtin_bswap64(word)
#else
#define SIP_LITTLE(word) (word)
#endif

/* The byte at offset `at`; 0 past the view's limit. */
static __always_inline __u32 sip__byte(const struct sip_view *view, __u32 at)
{
	const __u8 *bytes;

	if (at >= view->bounds->limit)
		return 0;
	bytes = SIP_VIEW_AT(view, at, 1);
	return bytes ? *bytes : 0;
}

/* The first n characters (up to 8) of a word. */
#define SIP_LOW(n) ((n) >= 8 ? ~0ULL : ((1ULL << (8 * ((n)&7))) - 1))

/* The last bytes before the view's limit, less than eight of them, from offset `at` on; zeros follow. */
static __always_inline __u64 sip__last_word(const struct sip_view *view, __u32 at)
{
	__u32 left = view->bounds->limit - at, i;
	const __u8 *bytes;
	__u64 word = 0;

	if (at >= view->bounds->limit)
		return 0;
	if (view->copied) { /* there is slack behind the limit */
		bytes = SIP_VIEW_AT(view, at, 8);
		return bytes ? SIP_LITTLE(sip__load8(bytes)) & SIP_LOW(left) : 0;
	}
	if (view->bounds->limit - view->bounds->origin >= 8) {
		bytes = SIP_VIEW_AT(view, view->bounds->limit - 8, 8);
		return bytes ? SIP_LITTLE(sip__load8(bytes)) >> (8 * ((8 - left) & 7)) : 0;
	}
#ifndef __bpf__ /* a packet has more than eight bytes of headers */
	for (i = 0; i < left; i++)
		word |= (__u64)sip__byte(view, at + i) << (8 * i);
#else
	(void)i;
#endif
	return word;
}

/* The eight bytes at offset `at`, lowest first; zeros past the view's limit. */
static __always_inline __u64 sip__word(const struct sip_view *view, __u32 at)
{
	const __u8 *bytes;

	if (at + 8 > view->bounds->limit)
		return sip__last_word(view, at);
	bytes = SIP_VIEW_AT(view, at, 8);
	return bytes ? SIP_LITTLE(sip__load8(bytes)) : 0;
}

/* A string of up to eight characters as sip__word() would read it. */
#define SIP_CHAR(s, i) ((__u64)(__u8)((i) < sizeof(s) - 1 ? (s)[(i) < sizeof(s) ? (i) : 0] : 0) << (8 * ((i)&7)))
#define SIP_WORD_FROM(s, i)                                                                                           \
	(SIP_CHAR(s, i) | SIP_CHAR(s, (i) + 1) | SIP_CHAR(s, (i) + 2) | SIP_CHAR(s, (i) + 3) | SIP_CHAR(s, (i) + 4) | \
	 SIP_CHAR(s, (i) + 5) | SIP_CHAR(s, (i) + 6) | SIP_CHAR(s, (i) + 7))
#define SIP_WORD(s) SIP_WORD_FROM(s, 0)

/* Upper case to lower case for all eight bytes; only for comparing with letters, '/' and digits. */
#define SIP_LOWER(word) ((word) | (SIP_ONES * 0x20))

/*
 * The well-known method whose name, followed by `after`, stands in the two words. Returns its type and in
 * *ret_length the name's length; SIP_TYPE_UNKNOWN if there is none.
 */
static __always_inline __u32 sip__known_method(__u64 low, __u64 high, char after, __u32 *ret_length)
{
#define X(id, text)                                                                                                    \
	if (((low ^ SIP_WORD(text) ^ (sizeof(text) <= 8 ? (__u64)(__u8)after << (8 * ((sizeof(text) - 1) & 7)) : 0)) & \
	     SIP_LOW(sizeof(text))) == 0 &&                                                                            \
	    (sizeof(text) <= 8 ||                                                                                      \
	     ((high ^ SIP_WORD_FROM(text, 8) ^ ((__u64)(__u8)after << (8 * ((sizeof(text) - 1) & 7)))) &               \
	      SIP_LOW(sizeof(text) - 8)) == 0)) {                                                                      \
		*ret_length = sizeof(text) - 1;                                                                        \
		return SIP_TYPE_##id;                                                                                  \
	}
	SIP_METHOD_LIST(X)
#undef X
	return SIP_TYPE_UNKNOWN;
}

static __always_inline void sip__token_clear(struct sip_scan *scan)
{
	scan->token_length = 0;
	__builtin_memset(scan->token, 0, sizeof(scan->token));
}

static __always_inline void sip__token_append(struct sip_scan *scan, __u32 c)
{
	__u32 length = scan->token_length;

	if (length < SIPBPF_NAME_SIZE)
		scan->token[length & 31] = (char)c;
	if (length < 0xffff)
		scan->token_length = (__u16)(length + 1);
}

/* Prepares a scan of the bytes from offset to end. */
static __always_inline void sip__begin(struct sip_scan *scan, __u32 offset, __u32 end, __u8 complete, __u8 stream)
{
	__builtin_memset(scan, 0, sizeof(*scan));
	scan->offset = offset;
	scan->start = offset;
	scan->end = end;
	scan->complete = complete;
	scan->stream = stream;
}

/* Whether a decision at the offset needs bytes that the view does not hold but the message does. */
static __always_inline int sip__needs_view(const struct sip_view *view, const struct sip_scan *scan)
{
	return scan->offset + SIP_LOOK_AHEAD > view->bounds->limit && view->bounds->limit < scan->end;
}

/* The bytes ended within the start line, which so far could have become one. */
static __always_inline enum sip_verdict sip__start_ended(const struct sip_scan *scan, int names_sip)
{
	if (names_sip)
		return scan->complete ? SIP_MALFORMED : SIP_TRUNCATED;
	if (scan->complete || (scan->state > SIP_IN_METHOD && !scan->type))
		return SIP_NOT_SIP;
	return scan->stream && !scan->type ? SIP_NOT_SIP : SIP_TRUNCATED;
}

/* The start line has been read up to offset, the first byte of the headers. */
static __always_inline enum sip_verdict sip__started(struct sip_scan *scan, __u32 offset)
{
	scan->offset = offset;
	scan->state = SIP_AT_LINE;
	scan->value = SIP_VALUE_NONE;
	scan->wanted = SIP_WANT_CSEQ | SIP_WANT_VIA;
	if (scan->type == SIP_TYPE_INVITE)
		scan->wanted |= SIP_WANT_TO;
	if (scan->stream)
		scan->wanted |= SIP_WANT_LENGTH | SIP_WANT_END;
	return SIP_STARTED;
}

static __always_inline enum sip_verdict sip__at_start(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 c;

	if (scan->offset >= scan->end)
		return SIP_KEEPALIVE;
	c = sip__byte(view, scan->offset);
	if (c == '\r' || c == '\n' || c == '\0') {
		scan->has_nul |= c == '\0';
		scan->offset++;
		return SIP_MORE;
	}
	if (scan->has_nul)
		return SIP_NOT_SIP;
	scan->start = scan->offset;
	scan->state = SIP_AT_METHOD;
	return SIP_MORE;
}

/* "SIP/2.0 200 OK": RFC 3261 7.2. The view holds what there is of the first 16 bytes. */
static __always_inline enum sip_verdict sip__in_response(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 at = scan->start, code[3], after, i;
	__u64 word = sip__word(view, at);

	/* Bytes past the end read as zero and match nothing below. */
	if (SIP_LOWER(word & SIP_LOW(3)) != SIP_LOWER(SIP_WORD("SIP") & SIP_LOW(3)) ||
	    (word & ~SIP_LOW(3)) != (SIP_WORD("SIP/2.0 ") & ~SIP_LOW(3)))
		return at + 8 > scan->end ? sip__start_ended(scan, 1) : SIP_MALFORMED;
	for (i = 0; i < 3; i++)
		code[i] = sip__byte(view, at + 8 + i) - '0';
	if (code[0] > 9 || code[1] > 9 || code[2] > 9)
		return at + 11 > scan->end ? sip__start_ended(scan, 1) : SIP_MALFORMED;
	if (code[0] < 1 || code[0] > 6)
		return SIP_MALFORMED;
	after = sip__byte(view, at + 11);
	if (after != ' ' && after != '\n' && !(after == '\r' && sip__byte(view, at + 12) == '\n'))
		return at + 12 + (after == '\r') > scan->end ? sip__start_ended(scan, 1) : SIP_MALFORMED;
	scan->type = (__u16)(code[0] * 100 + code[1] * 10 + code[2]);
	scan->offset = at + 11;
	scan->state = SIP_IN_REASON;
	return SIP_MORE;
}

/* A method that is not well known: up to eight of its characters. */
static __always_inline enum sip_verdict sip__in_method(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 c = 0, i;

	for (i = 0; i < 8; i++) {
		if (scan->offset >= scan->end)
			return sip__start_ended(scan, 0);
		c = word & 0xff;
		word >>= 8;
		if (!SIP_IS_TOKEN(c))
			break;
		sip__token_append(scan, c);
		scan->offset++;
	}
	if (i == 8)
		return SIP_MORE;
	if (scan->token_length == 0 || (c != ' ' && c != '\t'))
		return SIP_NOT_SIP;
	if (c == '\t') {
		scan->state = SIP_IN_SUSPECT;
		return SIP_MORE;
	}
	if (scan->token_length < SIPBPF_NAME_SIZE) {
		scan->type = SIP_TYPE_EXTENSION_MIN;
		__builtin_memcpy(scan->name.text, scan->token, sizeof(scan->name.text));
	}
	scan->offset++;
	scan->state = SIP_IN_URI;
	scan->token_length = 0;
	return SIP_MORE;
}

/* The first byte of the start line. Decides between a response, a well-known method and another one. */
static __always_inline enum sip_verdict sip__at_method(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 length = 0, type;

	if ((word & ~0x202020ULL & SIP_LOW(4)) == SIP_WORD("SIP/"))
		return sip__in_response(view, scan);
	type = sip__known_method(word, sip__word(view, scan->offset + 8), ' ', &length);
	scan->type = (__u16)type;
	scan->offset += type ? length + 1 : 0;
	scan->state = type ? SIP_IN_URI : SIP_IN_METHOD;
	return SIP_MORE;
}

/* Whether the word, of which the message has only `left` bytes, is a beginning of " SIP/2.0". */
static __always_inline int sip__version_cut(__u64 word, __u32 left)
{
	__u64 letters = 0x202020ULL << 8;

	return left < 8 && (((word | letters) ^ (SIP_WORD(" SIP/2.0") | letters)) & SIP_LOW(left)) == 0;
}

/* The offset is at the space after the URI: " SIP/2.0" and the line's end must follow (RFC 3261 7.1). */
static __always_inline enum sip_verdict sip__at_version(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 at = scan->offset + 8, c;

	/* SIP_LOWER would take control characters for digits: the letters alone. */
	if ((word | (0x202020ULL << 8)) != ((SIP_WORD(" SIP/2.0")) | (0x202020ULL << 8))) {
		if (sip__version_cut(word, scan->end - scan->offset))
			return sip__start_ended(scan, scan->end - scan->offset >= 5);
		scan->state = SIP_IN_SUSPECT;
		return SIP_MORE;
	}
	c = sip__byte(view, at);
	if (at < scan->end && c == '\n')
		return sip__started(scan, at + 1);
	if (at + 1 < scan->end && c == '\r' && sip__byte(view, at + 1) == '\n')
		return sip__started(scan, at + 2);
	if (at >= scan->end || (at + 1 >= scan->end && c == '\r'))
		return sip__start_ended(scan, 1);
	return SIP_MALFORMED;
}

/* The URI goes on to the first byte of white space; nothing else about it matters. */
static __always_inline enum sip_verdict sip__in_uri(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 marks = SIP_BELOW(sip__word(view, scan->offset), 0x21);
	__u32 skip = marks ? sip__first(marks) : 8, c;

	if (scan->offset + skip >= scan->end)
		return sip__start_ended(scan, 0);
	scan->offset += skip;
	scan->token_length |= skip > 0;
	if (!marks || sip__needs_view(view, scan))
		return SIP_MORE;
	c = sip__byte(view, scan->offset);
	if (c == ' ' && scan->token_length)
		return sip__at_version(view, scan);
	if (c == ' ' || (c >= '\t' && c <= '\r')) {
		scan->state = SIP_IN_SUSPECT;
		return SIP_MORE;
	}
	scan->offset++;
	scan->token_length = 1;
	return SIP_MORE;
}

/* The reason phrase goes on to the line's end. */
static __always_inline enum sip_verdict sip__in_reason(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 marks = SIP_HAS(sip__word(view, scan->offset), '\n');
	__u32 skip = marks ? sip__first(marks) : 8;

	if (scan->offset + skip >= scan->end)
		return sip__start_ended(scan, 1);
	scan->offset += skip;
	return marks ? sip__started(scan, scan->offset + 1) : SIP_MORE;
}

/* Whether the slash at the offset ends white space and "SIP/". */
static __always_inline int sip__names_sip(const struct sip_view *view, const struct sip_scan *scan)
{
	__u64 word;
	__u32 c;

	if (scan->offset - scan->start < 4)
		return 0;
	c = sip__byte(view, scan->offset - 4);
	word = sip__word(view, scan->offset - 3);
	return (c == ' ' || (c >= '\t' && c <= '\r')) && (word & ~0x202020ULL & SIP_LOW(4)) == SIP_WORD("SIP/");
}

/* A line that is no start line: if white space and "SIP/" stand in it, it means to be one. */
static __always_inline enum sip_verdict sip__in_suspect(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u64 marks = SIP_HAS(word, '\n');
	__u32 skip = marks ? sip__first(marks) : 8;

	marks = SIP_HAS(word, '/');
	if (marks && sip__first(marks) <= skip) {
		skip = sip__first(marks);
		scan->offset += skip;
		if (scan->offset >= scan->end)
			return SIP_NOT_SIP;
		if (sip__names_sip(view, scan))
			return SIP_MALFORMED;
		scan->offset++;
		return SIP_MORE;
	}
	scan->offset += skip;
	if (skip < 8 || scan->offset >= scan->end)
		return scan->offset < scan->end ? SIP_NOT_SIP : sip__start_ended(scan, 0);
	return SIP_MORE;
}

/* Reads on in the start line, up to eight bytes a step. */
static __always_inline enum sip_verdict sip__start_steps(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;
	__u32 i;

	for (i = 0; i < SIP_START_STEPS(view) && verdict == SIP_MORE; i++) {
		SIP_STEP_ENDS();
		if (sip__needs_view(view, scan) || scan->state == SIP_AT_METHOD)
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
 * Reads the start line. Returns SIP_MORE, SIP_STARTED (then go on with sip__headers()), or why it is none. The view
 * holds the bytes from offset - SIP_LOOK_BEHIND (or start) on.
 */
static __always_inline enum sip_verdict sip__start_line(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_MORE;

	if (scan->state == SIP_AT_START)
		verdict = sip__at_start(view, scan);
	/* Once per message and not in the loop: it is the one long step. */
	if (scan->state == SIP_AT_METHOD && !sip__needs_view(view, scan))
		verdict = sip__at_method(view, scan);
	return verdict == SIP_MORE ? sip__start_steps(view, scan) : verdict;
}

/*
 * The wanted header whose name begins the line, with these eight bytes, as the state before its colon; SIP_VALUE_NONE
 * if it is another.
 */
static __always_inline __u32 sip__header(const struct sip_view *view, struct sip_scan *scan, __u64 word)
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
	if ((rest & SIP_LOW(2)) == SIP_WORD("to") && SIP_NAME_ENDS(after)) {
		scan->offset += 2;
		return SIP_VALUE_TO_NAME;
	}
	after = (word >> 24) & 0xff;
	if ((rest & SIP_LOW(3)) == SIP_WORD("via") && SIP_NAME_ENDS(after)) {
		scan->offset += 3;
		return SIP_VALUE_VIA_NAME;
	}
	after = (word >> 32) & 0xff;
	if ((rest & SIP_LOW(4)) == SIP_WORD("cseq") && SIP_NAME_ENDS(after)) {
		scan->offset += 4;
		return SIP_VALUE_CSEQ_NAME;
	}
	/* A control character may look like '-' in lower case. */
	if (rest != SIP_WORD("content-") || word >> 56 != '-' || !(scan->wanted & SIP_WANT_LENGTH))
		return SIP_VALUE_NONE;
	word = sip__word(view, scan->offset + 8);
	after = (word >> 48) & 0xff;
	if (((word | 0x202020202020ULL) & SIP_LOW(6)) != SIP_WORD("length") || !SIP_NAME_ENDS(after))
		return SIP_VALUE_NONE;
	scan->offset += 14;
	return SIP_VALUE_LENGTH_NAME;
#undef SIP_NAME_ENDS
}

static __always_inline __u32 sip__wanted_by(__u32 value)
{
	if (value <= SIP_VALUE_TO_LAST)
		return SIP_WANT_TO;
	if (value <= SIP_VALUE_CSEQ_LAST)
		return SIP_WANT_CSEQ;
	return value <= SIP_VALUE_VIA_LAST ? SIP_WANT_VIA : SIP_WANT_LENGTH;
}

/* Skips ": SIP/2.0/" of a Via as nearly all write it; any other is read byte by byte. */
static __always_inline void sip__skip_protocol(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);

	if (scan->value == SIP_VALUE_VIA_NAME && (word & SIP_LOW(2)) == SIP_WORD(": ") &&
	    sip__word(view, scan->offset + 2) == SIP_WORD("SIP/2.0/")) {
		scan->offset += 10;
		scan->value = SIP_VALUE_VIA_GAP;
	}
}

/*
 * Skips a To without any semicolon and without a fold: it cannot carry a tag. Nearly every INVITE that is no ReINVITE
 * has such a one. Returns whether it was skipped.
 */
static __always_inline int sip__skip_to(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 at = scan->offset, i, after;
	const __u8 *bytes;
	__u64 marks = 0, word = 0;

	if (scan->value != SIP_VALUE_TO_NAME || at + SIP_TO_SKIP + 1 > view->bounds->limit)
		return 0;
	bytes = SIP_VIEW_AT(view, at, SIP_TO_SKIP);
	if (!bytes || bytes[0] != ':')
		return 0;
	for (i = 0; i < SIP_TO_SKIP; i += 8) {
		word = SIP_LITTLE(sip__load8(bytes + i));
		marks = SIP_HAS(word, '\n') | SIP_HAS(word, ';');
		if (marks)
			break;
	}
	if (!marks)
		return 0;
	i += sip__first(marks);
	after = sip__byte(view, at + i + 1);
	if (sip__byte(view, at + i) != '\n' || after == ' ' || after == '\t')
		return 0;
	scan->offset = at + i + 1;
	scan->wanted &= (__u8)~SIP_WANT_TO;
	scan->value = SIP_VALUE_NONE;
	scan->state = SIP_AT_LINE;
	return 1;
}

/* The first byte of a line: the headers' end, a fold, or a header. */
static __always_inline enum sip_verdict sip__at_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset);
	__u32 c = word & 0xff, value;

	if (c == '\n' || (word & SIP_LOW(2)) == SIP_WORD("\r\n")) {
		scan->offset += c == '\n' ? 1 : 2;
		scan->headers_ended = 1;
		return SIP_MESSAGE;
	}
	if (c == ' ' || c == '\t') {
		scan->state = scan->value ? SIP_IN_VALUE : SIP_IN_LINE;
		return SIP_MORE;
	}
	if (scan->value) { /* the wanted header before this one ended without what was looked for */
		scan->wanted &= (__u8)~sip__wanted_by(scan->value);
		scan->value = SIP_VALUE_NONE;
	}
	if (!scan->wanted)
		return SIP_MESSAGE;
	value = sip__header(view, scan, word);
	scan->state = SIP_IN_LINE;
	if (value && (scan->wanted & sip__wanted_by(value))) {
		scan->value = (__u8)value;
		scan->state = SIP_IN_VALUE;
		sip__token_clear(scan);
		scan->content_length = value == SIP_VALUE_LENGTH_NAME ? 0 : scan->content_length;
		if (!sip__skip_to(view, scan))
			sip__skip_protocol(view, scan);
	}
	return SIP_MORE;
}

/* Skips to the line's end, up to four words a step. */
static __always_inline enum sip_verdict sip__in_line(const struct sip_view *view, struct sip_scan *scan)
{
	const __u8 *bytes;
	__u64 marks = 0;
	__u32 i;

	if (scan->offset + 32 <= view->bounds->limit) {
		bytes = SIP_VIEW_AT(view, scan->offset, 32);
		if (!bytes)
			return SIP_MESSAGE;
		for (i = 0; i < 4; i++) {
			marks = SIP_LITTLE(sip__load8(bytes + 8 * i)) ^ (SIP_ONES * '\n');
			marks = SIP_BELOW(marks, 1);
			if (marks)
				break;
		}
		scan->offset += 8 * i;
	} else {
		marks = SIP_HAS(sip__word(view, scan->offset), '\n');
		scan->offset += marks ? 0 : 8;
	}
	if (marks) {
		scan->offset += sip__first(marks) + 1;
		scan->state = SIP_AT_LINE;
	}
	return SIP_MORE;
}

/* A value has been read far enough. */
static __always_inline enum sip_verdict sip__value_found(struct sip_scan *scan, __u32 value)
{
	if (value == SIP_VALUE_TO_FOUND)
		scan->to_tag = 1;
	else if (value == SIP_VALUE_CSEQ_FOUND && scan->token_length < SIPBPF_NAME_SIZE)
		__builtin_memcpy(scan->cseq_name.text, scan->token, sizeof(scan->cseq_name.text));
	else if (value == SIP_VALUE_VIA_FOUND)
		__builtin_memcpy(scan->via_name, scan->token, sizeof(scan->via_name));
	else if (value == SIP_VALUE_LENGTH_FOUND)
		scan->has_length = 1;
	scan->wanted &= (__u8)~sip__wanted_by(scan->value);
	scan->value = SIP_VALUE_NONE;
	scan->state = SIP_IN_LINE;
	return scan->wanted ? SIP_MORE : SIP_MESSAGE;
}

static __always_inline void sip__length_digit(struct sip_scan *scan, __u32 c)
{
	__u32 length = scan->content_length;

	scan->content_length = length > SIP_LENGTH_MAX / 10 - 1 ? SIP_LENGTH_MAX : length * 10 + (c - '0');
}

/* In a state that rests: skips what does not lead out of it, up to eight bytes. Returns whether all eight were skipped. */
static __always_inline int sip__rest(const struct sip_view *view, struct sip_scan *scan)
{
	const __u8 *stops = sip_value_stops[scan->value & 31];
	__u64 word = sip__word(view, scan->offset);
	__u64 marks = SIP_HAS(word, '\n') | SIP_HAS(word, stops[0]) | SIP_HAS(word, stops[1]) | SIP_HAS(word, stops[2]);

	scan->offset += marks ? sip__first(marks) : 8;
	return !marks;
}

/* Up to eight bytes of a wanted header's value. */
static __always_inline enum sip_verdict sip__in_value(const struct sip_view *view, struct sip_scan *scan)
{
	__u32 left, value, action, c, i;
	__u64 word;

	if (sip_value_action[scan->value & 31] == SIP_VALUE_RESTS && sip__rest(view, scan))
		return SIP_MORE;
	word = sip__word(view, scan->offset);
	left = view->bounds->limit - scan->offset;
	value = scan->value;
	SIP_UNROLL
	for (i = 0; i < 8; i++) {
		if (i >= left)
			break;
		c = word & 0xff;
		word >>= 8;
		value = sip_value_next[value & 31][sip_byte_class[c] & 15];
		action = sip_value_action[value & 31];
		if (action == SIP_VALUE_FINDS) {
			/* The byte that ended it may be the line's end: it is read again. */
			scan->offset += i;
			return sip__value_found(scan, value);
		}
		if (action == SIP_VALUE_APPENDS)
			sip__token_append(scan, c);
		else if (action == SIP_VALUE_ADDS_DIGIT)
			sip__length_digit(scan, c);
		if (c == '\n')
			scan->state = SIP_AT_LINE;
		if (c == '\n' || action == SIP_VALUE_RESTS) {
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
 * Reads the headers of a message whose start line has been read. Returns SIP_MORE or SIP_MESSAGE; sip__finish() then
 * settles the results in *scan.
 */
static __always_inline enum sip_verdict sip__headers(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict;
	__u32 i;

	for (i = 0; i < SIP_STEPS(view); i++) {
		SIP_STEP_ENDS();
		if (scan->offset >= scan->end)
			return SIP_MESSAGE;
		if (sip__needs_view(view, scan))
			return SIP_MORE;
		if (scan->state == SIP_IN_LINE)
			verdict = sip__in_line(view, scan);
		else if (scan->state == SIP_AT_LINE)
			verdict = sip__at_line(view, scan);
		else
			verdict = sip__in_value(view, scan);
		if (verdict != SIP_MORE)
			return verdict;
	}
	return SIP_MORE;
}

/*
 * Reads on in a message, start line and headers. Returns SIP_MORE, SIP_MESSAGE (sip__finish() then settles the results
 * in *scan), or why it is none. The view holds the bytes from offset - SIP_LOOK_BEHIND (or start) on.
 */
static __always_inline enum sip_verdict sip__read(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_STARTED;

	if (scan->state < SIP_AT_LINE)
		verdict = sip__start_line(view, scan);
	return verdict == SIP_STARTED ? sip__headers(view, scan) : verdict;
}

/* The type of the method in CSeq. */
static __always_inline __u16 sip__cseq_method(const struct sip_scan *scan)
{
	__u64 low = SIP_LITTLE(sip__load8((const __u8 *)scan->cseq_name.text));
	__u64 high = SIP_LITTLE(sip__load8((const __u8 *)scan->cseq_name.text + 8));
	__u32 length, type;

	if (!low)
		return SIP_TYPE_UNKNOWN;
	type = sip__known_method(low, high, '\0', &length);
	return type ? (__u16)type : SIP_TYPE_EXTENSION_MIN;
}

/* The transport in Via, in any case (RFC 3261 7.3.1). */
static __always_inline __u8 sip__via_transport(const struct sip_scan *scan)
{
	__u64 word = SIP_LITTLE(sip__load8((const __u8 *)scan->via_name));

#define X(id, text)                                                                          \
	if (((word ^ SIP_WORD(text)) & ~(SIP_ONES * 0x20 & SIP_LOW(sizeof(text) - 1))) == 0) \
		return SIP_TRANSPORT_##id;
	SIP_TRANSPORT_LIST(X)
#undef X
	return SIP_TRANSPORT_NONE;
}

/*
 * Settles what a message that has been read says: type, method and via_transport of *scan. An INVITE with a tag in To is
 * a ReINVITE (RFC 3261 14).
 */
static __always_inline void sip__finish(struct sip_scan *scan)
{
	if (scan->type == SIP_TYPE_INVITE && scan->to_tag)
		scan->type = SIP_TYPE_REINVITE;
	scan->method = sip__cseq_method(scan);
	scan->via_transport = sip__via_transport(scan);
}

#endif
