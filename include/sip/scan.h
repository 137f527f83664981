/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scan of a message: how far it has been read, what is still wanted, and what it has said so far. All of it is in
 * one struct, so that a scan can be left and resumed with another view.
 * Tested by tests/unit/sip/test_sip.c.
 */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include "sip/value.h"
#include "sip/view.h"

/* Bytes from sip_scan.offset on that a decision may need. */
#define SIP_LOOK_AHEAD 32

enum sip_verdict {
	SIP_MORE = 0, /* move the view to sip_scan.offset and go on */
	SIP_STARTED,  /* the start line is a SIP message's */
	SIP_MESSAGE,  /* all that was wanted is known, or the bytes ended */
	SIP_NOT_SIP,
	SIP_KEEPALIVE,   /* nothing but CR, LF and NUL */
	SIP_MALFORMED,   /* looks like SIP, but the start line breaks RFC 3261 7.1 or 7.2 */
	SIP_TRUNCATED,   /* the bytes end within the start line */
	SIP_TOO_COMPLEX, /* reading on would take too much effort */
};

enum sip_state {
	SIP_AT_START = 0, /* CR and LF before the start line (RFC 3261 7.5) */
	SIP_AT_METHOD,    /* the first byte of the start line */
	SIP_IN_METHOD,    /* of a method that is not well known */
	SIP_IN_URI,
	SIP_IN_REASON,
	SIP_IN_SUSPECT, /* not a start line, but it may name SIP */
	SIP_IN_SEARCH,  /* not SIP, but a start line may follow: see search.h */
	SIP_AT_LINE,    /* the first byte of a header line */
	SIP_IN_LINE,    /* the rest of a line that does not matter */
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

/* The headers that matter: of a datagram, whose transport its packet tells; where Via tells it; in a stream. */
#define SIP_HEADERS_OF_DATAGRAM (SIP_WANT_TO | SIP_WANT_CSEQ)
#define SIP_HEADERS_WITH_VIA (SIP_HEADERS_OF_DATAGRAM | SIP_WANT_VIA)
#define SIP_HEADERS_OF_STREAM (SIP_HEADERS_WITH_VIA | SIP_WANT_LENGTH | SIP_WANT_END)

/*
 * Effort: about how long it takes to read a datagram, so that no sender can make reading dear. A unit is about a
 * nanosecond. A datagram that takes more than its length allows is too complex. Effort depends on the bytes alone, not
 * on where views end.
 */
#define SIP_EFFORT(length) ((__s32)((length) > 1400 ? 560 + ((length)-1400) / 8 * 7 : 560))
#define SIP_EFFORT_UNLIMITED 0x7fffffff
#define SIP_EFFORT_OF_PASSED(bytes) ((__s32)((bytes) / 8))          /* of the start line and headers */
#define SIP_EFFORT_OF_SEARCHED(bytes) ((__s32)((bytes) / 8 * 3))    /* in a To header, besides */
#define SIP_EFFORT_OF_LONG_TOKEN(bytes) ((__s32)((bytes) / 16 * 3)) /* besides */
#define SIP_EFFORT_OF_LINE 9                                        /* that is skimmed */
#define SIP_EFFORT_OF_ODD_LINE 40                                   /* that is not */
#define SIP_EFFORT_OF_BYTES 24                                      /* up to eight that are looked at one by one */
#define SIP_EFFORT_OF_TOKEN_BYTES 30     /* up to eight of a method that is not well known, or of a transport */
#define SIP_EFFORT_OF_ODD_TOKEN_BLOCK 24 /* of such a token, with other characters than letters and digits */
#define SIP_EFFORT_OF_DIGITS 12          /* up to eight */
#define SIP_EFFORT_OF_STOP 30            /* that a search met */
#define SIP_EFFORT_OF_SUSPECT_BLOCK 4    /* of a line that is no start line, besides */
#define SIP_EFFORT_OF_ODD_BYTE 44        /* a slash where no start line is, a control character in a URI */
#define SIP_EFFORT_OF_BLANKS 24          /* up to eight before the start line */

/* Room for a name, and a power of two, because a mask bounds where a character goes. */
#define SIP_TOKEN_SIZE 32

_Static_assert(SIPBPF_NAME_SIZE <= SIP_TOKEN_SIZE, "a token has room for every name");

struct sip_scan {
	__u32 offset;             /* of the next byte to look at */
	__u32 first;              /* offset of the first byte that can still be read again */
	__u32 end;                /* offset of the first byte behind the message's bytes */
	struct sip_bounds bounds; /* set by whoever makes the view */
	__u32 start;              /* offset of the start line */
	__u32 uri;                /* offset of its URI */
	__u32 value_offset;       /* of the value of the wanted header at offset, while it is skimmed */
	__s32 effort_left;        /* what has been passed counts besides: see sip__effort_left() */
	__u32 skim_stop;          /* one more than the offset at which the short way could not go on; 0: none */
	__u32 content_length;     /* valid if has_length; at most SIP_LENGTH_MAX */
	__u16 type;               /* enum sip_type; SIP_TYPE_EXTENSION_MIN: the one in name */
	__u16 method; /* of the CSeq header; SIP_TYPE_EXTENSION_MIN: the one in cseq_name; known after sip__finish() */
	__u8 state;   /* enum sip_state */
	__u8 headers; /* that matter: SIP_HEADERS_OF_DATAGRAM, _WITH_VIA or _OF_STREAM */
	__u8 wanted;  /* of them, those of the message that are not known yet: enum sip_wanted */
	__u8 value;   /* enum sip_value */
	__u8 is_complete;   /* the bytes end where the message ends: a whole datagram */
	__u8 via_transport; /* enum sip_transport, if Via matters; known after sip__finish() */
	__u8 wariness;      /* lines may not be headers; the first that is none ends the scan */
	__u8 is_malformed;  /* the start line breaks RFC 3261, but the headers say where the message ends */
	__u8 has_nul;
	__u8 has_length;
	__u8 headers_ended; /* offset is the first byte of the body */
	__u8 to_tag;
	__u8 is_http;    /* the start line is one of HTTP/1; http.h reads the rest */
	__u8 offers_sip; /* the HTTP head names SIP as a protocol of the WebSocket */
	__u16 token_length;
	__u16 token_digits;           /* digits among its characters */
	char token[SIP_TOKEN_SIZE];   /* the method or value that is being read, NUL padded */
	struct sipbpf_name name;      /* an extension method in the start line */
	struct sipbpf_name cseq_name; /* the method in CSeq; empty: none, or too long */
	char via_name[8];             /* the beginning of the transport in the topmost Via */
} __attribute__((aligned(8)));        /* cleared by the word */

#define SIP_LENGTH_MAX 0x7fffffff

/*
 * Finds the well-known method whose name, followed by `after`, is in the two words. Returns its type, and in
 * *ret_length the length of its name; SIP_TYPE_UNKNOWN if there is none.
 */
static __always_inline __u32 sip__known_method(__u64 low, __u64 high, char after, __u32 *ret_length)
{
#define X(id, text)                                                                                                    \
	if (SIP_TYPE_##id != SIP_TYPE_REINVITE && /* which is no method on the wire */                                 \
	    ((low ^ SIP_WORD(text) ^ (sizeof(text) <= 8 ? (__u64)(__u8)after << (8 * ((sizeof(text) - 1) & 7)) : 0)) & \
	     SIP_LOW_BYTES(sizeof(text))) == 0 &&                                                                      \
	    (sizeof(text) <= 8 ||                                                                                      \
	     ((high ^ SIP_WORD_FROM(text, 8) ^ ((__u64)(__u8)after << (8 * ((sizeof(text) - 1) & 7)))) &               \
	      SIP_LOW_BYTES(sizeof(text) - 8)) == 0)) {                                                                \
		*ret_length = sizeof(text) - 1;                                                                        \
		return SIP_TYPE_##id;                                                                                  \
	}
	SIP_METHOD_LIST(X)
#undef X
	return SIP_TYPE_UNKNOWN;
}

/* Prepares a scan of the bytes from offset to end, for these headers. */
static __always_inline void sip__begin(struct sip_scan *scan, __u32 offset, __u32 end, __u8 is_complete, __u8 headers)
{
	/* Texts are cleared where they begin, because most messages are read without them. */
	__builtin_memset(scan, 0, __builtin_offsetof(struct sip_scan, token));
	scan->cseq_name.text[0] = '\0';
	scan->via_name[0] = '\0';
	scan->offset = offset;
	scan->first = offset;
	scan->start = offset;
	scan->end = end;
	scan->effort_left = SIP_EFFORT(end - offset);
	scan->is_complete = is_complete;
	scan->headers = headers;
}

/* Whether other messages may follow: Content-Length and the end of the headers matter. */
static __always_inline int sip__is_stream(const struct sip_scan *scan)
{
	return scan->headers & SIP_WANT_END;
}

/* Those of the headers that are wanted of a message of this type. Only INVITE is told apart by To. */
static __always_inline __u8 sip__wanted_of_type(__u32 type, __u32 headers)
{
	return (__u8)(type == SIP_TYPE_INVITE ? headers : headers & ~(__u32)SIP_WANT_TO);
}

/* What is left of the effort, from which the bytes are taken off that have been passed. */
static __always_inline __s32 sip__effort_left(const struct sip_scan *scan)
{
	return scan->effort_left - SIP_EFFORT_OF_PASSED(scan->offset - scan->first);
}

/* Whether a decision at the offset needs bytes of the message that the view does not hold. */
static __always_inline int sip__needs_view(const struct sip_view *view, const struct sip_scan *scan)
{
	if (scan->offset < view->bounds->origin)
		return 1;
	return scan->offset + SIP_LOOK_AHEAD > view->bounds->limit && view->bounds->limit < scan->end;
}

/* Whether no view can help after SIP_MORE: all bytes up to end have been looked at, and a decision needs more. */
static __always_inline int sip__is_at_end(const struct sip_scan *scan, __u32 end)
{
	return scan->bounds.limit == end && end < scan->end && scan->offset >= scan->bounds.origin &&
	       scan->offset + SIP_LOOK_AHEAD > end;
}

/*
 * Skips towards the end of the line, by blocks or, near the end of the view, by a word. Returns whether the scan is
 * behind the LF now.
 */
static __always_inline int sip__skip_to_next_line(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = scan->offset, marks;
	const struct sip_stops line_end = SIP_STOPS('\n', '\n', '\n');
	const __u8 *block;
	int is_behind;

	at = sip__pass_blocks(view, at, &line_end, SIP_BLOCK);
	if (at != scan->offset) {
		scan->offset = (__u32)at;
		return 0;
	}
	block = sip__block(view, at);
	if (block) {
		is_behind = sip__skip_line(view, block, &at);
		scan->offset = (__u32)at;
		return is_behind;
	}
	marks = SIP_MARK_BYTE(sip__word(view, scan->offset), '\n');
	scan->offset += marks ? sip__first_mark(marks) + 1 : 8;
	return marks != 0;
}

/* Begins the headers at this offset, of which these matter. The start line has been read. */
static __always_inline enum sip_verdict sip__begin_headers(struct sip_scan *scan, __u32 offset, __u32 headers)
{
	scan->offset = offset;
	scan->state = SIP_AT_LINE;
	scan->value = SIP_VALUE_NONE;
	scan->wanted = sip__wanted_of_type(scan->type, headers);
	return SIP_STARTED;
}

/* Begins an HTTP head. The offset is somewhere in its start line, which is one of HTTP/1. */
static __always_inline enum sip_verdict sip__begin_http(struct sip_scan *scan)
{
	scan->is_http = 1;
	scan->value = SIP_VALUE_NONE;
	scan->state = SIP_IN_LINE;
	return SIP_MORE;
}

/* An INVITE with a tag in To is a ReINVITE (RFC 3261 14). */
static __always_inline void sip__settle_type(struct sip_scan *scan)
{
	if (scan->type == SIP_TYPE_INVITE && scan->to_tag)
		scan->type = SIP_TYPE_REINVITE;
}

#endif
