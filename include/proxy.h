/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header that a proxy puts before all else on a TCP connection, to say whose it is (the PROXY protocol of HAProxy,
 * proxy-protocol.txt): version 1 is a line of text (2.1), version 2 binary (2.2). The includer has defined __u32 and __u64.
 */
#ifndef PROXY_H
#define PROXY_H

#include "sip_view.h"

/* Of version 2, without what its length counts. */
#define PROXY_HEADER_SIZE 16

/* Whether these sixteen bytes, lowest first, begin a header of version 2. */
static __always_inline int proxy__is_header(__u64 low, __u64 high)
{
	return low == SIP_WORD("\r\n\r\n\0\r\nQ") && (high & SIP_LOW(4)) == SIP_WORD("UIT\n") &&
	       (high >> 36 & 0xf) == 2;
}

/* How many bytes follow the sixteen. */
static __always_inline __u32 proxy__length(__u64 high)
{
	return (high >> 40 & 0xff00) | high >> 56;
}

/* Whether a line whose first word is this one, NUL padded, may be a header of version 1. */
static __always_inline int proxy__is_line(__u64 first_word)
{
	return first_word == SIP_WORD("PROXY");
}

#endif
