/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The classifier: what does a message say? Bytes go in; type, CSeq method, Via transport and length come out. Plain C
 * with fixed bounds: no helper calls, no kernel headers, no allocation. The BPF programs, the user-space engine, the
 * unit tests and the fuzzers compile the same source.
 *
 * The scan is resumable. It reads through a view, a readable stretch of the message. When it has used up the view, or
 * the bound on the work of one call, it returns SIP_MORE; the caller then moves the view to sip_scan.offset and calls
 * again. The result does not depend on where the views end.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef SIP_H
#define SIP_H

#include "sip/headers.h"
#include "sip/search.h"
#include "sip/start_line.h"

/* Calls of one sip__read(): enough for a view of 1,024 bytes in which each reads 64. */
#define SIP_CALLS 16

/*
 * Reads on in a message, start line and headers, unless it turns out to be one of HTTP (scan->is_http). Returns
 * SIP_MORE, SIP_MESSAGE (sip__finish() then settles the results in *scan), or why it is no message. The view holds the
 * bytes from the offset on.
 */
static __always_inline enum sip_verdict sip__read(const struct sip_view *view, struct sip_scan *scan)
{
	enum sip_verdict verdict;
	__u32 i;

	for (i = 0; i < SIP_CALLS; i++) {
		SIP_STEP_ENDS();
		if (scan->is_http || (i && sip__needs_view(view, scan)))
			break;
		if (sip__may_skim(view, scan)) {
			verdict = SIP_CALL(sip__skim_on, view, scan);
			if (verdict == SIP_MORE)
				return verdict;
		} else if (scan->state == SIP_IN_SEARCH) {
			verdict = SIP_CALL(sip__search, view, scan);
		} else if (scan->state < SIP_AT_LINE) {
			verdict = SIP_CALL(sip__read_start_line, view, scan);
		} else {
			verdict = SIP_CALL(sip__read_headers, view, scan);
		}
		if (sip__effort_left(scan) < 0)
			return SIP_TOO_COMPLEX;
		if (verdict != SIP_MORE && verdict != SIP_STARTED)
			return verdict;
	}
	return SIP_MORE;
}

/* The type of the method in CSeq. */
static __always_inline __u16 sip__cseq_method(const struct sip_scan *scan)
{
	__u64 low = WORDS_LITTLE(words__load8((const __u8 *)scan->cseq_name.text));
	__u64 high = WORDS_LITTLE(words__load8((const __u8 *)scan->cseq_name.text + 8));
	__u32 length, type;

	if (!(low & 0xff))
		return SIP_TYPE_UNKNOWN;
	type = sip__known_method(low, high, '\0', &length);
	return type ? (__u16)type : SIP_TYPE_EXTENSION_MIN;
}

/* The transport in Via, whose case does not matter (RFC 3261 7.3.1). */
static __always_inline __u8 sip__via_transport(const struct sip_scan *scan)
{
	__u64 word = WORDS_LITTLE(words__load8((const __u8 *)scan->via_name));

	if (!(word & 0xff))
		return SIP_TRANSPORT_NONE;
#define X(id, text)                                                                                \
	if (((word ^ SIP_WORD(text)) & ~(SIP_ONES * 0x20 & SIP_LOW_BYTES(sizeof(text) - 1))) == 0) \
		return SIP_TRANSPORT_##id;
	SIP_TRANSPORT_LIST(X)
#undef X
	return SIP_TRANSPORT_NONE;
}

/* Settles the results of a message that has been read: type, method and via_transport of *scan. */
static __always_inline void sip__finish(struct sip_scan *scan)
{
	sip__settle_type(scan);
	if (!scan->method)
		scan->method = sip__cseq_method(scan);
	if (!scan->via_transport)
		scan->via_transport = sip__via_transport(scan);
}

#endif
