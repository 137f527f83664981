/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of packets out of any bytes, so that a fuzzer can make them up. The first byte holds options, see
 * SEQUENCES_CUTS and those behind it. Without SEQUENCES_CUTS packets follow, of two TCP connections and one of UDP:
 *
 *	what       the connection, flags, and the unit of the step, see SEQUENCES_CONNECTION and those behind it; of UDP
 *	           the flags say whether it is a fragment, see SEQUENCES_FRAGMENT and those behind it
 *	step       signed: how far from the end of the connection's packet before this one begins
 *	cut        above 0xc0: eight times the rest of it, so many bytes of the text were not captured
 *	time       above 0x80: sixteen times the rest of it, so many milliseconds have passed
 *	pieces     how many pieces of text follow, up to 15
 *
 * With SEQUENCES_CUTS it is one TCP connection, without mishaps: up to 16 sizes of segments, used in turn, behind a byte
 * that says how many, less one; then the pieces of its text, up to the end. A size above 0xc0 is 32 times the rest of
 * it, and after many segments they are longer.
 *
 * A piece of text below 0x80 is so many bytes that follow; below 0xc0, a piece of the dictionary; else, 32 times the
 * rest of it, filler.
 */
#ifndef SEQUENCES_H
#define SEQUENCES_H

#include <stdint.h>

#include "packets.h"

/* Options. */
#define SEQUENCES_CUTS 1
#define SEQUENCES_IPV6 2
#define SEQUENCES_GOES_ROUND 4 /* the sequence numbers soon do */

/* What a packet is. */
#define SEQUENCES_CONNECTION 3 /* 0 and 2, 1, or the one of UDP */
#define SEQUENCES_UDP 3
#define SEQUENCES_SYN 4
#define SEQUENCES_FIN 8
#define SEQUENCES_RST 0x10
#define SEQUENCES_FRAGMENT 4 /* of the one datagram in fragments; it begins where the last one ended, and the step on */
#define SEQUENCES_IS_LAST 8  /* no more fragments follow */
#define SEQUENCES_FROM_START 0x10 /* it is the first one again */
#define SEQUENCES_UNIT_SHIFT 5    /* of the step: none, a byte, 100 bytes, a MB */

#define SEQUENCES_TCP_CONNECTIONS 2
#define SEQUENCES_TCP_FIN 1
#define SEQUENCES_TCP_SYN 2
#define SEQUENCES_TCP_RST 4
#define SEQUENCES_TCP_DATA 0x18
#define SEQUENCES_PIECES_MAX 15
#define SEQUENCES_SIZES_MAX 16
#define SEQUENCES_PACKET_MAX 3000 /* of text: kernels before 6.17 run tc programs over a page at most */
#define SEQUENCES_STREAM_MAX 4000
#define SEQUENCES_SEGMENTS_SHORT 256 /* so many may be of any size */
#define SEQUENCES_SEGMENT_LONG 512
#define SEQUENCES_PORT 40000
#define SEQUENCES_FRAME_LEAST 60

static const char *const sequences_pieces[] = {
	"INVITE sip:b@example.com SIP/2.0\r\n",
	"BYE sip:b SIP/2.0\r\n",
	"FLY sip:b SIP/2.0\r\n",
	"SIP/2.0 200 OK\r\n",
	"sip/2.0 404\n",
	"Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK1\r\n",
	"v: SIP / 2.0 / TLS a\r\n",
	"To: <sip:b>\r\n",
	"t: x\r\n ;tag=1\r\n",
	"CSeq: 1 INVITE\r\n",
	"cseq:\r\n 2\r\n BYE\r\n",
	"CSeq: 3 FLY\r\n",
	"Content-Length: 0\r\n",
	"l: 32\r\n",
	"Content-Length :\r\n 100\r\n",
	"l:2016\n",
	"l: 1048576\r\n",
	"l: 1048577\r\n",
	"Content-Length: 4000000000\r\n",
	"Content-Length: -1\r\n",
	"\r\n",
	"\n",
	"\r\n\r\n",
	"\r",
	"INVITE sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
	"BYE sip:b SIP/2.0\r\nCSeq: 2 BYE\r\nl:0\r\n\r\n",
	"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\nl: 26\r\n\r\nBYE sip:b SIP/2.0\r\nl: 90\r\n",
	"OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n",
	"BYE sip:b SIP/7.0\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: b\r\n\r\n",
	"X-Filler: ",
	"ABCDEFGHIJKLMNOPQRSTUVWX",
	"INVI",
	"SIP/2.",
};

#define SEQUENCES_PIECES (sizeof(sequences_pieces) / sizeof(sequences_pieces[0]))

struct sequence {
	const uint8_t *input;
	size_t left; /* of it */
	uint8_t options;
	__u32 port;
	__u32 next[SEQUENCES_TCP_CONNECTIONS]; /* sequence number behind the last packet */
	__u32 fragment_at;                     /* offset behind the last fragment */
	uint8_t sizes[SEQUENCES_SIZES_MAX];
	uint8_t sizes_count;
	__u32 packets;     /* made so far */
	__u32 text_at;     /* of the next segment, with SEQUENCES_CUTS */
	__u32 text_length; /* of the packet; with SEQUENCES_CUTS of the stream */
	unsigned char text[SEQUENCES_STREAM_MAX];
	/* The packet that was made last. */
	struct packet_builder packet;
	__u32 milliseconds;
};

/* The next byte; 0 behind the end. */
static inline uint8_t sequences__byte(struct sequence *sequence)
{
	if (!sequence->left)
		return 0;
	sequence->left--;
	return *sequence->input++;
}

static inline void sequences__append(struct sequence *sequence, const void *bytes, size_t length, __u32 text_max)
{
	if (length > text_max - sequence->text_length)
		length = text_max - sequence->text_length;
	memcpy(sequence->text + sequence->text_length, bytes, length);
	sequence->text_length += (__u32)length;
}

/* Appends one piece to the text. */
static inline void sequences__piece(struct sequence *sequence, __u32 text_max)
{
	static const char filler[32] = "0123456789abcdef 0123456789abcde";
	uint8_t piece = sequences__byte(sequence);
	const char *words;
	size_t length;

	if (piece < 0x80) {
		length = piece < sequence->left ? piece : sequence->left;
		sequences__append(sequence, sequence->input, length, text_max);
		sequence->input += length;
		sequence->left -= length;
	} else if (piece < 0xc0) {
		words = sequences_pieces[(piece & 0x3f) % SEQUENCES_PIECES];
		sequences__append(sequence, words, strlen(words), text_max);
	} else {
		for (piece &= 0x3f; piece; piece--)
			sequences__append(sequence, filler, sizeof(filler), text_max);
	}
}

static inline void sequences__begin_frame(struct sequence *sequence, unsigned int protocol)
{
	struct packet_builder *packet = &sequence->packet;

	packet->length = 0;
	packet->udp = 0;
	packets__put(packet, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01", 12);
	packets__put16(packet, sequence->options & SEQUENCES_IPV6 ? 0x86dd : 0x0800);
	if (sequence->options & SEQUENCES_IPV6)
		packets__ipv6(packet, protocol);
	else
		packets__ipv4(packet, protocol, 0, 0);
}

/* Of the frame, `cut` bytes were not captured; short ones are padded. */
static inline void sequences__end_frame(struct sequence *sequence, __u32 cut)
{
	static const unsigned char zeros[SEQUENCES_FRAME_LEAST];
	struct packet_builder *packet = &sequence->packet;

	packets__finish(packet);
	packet->length -= cut;
	if (!cut && packet->length < SEQUENCES_FRAME_LEAST)
		packets__put(packet, zeros, SEQUENCES_FRAME_LEAST - packet->length);
	sequence->packets++;
}

/* Makes the next segment of a connection: so much text, of which the last `cut` bytes were not captured. */
static inline void sequences__segment(struct sequence *sequence, __u32 connection, unsigned int flags,
				      const unsigned char *text, __u32 length, __u32 cut)
{
	struct packet_builder *packet = &sequence->packet;
	__u32 number = sequence->next[connection];

	sequences__begin_frame(sequence, 6);
	packets__segment(packet, sequence->port + connection, 5060, 12, number, flags);
	packets__put(packet, text, length);
	sequences__end_frame(sequence, cut);
	sequence->next[connection] += length + (flags & SEQUENCES_TCP_SYN ? 1 : 0);
}

static inline void sequences__datagram(struct sequence *sequence, __u32 cut)
{
	sequences__begin_frame(sequence, 17);
	packets__udp(&sequence->packet, sequence->port, 5060);
	packets__put(&sequence->packet, sequence->text, sequence->text_length);
	sequences__end_frame(sequence, cut);
}

/* Puts the header of a fragment at this offset, with what the IP header before it must say. */
static inline void sequences__begin_fragment(struct sequence *sequence, __u32 at, unsigned int more)
{
	struct packet_builder *packet = &sequence->packet;

	if (!(sequence->options & SEQUENCES_IPV6)) {
		sequences__begin_frame(sequence, 17);
		packets__set16(packet, packet->ip + 4, sequence->port);
		packets__set16(packet, packet->ip + 6, more << 13 | at / 8);
		return;
	}
	sequences__begin_frame(sequence, 44);
	packets__put(packet, "\x11", 2);
	packets__put16(packet, at | more);
	packets__put16(packet, 0);
	packets__put16(packet, sequence->port);
}

/*
 * Makes a fragment with the text. All of a sequence belong to one datagram, as long as its UDP header says, which is the
 * first eight bytes of the first one.
 */
static inline void sequences__fragment(struct sequence *sequence, unsigned int what, __s32 step, __u32 cut)
{
	__u32 at = what & SEQUENCES_FROM_START ? 0 : (sequence->fragment_at + 8 * (__u32)step) & 0x1ff8;
	unsigned int more = what & SEQUENCES_IS_LAST ? 0 : 1;
	__u32 length = more ? sequence->text_length & ~7U : sequence->text_length;

	sequences__begin_fragment(sequence, at, more);
	if (!at)
		packets__udp(&sequence->packet, sequence->port, 5060);
	packets__put(&sequence->packet, sequence->text, length);
	sequences__end_frame(sequence, cut < length ? cut : length);
	if (!at)
		packets__set16(&sequence->packet, sequence->packet.udp + 4, SEQUENCES_PACKET_MAX);
	sequence->fragment_at = at + length + (at ? 0 : 8);
}

/* Begins a sequence; the input must outlive it. Its connections come from this port and the next one. */
static inline void sequences__begin(struct sequence *sequence, const uint8_t *input, size_t size, __u32 port)
{
	__u32 first, i;

	sequence->input = input;
	sequence->left = size;
	sequence->port = port;
	sequence->packets = 0;
	sequence->milliseconds = 0;
	sequence->text_at = 0;
	sequence->text_length = 0;
	sequence->fragment_at = 0;
	sequence->options = sequences__byte(sequence);
	first = sequence->options & SEQUENCES_GOES_ROUND ? 0xffffffc0U : 1000;
	sequence->next[0] = first;
	sequence->next[1] = first;
	if (!(sequence->options & SEQUENCES_CUTS))
		return;
	sequence->sizes_count = (uint8_t)(1 + sequences__byte(sequence) % SEQUENCES_SIZES_MAX);
	for (i = 0; i < sequence->sizes_count; i++)
		sequence->sizes[i] = sequences__byte(sequence);
	while (sequence->left)
		sequences__piece(sequence, SEQUENCES_STREAM_MAX);
}

/* How long the next segment of a stream without mishaps is. */
static inline __u32 sequences__cut_length(const struct sequence *sequence)
{
	uint8_t size = sequence->sizes[(sequence->packets - 1) % sequence->sizes_count];
	__u32 length = size < 0xc0 ? size : 32 * (size & 0x3fU), left = sequence->text_length - sequence->text_at;

	if (sequence->packets > SEQUENCES_SEGMENTS_SHORT)
		length = SEQUENCES_SEGMENT_LONG;
	length += !length;
	return length < left ? length : left;
}

/* Makes the next segment of such a stream. Returns whether there is one. */
static inline bool sequences__next_cut(struct sequence *sequence)
{
	__u32 at = sequence->text_at, length;

	if (!sequence->packets) {
		sequences__segment(sequence, 0, SEQUENCES_TCP_SYN, sequence->text, 0, 0);
		return true;
	}
	length = sequences__cut_length(sequence);
	if (!length)
		return false;
	sequence->text_at += length;
	sequences__segment(sequence, 0, SEQUENCES_TCP_DATA, sequence->text + at, length, 0);
	return true;
}

/* The TCP flags of a packet: all but those of SYN have data, or may have. */
static inline unsigned int sequences__flags(uint8_t what)
{
	unsigned int flags = what & SEQUENCES_SYN ? SEQUENCES_TCP_SYN : SEQUENCES_TCP_DATA;

	flags |= what & SEQUENCES_FIN ? SEQUENCES_TCP_FIN : 0;
	return flags | (what & SEQUENCES_RST ? SEQUENCES_TCP_RST : 0);
}

/* Makes the next packet. Returns whether there is one. */
static inline bool sequences__next(struct sequence *sequence)
{
	static const __s32 units[] = { 0, 1, 100, 1 << 20 };
	uint8_t what, cut, time, pieces;
	__u32 connection, missing;
	__s32 step;

	if (sequence->options & SEQUENCES_CUTS)
		return sequences__next_cut(sequence);
	if (!sequence->left)
		return false;
	what = sequences__byte(sequence);
	step = (int8_t)sequences__byte(sequence) * units[what >> SEQUENCES_UNIT_SHIFT & 3];
	cut = sequences__byte(sequence);
	time = sequences__byte(sequence);
	sequence->milliseconds += time > 0x80 ? 16 * (time & 0x7fU) : 0;
	sequence->text_length = 0;
	for (pieces = sequences__byte(sequence) & SEQUENCES_PIECES_MAX; pieces; pieces--)
		sequences__piece(sequence, SEQUENCES_PACKET_MAX);
	missing = cut > 0xc0 ? 8 * (cut & 0x3fU) : 0;
	missing = missing < sequence->text_length ? missing : sequence->text_length;
	connection = what & SEQUENCES_CONNECTION;
	if (connection == SEQUENCES_UDP) {
		if (what & SEQUENCES_FRAGMENT)
			sequences__fragment(sequence, what, step, missing);
		else
			sequences__datagram(sequence, missing);
		return true;
	}
	connection %= SEQUENCES_TCP_CONNECTIONS;
	sequence->next[connection] += (__u32)step;
	sequences__segment(sequence, connection, sequences__flags(what), sequence->text, sequence->text_length,
			   missing);
	return true;
}

#endif
