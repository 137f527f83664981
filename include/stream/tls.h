/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS records (RFC 8446 5.1): what they are and how long, but never what they hold. The includer has defined __u32 and
 * __u64.
 * Tested by tests/unit/stream/test_carriers.c.
 */
#ifndef TLS_H
#define TLS_H

#include "common/sipbpf.h"

#define TLS_HEADER_SIZE 5

/* The longest record: RFC 5246 6.2.3. */
#define TLS_LENGTH_MAX ((1 << 14) + 2048)

/* The content type of the first value of enum sipbpf_tls_record. */
#define TLS_KIND_FIRST 20

#define TLS_CLIENT_HELLO 1

/* Whether these bytes, lowest first, may begin a record: its content type, and a version from SSL 3.0 to TLS 1.3. */
static __always_inline int tls__may_begin(__u64 word)
{
	return (word & 0xfffc) == (0x0300 | TLS_KIND_FIRST) && (word >> 16 & 0xff) <= 4;
}

/* Whether these bytes, lowest first, begin a record with a client's first message: the ClientHello (RFC 8446 4.1.2). */
static __always_inline int tls__begins_connection(__u64 word)
{
	return tls__may_begin(word) && (word & 0xff) - TLS_KIND_FIRST == SIPBPF_TLS_HANDSHAKE &&
	       (word >> 40 & 0xff) == TLS_CLIENT_HELLO;
}

/* The length of the record with this header. */
static __always_inline __u32 tls__length(__u64 word)
{
	return (word >> 16 & 0xff00) | (word >> 32 & 0xff);
}

/* Whether these bytes are a record's header. Only records of application data may be empty (RFC 8446 5.1). */
static __always_inline int tls__is_record(__u64 word)
{
	__u32 length = tls__length(word);

	return tls__may_begin(word) && length <= TLS_LENGTH_MAX &&
	       (length || (word & 0xff) - TLS_KIND_FIRST == SIPBPF_TLS_APPLICATION_DATA);
}

#endif
