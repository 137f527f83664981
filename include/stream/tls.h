/* SPDX-License-Identifier: BSD-2-Clause */
/* TLS records (RFC 8446 5.1): what they are and how long, never what they hold. The includer has defined __u32 and __u64. */
#ifndef TLS_H
#define TLS_H

#include "common/sipbpf.h"

#define TLS_HEADER_SIZE 5

/* A record may not be longer: RFC 5246 6.2.3. */
#define TLS_LENGTH_MAX ((1 << 14) + 2048)

/* The kind of the first in enum sipbpf_tls_record. */
#define TLS_KIND_FIRST 20

/* Whether a record may begin with these bytes, lowest first: its kind, and the version of SSL 3.0 to TLS 1.3. */
static __always_inline int tls__may_begin(__u64 word)
{
	return (word & 0xfffc) == (0x0300 | TLS_KIND_FIRST) && (word >> 16 & 0xff) <= 4;
}

/* The length of the record whose header these bytes are. */
static __always_inline __u32 tls__length(__u64 word)
{
	return (word >> 16 & 0xff00) | (word >> 32 & 0xff);
}

/* Whether these bytes are the header of a record; of a record without a payload only application data (RFC 8446 5.1). */
static __always_inline int tls__is_record(__u64 word)
{
	__u32 length = tls__length(word);

	return tls__may_begin(word) && length <= TLS_LENGTH_MAX &&
	       (length || (word & 0xff) - TLS_KIND_FIRST == SIPBPF_TLS_APPLICATION_DATA);
}

#endif
