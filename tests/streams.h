/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random SIP over TCP, or over a WebSocket: a sequence of messages, what is to be counted of it, and the segments that
 * carry it, cut anywhere, sent twice, overlapping, swapped and lost. All from one seed.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <stdio.h>
#include <stdlib.h>

#include "packets.h"

#define STREAMS_BYTES_MAX (4 << 20)
#define STREAMS_SEGMENTS_MAX 200000
#define STREAMS_TYPES 28
#define STREAMS_METHODS 17 /* that are their own CSeq method */
#define STREAMS_MESSAGES_MAX 50
#define STREAMS_SEGMENT_MAX 1448

static const char *const streams_types[STREAMS_TYPES] = {
	"INVITE", "ReINVITE", "UPDATE", "CANCEL",   "PRACK",   "BYE",       "ACK",   "SUBSCRIBE", "NOTIFY", "PUBLISH",
	"REFER",  "OPTIONS",  "INFO",   "REGISTER", "MESSAGE", "PING",      "FLY",   "100",       "180",    "200",
	"302",    "486",      "503",    "603",      "invite",  "NEWINVITE", "x-BYE", "UNKNOWN",
};

/* Methods that CSeq contradicts, most of them as the end of a body before a start line would look. */
static const struct {
	const char *type, *method, *cseq;
} streams_odd_methods[] = {
	{ "invite", "invite", "INVITE" },
	{ "NEWINVITE", "NEWINVITE", "INVITE" },
	{ "x-BYE", "x-BYE", "BYE" },
	{ "UNKNOWN", "AAAAAAAAAAAAAAAAAAAAREFER", "REFER" },
};

#define STREAMS_ODD_METHODS (sizeof(streams_odd_methods) / sizeof(streams_odd_methods[0]))

struct streams_segment {
	__u32 at; /* of the first byte in the stream */
	__u32 length;
};

struct streams {
	__u64 seed;
	__u32 is_ipv6;
	__u32 is_websocket;
	__u32 is_masked; /* from the client of a WebSocket */
	/*
	 * One message in twenty has NUL before it, one has a CSeq that contradicts it, and one has an odd method; all of
	 * them count. Before one in twenty is one that does not, because its start line breaks RFC 3261.
	 */
	__u32 has_odd;
	__u32 quotes_fragments; /* bodies quote whole lines, but no whole message: behind a gap it would be taken for one */
	__u32 port;
	__u32 first_sequence;
	unsigned int counts[STREAMS_TYPES];
	unsigned int messages;
	__u32 next_costly; /* the first message that may take much effort: a segment may not hold many of them */
	__u32 starts[STREAMS_MESSAGES_MAX]; /* of each message in the stream */
	__u32 before[STREAMS_MESSAGES_MAX]; /* where the malformed one before it begins, or it does */
	size_t segments_count;
	size_t length;
	struct streams_segment segments[STREAMS_SEGMENTS_MAX];
	char bytes[STREAMS_BYTES_MAX];
	char bare[STREAMS_BYTES_MAX]; /* the messages, before a WebSocket carries them */
};

static inline __u32 streams__draw(struct streams *streams, __u32 below)
{
	streams->seed = streams->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(streams->seed >> 33) % below;
}

static inline void streams__put(struct streams *streams, const char *text)
{
	size_t length = strlen(text);

	memcpy(streams->bytes + streams->length, text, length);
	streams->length += length;
}

/* Text that looks like SIP, and is a body. */
static inline void streams__put_body(struct streams *streams, size_t length)
{
	static const char *const pieces[] = {
		"INVITE sip:mallory@example.com SIP/2.0\r\nTo: <sip:m>\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n",
		"\r\n\r\n",
		"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n",
		"BYE sip:b SIP/2.0\r\n",
		"Content-Length: 12345\r\n\r\n",
		/* Whole messages. */
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP m\r\nCSeq: 9 BYE\r\n\r\n",
		"SIP/2.0 200 OK\r\nCSeq: 9 BYE\r\nl: 70000\r\n\r\n",
		"INVITE sip:mallory@example.com SIP/2.0\r\nVia: SIP/2.0/TCP m\r\nTo: <sip:m>\r\nCSeq: 9 INVITE\r\n"
		"Content-Length: 0\r\n\r\n",
	};
	static const char filler[] =
		"\r\n                                                                               "
		"                                                                               ";
	__u32 count = sizeof(pieces) / sizeof(pieces[0]) - 3 * streams->quotes_fragments;
	size_t end = streams->length + length, left, size;

	while (streams->length < end) {
		const char *piece = pieces[streams__draw(streams, count)];

		left = end - streams->length;
		size = strlen(piece) < left ? strlen(piece) : left;
		if (size < strlen(piece) && streams->quotes_fragments)
			piece = filler;
		memcpy(streams->bytes + streams->length, piece, size);
		streams->length += size;
	}
}

static inline void streams__put_headers(struct streams *streams, const char *method, int has_tag, size_t body)
{
	static const char *const to_tagged[] = { "To: <sip:b@example.com>;tag=1", "t:Bob <sip:b;tag=9>;x=1;TAG=2",
						 "TO :\t\"q;tag=0\\\"\" <sip:b>\r\n ;tag=x", "tO: sip:b;tag=77" };
	static const char *const to_plain[] = { "To: <sip:b;tag=1@example.com>", "t: \"tag=1;tag=2\" <sip:b>",
						"To:\r\n <sip:b>", "to : <sip:b>;nottag=1" };
	static const char *const fillers[] = { "Max-Forwards: 70",
					       "Reply-To: <sip:x>;tag=4",
					       "X-Long: 0123456789\r\n\tfolded",
					       "Contact: <sip:a@10.0.0.1;transport=tcp>",
					       "Subject: CSeq: 1 FAKE",
					       "Content-Lengthy: 5",
					       "Supported:" };
	static const char *const lengths[] = { "Content-Length: %zu", "l:%zu", "CONTENT-LENGTH :   %zu",
					       "content-length:\r\n  %zu" };
	char text[128];
	__u32 order = streams__draw(streams, 2), fillers_count = streams__draw(streams, 6), i;

	streams__put(streams, "Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK1\r\n");
	for (i = 0; i < fillers_count; i++) {
		streams__put(streams, fillers[streams__draw(streams, sizeof(fillers) / sizeof(fillers[0]))]);
		streams__put(streams, "\r\n");
	}
	streams__put(streams, has_tag ? to_tagged[streams__draw(streams, 4)] : to_plain[streams__draw(streams, 4)]);
	streams__put(streams, "\r\n");
	snprintf(text, sizeof(text), lengths[streams__draw(streams, 4)], body);
	for (i = 0; i < 2; i++) {
		if (i == order) {
			streams__put(streams, text);
		} else {
			streams__put(streams, streams__draw(streams, 2) ? "CSeq: 4711 " : "cseq:\t1 ");
			streams__put(streams, method);
		}
		streams__put(streams, "\r\n");
	}
	streams__put(streams, "\r\n");
}

/* What may be before a message, and must not matter to it. */
static inline void streams__put_blanks(struct streams *streams, int is_odd)
{
	size_t nuls = is_odd ? 1 + streams__draw(streams, 20) : 0;

	memset(streams->bytes + streams->length, 0, nuls);
	streams->length += nuls;
	if (streams__draw(streams, 4) == 0)
		streams__put(streams, streams__draw(streams, 2) ? "\r\n\r\n" : "\r\n");
}

/* Text that was meant to be a message. */
static inline void streams__put_malformed(struct streams *streams)
{
	static const char *const start_lines[] = {
		"INVITE sip:b@example.com SIP/7.0\r\n",
		"BYE  sip:b@example.com SIP/2.0\r\n",
		"SIP/2.0 4294967301 Better not\r\n",
		"OPTIONS sip:b@example.com  SIP/2.0\r\n",
		"SIP/2.0/TCP 200 OK\r\n",
		"MESSAGE <sip:b@example.com> x SIP/2.0\r\n",
	};
	size_t body = streams__draw(streams, 300);

	streams__put(streams, start_lines[streams__draw(streams, sizeof(start_lines) / sizeof(start_lines[0]))]);
	streams__put_headers(streams, "INVITE", 0, body);
	streams__put_body(streams, body);
}

static inline int streams__draws_odd(struct streams *streams)
{
	return streams->has_odd && streams__draw(streams, 20) == 0;
}

/* The start line and the headers of a request of an odd method. */
static inline void streams__put_odd_request(struct streams *streams, size_t body)
{
	/* Behind a gap, what is left of the others is the method in CSeq. */
	__u32 odd = streams__draw(streams, streams->quotes_fragments ? 1 : STREAMS_ODD_METHODS);

	streams->counts[STREAMS_TYPES - STREAMS_ODD_METHODS + odd]++;
	streams__put(streams, streams_odd_methods[odd].method);
	streams__put(streams, " sip:b@example.com SIP/2.0\r\n");
	streams__put_headers(streams, streams_odd_methods[odd].cseq, 0, body);
}

/* Those of another message. */
static inline void streams__put_usual(struct streams *streams, size_t body)
{
	__u32 type = streams__draw(streams, STREAMS_TYPES - STREAMS_ODD_METHODS), has_tag = streams__draw(streams, 2);
	const char *name = streams_types[type], *method = name;
	char text[160];

	streams->counts[type]++;
	if (name[0] >= '1' && name[0] <= '6') {
		method = streams_types[streams__draw(streams, STREAMS_METHODS)];
		method = strcmp(method, "ReINVITE") ? method : "INVITE";
		snprintf(text, sizeof(text), "SIP/2.0 %s Reason SIP/2.0 phrase\r\n", name);
	} else {
		if (!strcmp(name, "INVITE"))
			has_tag = 0;
		if (!strcmp(name, "ReINVITE")) {
			has_tag = 1;
			method = "INVITE";
		}
		snprintf(text, sizeof(text), "%s sip:b@example.com;x=%u SIP/2.0\r\n", method,
			 streams__draw(streams, 1000));
	}
	streams__put(streams, text);
	/* RFC 3261 8.1.1.5 is broken by some. */
	if (streams__draws_odd(streams))
		method = streams_types[3 + streams__draw(streams, STREAMS_METHODS - 3)];
	streams__put_headers(streams, method, (int)has_tag, body);
}

/* The same for what takes much effort. */
static inline int streams__draws_costly(struct streams *streams)
{
	if (streams->messages < streams->next_costly || !streams__draws_odd(streams))
		return 0;
	streams->next_costly = streams->messages + 3;
	return 1;
}

static inline void streams__put_message(struct streams *streams)
{
	/* Most bodies are small. */
	__u32 limit = 1U << streams__draw(streams, 17), before;
	size_t body = streams__draw(streams, 2) ? streams__draw(streams, limit) : 0;

	streams__put_blanks(streams, streams__draws_odd(streams));
	if (streams->length + body + 4096 > STREAMS_BYTES_MAX)
		return;
	before = (__u32)streams->length;
	if (streams__draws_costly(streams))
		streams__put_malformed(streams);
	streams->before[streams->messages] = before;
	streams->starts[streams->messages++] = (__u32)streams->length;
	if (streams__draws_costly(streams))
		streams__put_odd_request(streams, body);
	else
		streams__put_usual(streams, body);
	streams__put_body(streams, body);
}

/* A frame of a WebSocket, RFC 6455 5.2. */
static inline void streams__put_frame(struct streams *streams, unsigned int first, const char *payload, size_t length)
{
	unsigned char head[14] = { (unsigned char)first }, mask[4] = { 0 };
	size_t size = 2, bytes = length < 126 ? 0 : length < 65536 ? 2 : 8, i;

	head[1] = (unsigned char)(bytes == 0 ? length : bytes == 2 ? 126 : 127);
	for (i = 0; i < bytes; i++)
		head[size++] = (unsigned char)((__u64)length >> 8 * (bytes - 1 - i));
	if (streams->is_masked) {
		head[1] |= 0x80;
		for (i = 0; i < 4; i++)
			head[size++] = mask[i] = (unsigned char)streams__draw(streams, 256);
	}
	memcpy(streams->bytes + streams->length, head, size);
	streams->length += size;
	for (i = 0; i < length; i++)
		streams->bytes[streams->length++] = (char)(payload[i] ^ mask[i & 3]);
}

/* What may come between frames: a ping, a pong, or the keep-alive of those who think that they are not in a WebSocket. */
static inline void streams__put_rest(struct streams *streams, int is_between_messages)
{
	switch (streams__draw(streams, 6)) {
	case 0:
		streams__put_frame(streams, 0x89, "BYE sip:b SIP/2.0\r\n\r\n", streams__draw(streams, 22));
		break;
	case 1:
		streams__put_frame(streams, 0x8a, "", 0);
		break;
	case 2:
		if (is_between_messages)
			streams__put_frame(streams, 0x81, "\r\n\r\n", 2 + 2 * streams__draw(streams, 2));
		break;
	default:
		break;
	}
}

/*
 * One message in one of the WebSocket, of one frame or a few (RFC 7118 5). What takes a message apart into many small
 * frames is too complex.
 */
static inline void streams__put_framed(struct streams *streams, const char *message, size_t length)
{
	__u32 frames = streams__draw(streams, 3) ? 1 : 1 + streams__draw(streams, 3), opcode, i;
	size_t size;

	for (i = 0; i < frames; i++) {
		size = i + 1 == frames ? length : streams__draw(streams, (__u32)length + 1);
		opcode = i ? 0 : 1 + streams__draw(streams, 2);
		streams__put_frame(streams, opcode | (i + 1 == frames ? 0x80 : 0), message, size);
		message += size;
		length -= size;
		streams__put_rest(streams, i + 1 == frames);
	}
}

/* The HTTP message that opens the WebSocket, RFC 7118 4. */
static inline void streams__put_upgrade(struct streams *streams)
{
	static const char *const protocols[] = { "Sec-WebSocket-Protocol: sip", "sec-websocket-protocol:\tmsrp,sip",
						 "Sec-WebSocket-Protocol: x.y.z, sips, sip , sipx" };

	streams__put(streams, streams->is_masked
				      ? "GET /sip?x=BYE HTTP/1.1\r\nHost: b.example.com\r\nUpgrade: websocket\r\n"
				      : "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n");
	streams__put(streams, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
	streams__put(streams, protocols[streams__draw(streams, 3)]);
	streams__put(streams, "\r\nConnection: Upgrade\r\n\r\n");
}

/* Has the messages that were made carried by a WebSocket. */
static inline void streams__wrap(struct streams *streams)
{
	size_t length = streams->length, before, begin, end, i;

	memcpy(streams->bare, streams->bytes, length);
	streams->length = 0;
	streams__put_upgrade(streams);
	for (i = 0; i < streams->messages; i++) {
		before = streams->before[i];
		begin = streams->starts[i];
		end = i + 1 < streams->messages ? streams->before[i + 1] : length;
		if (before < begin)
			streams__put_framed(streams, streams->bare + before, begin - before);
		streams->starts[i] = (__u32)streams->length;
		streams__put_framed(streams, streams->bare + begin, end - begin);
	}
}

/* Makes the messages of a stream; quotes_fragments is set before. */
static inline void streams__make(struct streams *streams, __u64 seed)
{
	__u32 messages;

	streams->seed = seed;
	streams->length = 0;
	streams->messages = 0;
	streams->next_costly = 0;
	streams->segments_count = 0;
	memset(streams->counts, 0, sizeof(streams->counts));
	messages = 1 + streams__draw(streams, STREAMS_MESSAGES_MAX);
	streams->is_ipv6 = streams__draw(streams, 2);
	streams->port = 1024 + streams__draw(streams, 60000);
	streams->first_sequence = streams__draw(streams, 4) ? streams__draw(streams, 0x7fffffff) * 2 : 0xffffff00;
	while (messages--)
		streams__put_message(streams);
	streams->is_websocket = streams__draw(streams, 3) == 0;
	streams->is_masked = streams->is_websocket && streams__draw(streams, 2);
	if (streams->is_websocket)
		streams__wrap(streams);
}

static inline void streams__add(struct streams *streams, __u32 at, __u32 length)
{
	if (streams->segments_count < STREAMS_SEGMENTS_MAX)
		streams->segments[streams->segments_count++] = (struct streams_segment){ at, length };
}

static inline void streams__swap(struct streams *streams, size_t i, size_t j)
{
	struct streams_segment segment = streams->segments[i];

	streams->segments[i] = streams->segments[j];
	streams->segments[j] = segment;
}

/* Cuts it into segments; some are sent twice, overlap the one before, or change places with it. */
static inline void streams__cut(struct streams *streams)
{
	__u32 largest = 1 + streams__draw(streams, 1U << (1 + streams__draw(streams, 11))), at = 0, length, back;
	__u32 mishaps = streams__draw(streams, 3) ? 2 + streams__draw(streams, 30) : 0;
	size_t swapped = 1; /* what has changed places does so once */

	if (largest > STREAMS_SEGMENT_MAX)
		largest = STREAMS_SEGMENT_MAX;
	/* Not too many for a run. */
	while (largest < STREAMS_SEGMENT_MAX && streams->length / largest > 400)
		largest = largest * 2 > STREAMS_SEGMENT_MAX ? STREAMS_SEGMENT_MAX : largest * 2;
	while (at < streams->length) {
		length = 1 + streams__draw(streams, largest);
		if (length > streams->length - at)
			length = (__u32)streams->length - at;
		back = mishaps && at && streams__draw(streams, mishaps) == 0
			       ? streams__draw(streams, at < 3000 ? at : 3000)
			       : 0;
		if (back + length > STREAMS_SEGMENT_MAX)
			back = 0;
		streams__add(streams, at - back, length + back);
		at += length;
		if (mishaps && streams__draw(streams, mishaps) == 0) /* sent twice */
			streams__add(streams, at - length, length);
		else if (mishaps && streams->segments_count > swapped && streams__draw(streams, mishaps) == 0) {
			streams__swap(streams, streams->segments_count - 1, streams->segments_count - 2);
			swapped = streams->segments_count + 1;
		}
	}
}

/* A frame with these TCP flags and bytes of the stream. */
static inline void streams__flagged_frame(const struct streams *streams, __u32 at, __u32 length, unsigned int flags,
					  struct packet_builder *packet)
{
	__u32 sequence = streams->first_sequence + at;

	packet->length = 0;
	packet->udp = 0;
	packets__put(packet, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01", 12);
	packets__put16(packet, streams->is_ipv6 ? 0x86dd : 0x0800);
	if (streams->is_ipv6)
		packets__ipv6(packet, 6);
	else
		packets__ipv4(packet, 6, 0, 0);
	packets__segment(packet, streams->port, 5060, 12, sequence, flags);
	packets__put(packet, streams->bytes + at, length);
	packets__finish(packet);
}

static inline void streams__frame(const struct streams *streams, const struct streams_segment *segment,
				  struct packet_builder *packet)
{
	streams__flagged_frame(streams, segment->at, segment->length, 0x18, packet);
}

/* The one that begins the connection. */
static inline void streams__syn(const struct streams *streams, struct packet_builder *packet)
{
	streams__flagged_frame(streams, (__u32)-1, 0, 2, packet);
}

#endif
