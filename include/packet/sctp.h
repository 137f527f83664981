/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chunks of SCTP (RFC 9260 3.2). DATA (3.3.1) and I-DATA (RFC 8260 2.1) carry a message or a fragment of one. The
 * includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/stream/test_sctp.c.
 */
#ifndef SCTP_H
#define SCTP_H

#include "packet/packet.h"

/* Bytes of a chunk that sctp__read_chunk() may look at. */
#define SCTP_HEADER_SIZE 20

/* Chunks of a packet that are read: more than fit in 1,500 bytes, if they carry anything. Any others are not seen. */
#define SCTP_CHUNKS_MAX 512

#define SCTP_UNORDERED_MAX 8

#define SCTP_CHUNK_DATA 0
#define SCTP_CHUNK_I_DATA 64

struct sctp_chunk {
	__u32 begin; /* of the user data, an offset in the frame */
	__u32 end;
	__u32 next;     /* offset of the next chunk, or of the end of the packet */
	__u32 tsn;      /* transmission sequence number */
	__u32 message;  /* the message identifier of I-DATA */
	__u32 fragment; /* the fragment's number; those of a message follow each other */
	__u32 stream;   /* the stream identifier, then a bit that means unordered */
	__u8 has_data;  /* the members above are valid; next always is */
	__u8 is_first;  /* it is the first fragment of its message */
	__u8 is_last;
	__u8 is_cut; /* the capture ends before the chunk does */
};

/*
 * DATA numbers its fragments by TSN. I-DATA has numbers of its own, but the first fragment has the protocol in that
 * place.
 */
static __always_inline void sctp__read_data(struct sctp_chunk *ret_chunk, const __u8 *header, __u32 size)
{
	__u32 flags = header[1], is_interleaved = size == 20;

	ret_chunk->begin += size;
	ret_chunk->tsn = words__be32(header + 4);
	ret_chunk->stream = words__be16(header + 8) << 1 | (flags >> 2 & 1);
	ret_chunk->is_first = flags >> 1 & 1;
	ret_chunk->is_last = flags & 1;
	ret_chunk->message = is_interleaved ? words__be32(header + 12) : 0;
	/* Unordered messages of one stream may mix (RFC 8260 2.2.3). This many are told apart. */
	if (is_interleaved && (flags & 4))
		ret_chunk->stream |= (ret_chunk->message & (SCTP_UNORDERED_MAX - 1)) << 17;
	ret_chunk->fragment = !is_interleaved ? ret_chunk->tsn : ret_chunk->is_first ? 0 : words__be32(header + 16);
	ret_chunk->has_data = 1;
}

/*
 * Reads the chunk at this offset of a frame whose packet ends at `end`. header points to SCTP_HEADER_SIZE readable
 * bytes: the frame's, and zeros past the end. Returns 0 when there is no chunk.
 */
static __always_inline int sctp__read_chunk(const __u8 *header, __u32 offset, __u32 end, struct sctp_chunk *ret_chunk)
{
	__u32 length = words__be16(header + 2), left = end - offset, padded = (length + 3) & ~3U, size;

	__builtin_memset(ret_chunk, 0, sizeof(*ret_chunk));
	if (left < 4 || length < 4)
		return 0;
	ret_chunk->is_cut = length > left;
	ret_chunk->begin = offset;
	ret_chunk->end = length < left ? offset + length : end;
	ret_chunk->next = padded < left ? offset + padded : end;
	if (header[0] != SCTP_CHUNK_DATA && header[0] != SCTP_CHUNK_I_DATA)
		return 1;
	size = header[0] == SCTP_CHUNK_DATA ? 16 : 20;
	if (length > size && left > size)
		sctp__read_data(ret_chunk, header, size);
	return 1;
}

#endif
