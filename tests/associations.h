/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random SIP over SCTP: the messages of streams.h on some streams of an association, whole or fragmented, interleaved where
 * I-DATA allows it, bundled with other chunks, sent twice, and out of order. All from one seed.
 */
#ifndef ASSOCIATIONS_H
#define ASSOCIATIONS_H

#include "streams.h"

#define ASSOCIATIONS_CHUNKS_MAX 20000
#define ASSOCIATIONS_STREAMS 4
#define ASSOCIATIONS_FRAGMENT_MAX 2000
#define ASSOCIATIONS_PACKET_MAX 3000 /* of chunks, the last one aside */

struct associations_chunk {
	__u32 at; /* of the fragment in streams->bytes */
	__u32 length;
	__u32 tsn;
	__u32 message;
	__u32 fragment; /* within the message */
	__u32 stream;
	__u32 is_unordered, is_first, is_last;
};

/* A message that is being sent. */
struct associations_message {
	__u32 at, end, message, fragment, stream, is_unordered;
};

struct association {
	struct streams streams; /* the messages, and what is to be counted of them */
	__u32 is_interleaved;   /* I-DATA */
	__u32 tag;
	__u32 tsn; /* of the chunk that is made next */
	__u32 messages[ASSOCIATIONS_STREAMS][2];
	size_t chunks_count;
	struct associations_chunk chunks[ASSOCIATIONS_CHUNKS_MAX];
	size_t sent_count;
	size_t sent[2 * ASSOCIATIONS_CHUNKS_MAX]; /* numbers of chunks, in the order in which they are sent */
};

static inline __u32 associations__draw(struct association *association, __u32 below)
{
	return streams__draw(&association->streams, below);
}

/* One more fragment of a message. Returns whether it was the last one. */
static inline int associations__put_fragment(struct association *association, struct associations_message *message)
{
	struct associations_chunk *chunk = &association->chunks[association->chunks_count++];
	__u32 left = message->end - message->at, length = left;

	if (associations__draw(association, 3))
		length = 1 + associations__draw(association, left < 300 ? left : 300);
	if (length > ASSOCIATIONS_FRAGMENT_MAX)
		length = ASSOCIATIONS_FRAGMENT_MAX;
	*chunk = (struct associations_chunk){
		.at = message->at,
		.length = length,
		.tsn = association->tsn++,
		.message = message->message,
		.fragment = message->fragment,
		.stream = message->stream,
		.is_unordered = message->is_unordered,
		.is_first = message->fragment == 0,
		.is_last = length == left,
	};
	message->at += length;
	message->fragment++;
	return chunk->is_last;
}

static inline struct associations_message associations__begin(struct association *association, __u32 number)
{
	struct streams *streams = &association->streams;
	struct associations_message message = {
		.at = streams->starts[number],
		.end = (__u32)(number + 1 < streams->messages ? streams->starts[number + 1] : streams->length),
		.stream = associations__draw(association, ASSOCIATIONS_STREAMS),
		.is_unordered = associations__draw(association, 2),
	};

	message.message = association->messages[message.stream][message.is_unordered]++;
	return message;
}

static inline int associations__is_busy(const struct associations_message *open, size_t count,
					const struct associations_message *message)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (open[i].stream == message->stream && open[i].is_unordered == message->is_unordered &&
		    !(message->is_unordered && message->message - open[i].message < 8))
			return 1;
	return 0;
}

/* Fragments of messages on different streams mix; on one stream those of unordered ones alone, up to eight. */
static inline void associations__make_chunks(struct association *association)
{
	struct associations_message open[2 * ASSOCIATIONS_STREAMS], message;
	size_t open_count = 0, most = association->is_interleaved ? 2 * ASSOCIATIONS_STREAMS : 1, i;
	__u32 number = 0;

	while (number < association->streams.messages || open_count) {
		if (number < association->streams.messages && open_count < most &&
		    (!open_count || associations__draw(association, 3) == 0)) {
			message = associations__begin(association, number);
			if (associations__is_busy(open, open_count, &message)) {
				association->messages[message.stream][message.is_unordered]--;
			} else {
				open[open_count++] = message;
				number++;
			}
		}
		i = associations__draw(association, (__u32)open_count);
		if (associations__put_fragment(association, &open[i]))
			open[i] = open[--open_count];
	}
}

static inline int associations__may_swap(const struct associations_chunk *a, const struct associations_chunk *b)
{
	return (a->is_first && a->is_last && b->is_first && b->is_last) || a->stream != b->stream ||
	       a->is_unordered != b->is_unordered;
}

/* Some are sent twice, or change places with the one before. */
static inline void associations__send(struct association *association)
{
	__u32 mishaps = associations__draw(association, 3) ? 2 + associations__draw(association, 20) : 0, back;
	size_t i, *last;

	for (i = 0; i < association->chunks_count; i++) {
		association->sent[association->sent_count++] = i;
		last = &association->sent[association->sent_count - 1];
		if (mishaps && association->sent_count > 1 && associations__draw(association, mishaps) == 0 &&
		    associations__may_swap(&association->chunks[last[0]], &association->chunks[last[-1]])) {
			last[0] = last[-1];
			last[-1] = i;
		}
		if (mishaps && associations__draw(association, mishaps) == 0) {
			back = associations__draw(association, i < 30 ? (__u32)i + 1 : 30);
			association->sent[association->sent_count++] = i - back;
		}
	}
}

static inline void associations__make(struct association *association, __u64 seed)
{
	struct streams *streams = &association->streams;

	do /* until all fits */
		streams__make(streams, seed += 0x100000000ULL);
	while (streams->is_websocket || streams->length > 400000);
	association->is_interleaved = associations__draw(association, 2);
	association->tag = associations__draw(association, 0x7fffffff);
	association->tsn = associations__draw(association, 3) ? associations__draw(association, 0x7fffffff) : -20U;
	association->chunks_count = 0;
	association->sent_count = 0;
	memset(association->messages, 0, sizeof(association->messages));
	associations__make_chunks(association);
	associations__send(association);
}

/* ---- packets ---- */

static inline void associations__put32(struct packet_builder *packet, __u32 value)
{
	packets__put16(packet, value >> 16);
	packets__put16(packet, value & 0xffff);
}

/* A chunk's length covers no padding. */
static inline void associations__pad(struct packet_builder *packet, size_t begin)
{
	packets__set16(packet, begin + 2, (unsigned int)(packet->length - begin));
	while ((packet->length - begin) % 4)
		packets__put(packet, "", 1);
}

static inline void associations__put_chunk(const struct association *association,
					   const struct associations_chunk *chunk, struct packet_builder *packet)
{
	unsigned int type = association->is_interleaved ? 64 : 0;
	unsigned int flags = chunk->is_unordered << 2 | chunk->is_first << 1 | chunk->is_last;
	size_t begin = packet->length;

	packets__put16(packet, type << 8 | flags);
	packets__put16(packet, 0);
	associations__put32(packet, chunk->tsn);
	packets__put16(packet, chunk->stream);
	packets__put16(packet, association->is_interleaved ? 0 : chunk->message);
	if (association->is_interleaved)
		associations__put32(packet, chunk->message);
	/* The protocol, in the place of which later fragments of I-DATA have their number. */
	associations__put32(packet, association->is_interleaved && !chunk->is_first ? chunk->fragment : 0);
	packets__put(packet, association->streams.bytes + chunk->at, chunk->length);
	associations__pad(packet, begin);
}

/* SACK, HEARTBEAT, or padding that looks like SIP. */
static inline void associations__put_other(struct association *association, struct packet_builder *packet)
{
	static const char text[] = "BYE sip:b SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n";
	static const unsigned char types[] = { 3, 4, 0x84 };
	size_t begin = packet->length;

	packets__put16(packet, types[associations__draw(association, 3)] << 8);
	packets__put16(packet, 0);
	packets__put(packet, text, associations__draw(association, sizeof(text)));
	associations__pad(packet, begin);
}

/*
 * Makes the frame that begins with the chunk that is sent at this place, of this verification tag and from this port to 5060.
 * Returns the place of the first one that did not fit.
 */
static inline size_t associations__frame(struct association *association, size_t place, unsigned int port,
					 struct packet_builder *packet)
{
	const struct associations_chunk *chunks = association->chunks;
	size_t most = place + 1 + associations__draw(association, 6), payload;

	packets__ethernet(packet, association->streams.is_ipv6 ? 0x86dd : 0x0800);
	if (association->streams.is_ipv6)
		packets__ipv6(packet, 132);
	else
		packets__ipv4(packet, 132, 0, 0);
	packets__put16(packet, port);
	packets__put16(packet, 5060);
	associations__put32(packet, association->tag);
	associations__put32(packet, 0);
	payload = packet->length;
	do {
		if (associations__draw(association, 4) == 0)
			associations__put_other(association, packet);
		associations__put_chunk(association, &chunks[association->sent[place++]], packet);
	} while (place < association->sent_count && place < most &&
		 packet->length - payload + chunks[association->sent[place]].length < ASSOCIATIONS_PACKET_MAX);
	if (associations__draw(association, 4) == 0)
		associations__put_other(association, packet);
	packets__finish(packet);
	return place;
}

#endif
