/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header that a proxy puts before everything else on a TCP connection, to name the client (the PROXY protocol of
 * HAProxy, proxy-protocol.txt). Version 1 is a line of text (2.1), version 2 is binary (2.2). The includer has defined
 * __u32 and __u64.
 * Tested by tests/unit/stream/test_streams.c.
 */
#ifndef PROXY_H
#define PROXY_H

#include "sip/view.h"

/* The header of version 2, without the bytes that its length counts. */
#define PROXY_HEADER_SIZE 16

/* The longest header of version 1. */
#define PROXY_LINE_MAX 107

/*
 * Whether these sixteen bytes, lowest first, begin a header of version 2 with one of its two commands, as far as they are
 * there: `available` of them are, at least eight.
 */
static __always_inline int proxy__may_be_header(__u64 low, __u64 high, __u32 available)
{
	__u64 differs = (high & 0xfeffffffffULL) ^ (SIP_WORD("UIT\n") | 0x20ULL << 32);

	if (available < PROXY_HEADER_SIZE)
		differs &= SIP_LOW_BYTES(available & 7);
	return available >= 8 && low == SIP_WORD("\r\n\r\n\0\r\nQ") && !differs;
}

/* Returns how many bytes follow these sixteen. */
static __always_inline __u32 proxy__length(__u64 high)
{
	return (high >> 40 & 0xff00) | high >> 56;
}

/* Whether a line that begins with these sixteen bytes, `available` of which are there, may be a header of version 1. */
static __always_inline int proxy__may_be_line(__u64 low, __u64 high, __u32 available)
{
	if (low == SIP_WORD("PROXY UN"))
		return available >= 13 && (high & SIP_LOW_BYTES(5)) == SIP_WORD("KNOWN");
	return low == SIP_WORD("PROXY TC") &&
	       ((high & SIP_LOW_BYTES(3)) == SIP_WORD("P4 ") || (high & SIP_LOW_BYTES(3)) == SIP_WORD("P6 "));
}

#endif
