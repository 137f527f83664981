/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WebSocket frames (RFC 6455 5.2) with SIP. A message of SIP is one message of the WebSocket, in one frame or several
 * (RFC 7118 5). The includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/stream/test_carriers.c.
 */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include "sip/value.h"
#include "sip/view.h"

/* The longest header of a frame. */
#define WEBSOCKET_HEADER_MAX 14

/* A longer frame is not accepted. */
#define WEBSOCKET_LENGTH_MAX (1 << 21)

enum websocket_opcode {
	WEBSOCKET_CONTINUATION = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

struct websocket_frame {
	__u32 length; /* of the payload */
	__u32 mask;   /* of the payload, its first byte the lowest; 0: none */
	__u8 size;    /* of the header */
	__u8 opcode;
	__u8 is_final;
	__u8 is_compressed; /* as marked in the first frame of the message (RFC 7692 7.2.1) */
};

enum websocket_verdict { WEBSOCKET_FRAME, WEBSOCKET_CUT, WEBSOCKET_NO_FRAME };

static __always_inline int websocket__is_control(__u32 opcode)
{
	return opcode >= WEBSOCKET_CLOSE;
}

/* Whether the first two bytes are as RFC 6455 5.2 and 5.5 and RFC 7692 6 demand. */
static __always_inline int websocket__may_be_header(__u32 first, __u32 second)
{
	__u32 opcode = first & 0x0f;

	if ((first & 0x30) || (opcode > WEBSOCKET_BINARY && opcode < WEBSOCKET_CLOSE) || opcode > WEBSOCKET_PONG)
		return 0;
	if (websocket__is_control(opcode))
		return (first & 0xc0) == 0x80 && (second & 0x7f) <= 125;
	return opcode != WEBSOCKET_CONTINUATION || !(first & 0x40);
}

/*
 * The length of the payload, by a header that has been read; ~0 if it is not in the shortest form, as RFC 6455 5.2
 * demands.
 */
static __always_inline __u64 websocket__length(__u64 low, __u64 high)
{
	__u32 seven = low >> 8 & 0x7f;
	__u64 length;

	if (seven < 126)
		return seven;
	if (seven == 126) {
		length = (low >> 8 & 0xff00) | (low >> 24 & 0xff);
		return length < 126 ? ~0ULL : length;
	}
	length = __builtin_bswap64(low >> 16 | high << 48);
	return length < 65536 ? ~0ULL : length;
}

/*
 * Reads the header of a frame of which `available` bytes are at hand. low has the first eight of them and high the next
 * ones, lowest first. Returns WEBSOCKET_CUT if the header is longer than that.
 */
static __always_inline enum websocket_verdict websocket__read_header(__u64 low, __u64 high, __u32 available,
								     struct websocket_frame *ret_frame)
{
	__u32 first = low & 0xff, second = low >> 8 & 0xff, size = 2;
	__u32 is_masked = second >> 7, seven = second & 0x7f;
	__u64 length;

	if (available < 2)
		return WEBSOCKET_CUT;
	if (!websocket__may_be_header(first, second))
		return WEBSOCKET_NO_FRAME;
	size += seven < 126 ? 0 : seven == 126 ? 2 : 8;
	size += is_masked ? 4 : 0;
	if (available < size)
		return WEBSOCKET_CUT;
	length = websocket__length(low, high);
	if (length > WEBSOCKET_LENGTH_MAX)
		return WEBSOCKET_NO_FRAME;
	ret_frame->length = (__u32)length;
	ret_frame->size = (__u8)size;
	ret_frame->opcode = first & 0x0f;
	ret_frame->is_final = (__u8)(first >> 7);
	ret_frame->is_compressed = first >> 6 & 1;
	ret_frame->mask = 0;
	if (is_masked)
		ret_frame->mask = (__u32)(seven < 126 ? low >> 16 : seven == 126 ? low >> 32 : high >> 16);
	return WEBSOCKET_FRAME;
}

/* Returns the mask as it applies this many bytes further on in the payload (RFC 6455 5.3). */
static __always_inline __u32 websocket__rotate_mask(__u32 mask, __u32 bytes)
{
	__u32 bits = 8 * (bytes & 3);

	return mask >> bits | mask << ((32 - bits) & 31);
}

/*
 * Whether these eight bytes (lowest first, zeros past the end) may begin a message's frame with SIP, on an unknown
 * connection, as far as they show the payload.
 */
static __always_inline int websocket__may_begin(__u64 word)
{
	__u32 first = word & 0xff, second = word >> 8 & 0xff, seven = second & 0x7f;

	if ((first & 0x7f) != WEBSOCKET_TEXT && (first & 0x7f) != WEBSOCKET_BINARY)
		return 0;
	if (seven == 127)
		return (word >> 16 & 0xffffffff) == 0;
	if (seven == 126)
		return second >> 7 || SIP_IS_TOKEN(word >> 32);
	return SIP_IS_TOKEN(second >> 7 ? word >> 48 ^ word >> 16 : word >> 16);
}

/*
 * Returns the first eight bytes of the payload, unmasked, as far as they are among these sixteen. The others mean
 * nothing.
 */
static __always_inline __u64 websocket__first_payload(__u64 low, __u64 high, const struct websocket_frame *frame)
{
	__u32 bits = 8 * (frame->size & 7);
	__u64 word = frame->size < 8 ? low >> bits | high << (64 - bits) : high >> bits;

	return word ^ ((__u64)frame->mask << 32 | frame->mask);
}

/* Whether the first `count` bytes of the word are printable or blanks. */
static __always_inline int websocket__is_text(__u64 word, __u32 count)
{
	__u64 rest = count >= 8 ? 0 : ~0ULL << 8 * count;

	word = (word & ~rest) | (rest & (SIP_ONES * ' '));
	return !(word & SIP_HIGHS) && !SIP_MARK_BELOW(word, ' ');
}

/*
 * Whether these bytes, `available` of them, begin the first frame that is seen of a connection: a whole header, and
 * what may begin a start line. One byte of payload is not enough, because masked bytes may look like anything.
 */
static __always_inline int websocket__begins_connection(__u64 low, __u64 high, __u32 available)
{
	struct websocket_frame frame = { 0 };
	__u32 count;
	__u64 word;

	if (!websocket__may_begin(low) || websocket__read_header(low, high, available, &frame) != WEBSOCKET_FRAME)
		return 0;
	count = frame.size < 8 ? 8 : 16 - frame.size;
	count = frame.length < count ? frame.length : count;
	word = websocket__first_payload(low, high, &frame);
	return count && available >= frame.size + count && SIP_IS_TOKEN(word) && websocket__is_text(word, count);
}

#endif
