/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives include/sip.h over one view, or through copied windows as the BPF programs do where a packet is not linear. */
#ifndef VIEWS_H
#define VIEWS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/cdefs.h>

#include "answer.h"
#include "guard.h"
#include "sip/sip.h"

/* The smallest window in which a decision can be made, and what may be read behind one. */
#define VIEWS_WINDOW_MIN 48
#define VIEWS_WINDOW_MAX 1500
#define VIEWS_PROGRAM_WINDOW 1024               /* what the programs read at once */
#define VIEWS_CALLS(length) (4 * (length) + 16) /* a scan that takes more is stuck */
#define VIEWS_SLACK 64

/* A window, and behind it what must have no influence. */
struct views_window {
	struct guard guard;
	unsigned int size;
};

static inline void views__type_name(char ret_text[24], unsigned int type, const struct sipbpf_name *name)
{
	static const char *const methods[SIP_TYPE_METHODS_END] = { [SIP_TYPE_UNKNOWN] = "UNKNOWN",
#define X(id, text) [SIP_TYPE_##id] = text,
								   SIP_METHOD_LIST(X)
#undef X
	};

	if (type < SIP_TYPE_METHODS_END)
		(void)snprintf(ret_text, 24, "%s", methods[type]);
	else if (type <= SIP_TYPE_STATUS_MAX)
		(void)snprintf(ret_text, 24, "%u", type);
	else
		(void)snprintf(ret_text, 24, "%.23s", name->text);
}

/* What the scan found, in words. */
static inline void views__answer(struct sip_scan *scan, enum sip_verdict verdict, struct answer *ret_answer)
{
	static const char *const verdicts[] = {
		[SIP_MORE] = "stuck",          [SIP_STARTED] = "message",         [SIP_MESSAGE] = "message",
		[SIP_NOT_SIP] = "not_sip",     [SIP_KEEPALIVE] = "keepalive",     [SIP_MALFORMED] = "malformed",
		[SIP_TRUNCATED] = "truncated", [SIP_TOO_COMPLEX] = "too_complex",
	};
	static const char *const transports[SIP_TRANSPORT_COUNT] = { "",
#define X(id, text) text,
								     SIP_TRANSPORT_LIST(X)
#undef X
	};

	if (scan->is_http) /* it is no business of the classifier any more */
		verdict = SIP_NOT_SIP;
	if (scan->is_malformed && verdict == SIP_MESSAGE)
		verdict = SIP_MALFORMED;
	memset(ret_answer, 0, sizeof(*ret_answer));
	(void)snprintf(ret_answer->verdict, sizeof(ret_answer->verdict), "%s", verdicts[verdict]);
	if (verdict != SIP_STARTED && verdict != SIP_MESSAGE)
		return;
	sip__finish(scan);
	views__type_name(ret_answer->type, scan->type, &scan->name);
	views__type_name(ret_answer->method, scan->method, &scan->cseq_name);
	(void)snprintf(ret_answer->transport, sizeof(ret_answer->transport), "%s", transports[scan->via_transport]);
	if (!sip__is_stream(scan))
		return;
	ret_answer->headers_ended = scan->headers_ended;
	ret_answer->body = scan->headers_ended ? scan->offset - scan->start : 0;
	ret_answer->has_length = scan->has_length;
	ret_answer->length = scan->has_length ? scan->content_length : 0;
}

/* Begins a scan that may take any effort: what it finds depends on the bytes alone. */
static inline void views__begin(struct sip_scan *scan, size_t length, enum answer_carrier carrier)
{
	sip__begin(scan, 0, (__u32)length, carrier == CARRIER_DATAGRAM || carrier == CARRIER_UDP,
		   carrier == CARRIER_STREAM ? SIP_HEADERS_OF_STREAM
		   : carrier == CARRIER_UDP  ? SIP_HEADERS_OF_DATAGRAM
					     : SIP_HEADERS_WITH_VIA);
	scan->effort_left = SIP_EFFORT_UNLIMITED;
}

/* Classifies the bytes in place, as one view and the long way alone. */
static inline void views__whole(const unsigned char *bytes, size_t length, enum answer_carrier carrier,
				struct answer *ret_answer)
{
	struct sip_scan scan;
	const struct sip_view view = { .base = bytes, .bounds = &scan.bounds };
	enum sip_verdict verdict = SIP_MORE;
	size_t calls;

	views__begin(&scan, length, carrier);
	scan.bounds.limit = scan.end;
	for (calls = 0; calls <= VIEWS_CALLS(length) && verdict == SIP_MORE && !scan.is_http; calls++)
		verdict = sip__read_start_line(&view, &scan);
	if (verdict == SIP_STARTED)
		for (verdict = SIP_MORE; calls <= VIEWS_CALLS(length) && verdict == SIP_MORE; calls++)
			verdict = sip__read_headers(&view, &scan);
	views__answer(&scan, verdict, ret_answer);
}

/* The effort that it takes to read the message of a stream that begins with these bytes. */
static inline __s32 views__effort(const unsigned char *bytes, size_t length)
{
	__u8 pad[SIP_BLOCK];
	struct sip_scan scan;
	const struct sip_view view = { .base = bytes, .bounds = &scan.bounds, .pad = pad };
	size_t calls;

	views__begin(&scan, length, CARRIER_STREAM);
	scan.bounds.limit = scan.end;
	for (calls = 0; calls <= VIEWS_CALLS(length); calls++)
		if (sip__read(&view, &scan) != SIP_MORE)
			break;
	return SIP_EFFORT_UNLIMITED - sip__effort_left(&scan);
}

/* The short way alone: that of a glance for a datagram, that of the long way for a stream. */
static inline enum sip_verdict views__skim_scan(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict = SIP_STARTED;

	if (!sip__is_stream(scan))
		return scan->headers == SIP_HEADERS_OF_DATAGRAM ? sip__skim(view, scan, SIP_HEADERS_OF_DATAGRAM)
								: sip__skim(view, scan, SIP_HEADERS_WITH_VIA);
	while (verdict == SIP_STARTED && sip__may_skim(view, scan))
		verdict = sip__skim_on(view, scan);
	return verdict;
}

/* Whether the short way takes the bytes; *ret_answer is left alone where it does not. */
static inline bool views__skim(const unsigned char *bytes, size_t length, enum answer_carrier carrier,
			       struct answer *ret_answer)
{
	__u8 pad[SIP_BLOCK];
	struct sip_scan scan;
	const struct sip_view view = { .base = bytes, .bounds = &scan.bounds, .pad = pad };

	views__begin(&scan, length, carrier);
	scan.bounds.limit = scan.end;
	if (views__skim_scan(&view, &scan) != SIP_MESSAGE)
		return false;
	views__answer(&scan, SIP_MESSAGE, ret_answer);
	return true;
}

/* Moves the window to the scan's offset: the message's bytes, zeros, and garbage that tempts behind them. */
static inline const unsigned char *views__load(const struct views_window *window, const unsigned char *bytes,
					       struct sip_scan *scan)
{
	static const char garbage[] =
		"\r\nTo: x;tag=1\r\n\r\nSIP/2.0 200 OK\r\nv:SIP/2.0/TLS x\r\nl:9\r\n\r\nTo:;tag=1\r\n\n";
	unsigned int origin = scan->offset < scan->end ? scan->offset : scan->end;
	unsigned int length = scan->end - origin < window->size ? scan->end - origin : window->size;
	unsigned char *base = window->guard.pages + window->guard.size - VIEWS_SLACK - length;

	_Static_assert(sizeof(garbage) >= VIEWS_SLACK, "the garbage fills the slack");
	memcpy(base, bytes + origin, length);
	memset(base + length, 0, SIP_BLOCK);
	memcpy(base + length + SIP_BLOCK, garbage, VIEWS_SLACK - SIP_BLOCK);
	scan->bounds.origin = origin;
	scan->bounds.limit = origin + length;
	scan->bounds.has_more = origin + length < scan->end;
	return base;
}

/* Classifies the bytes through windows. */
static inline void views__windows(const struct views_window *window, const unsigned char *bytes, size_t length,
				  enum answer_carrier carrier, struct answer *ret_answer)
{
	struct sip_scan scan;
	struct sip_view view = { .bounds = &scan.bounds, .copied = 1 };
	enum sip_verdict verdict = SIP_MORE;
	size_t calls;

	views__begin(&scan, length, carrier);
	for (calls = 0; calls <= VIEWS_CALLS(length) && verdict == SIP_MORE && !scan.is_http; calls++) {
		view.base = views__load(window, bytes, &scan);
		verdict = sip__read(&view, &scan);
	}
	views__answer(&scan, verdict, ret_answer);
}

/*
 * Reads a datagram through windows with the effort that a datagram may take. What is too complex is so in windows of any
 * size from VIEWS_PROGRAM_WINDOW on.
 */
static inline void views__bounded(const struct views_window *window, const unsigned char *bytes, size_t length,
				  enum answer_carrier carrier, struct answer *ret_answer)
{
	struct sip_scan scan;
	struct sip_view view = { .bounds = &scan.bounds, .copied = 1 };
	enum sip_verdict verdict = SIP_MORE;

	views__begin(&scan, length, carrier);
	scan.effort_left = SIP_EFFORT((__u32)length);
	while (verdict == SIP_MORE) {
		view.base = views__load(window, bytes, &scan);
		verdict = sip__read(&view, &scan);
	}
	views__answer(&scan, verdict, ret_answer);
}

#endif
