/* SPDX-License-Identifier: BSD-2-Clause */
/* The packets that the benchmarks run on. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <string.h>

#include "hep.h"
#include "hostile.h"
#include "packets.h"

/* A 200 to a BYE: no body, and the headers end soon after CSeq. */
static inline void traffic__response(struct packet_builder *packet)
{
	packets__udp4(packet, "SIP/2.0 200 OK\r\n"
			      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-4711-1-0\r\n"
			      "From: sipp <sip:sipp@192.0.2.1:5060>;tag=4711SIPpTag001\r\n"
			      "To: service <sip:service@192.0.2.2:5060>;tag=4711SIPpTag002\r\n"
			      "Call-ID: 1-4711@192.0.2.1\r\n"
			      "CSeq: 2 BYE\r\n"
			      "Content-Length: 0\r\n\r\n");
}

static const char invite_headers[] = "INVITE sip:service@192.0.2.2:5060 SIP/2.0\r\n"
				     "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-4711-1-0\r\n"
				     "From: sipp <sip:sipp@192.0.2.1:5060>;tag=4711SIPpTag001\r\n"
				     "To: service <sip:service@192.0.2.2:5060>\r\n"
				     "Call-ID: 1-4711@192.0.2.1\r\n"
				     "CSeq: 1 INVITE\r\n"
				     "Contact: sip:sipp@192.0.2.1:5060\r\n"
				     "Max-Forwards: 70\r\n"
				     "Subject: Performance Test\r\n"
				     "Content-Type: application/sdp\r\n"
				     "Content-Length:   135\r\n\r\n";

/* A 744-byte INVITE: the headers above, and a body that fills it up. */
static inline void traffic__invite(struct packet_builder *packet)
{
	char text[745];

	memset(text, 'a', sizeof(text));
	memcpy(text, invite_headers, sizeof(invite_headers) - 1);
	text[744] = '\0';
	packets__udp4(packet, text);
}

/* The same, in HEP of version 3, as Kamailio sends it. */
static inline void traffic__reported_invite(struct packet_builder *packet)
{
	static const struct hep_ends ends = { .source = { 192, 0, 2, 1 },
					      .target = { 192, 0, 2, 2 },
					      .source_port = 5060,
					      .target_port = 5060,
					      .protocol = 17 };
	static struct packet_builder message;

	traffic__invite(&message);
	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 17, 0, 0);
	packets__udp(packet, 5060, 9060);
	hep__put(packet, 3, &ends, message.bytes + message.udp + 8, message.length - message.udp - 8);
	packets__finish(packet);
}

/* The same, its To header folded: no short way for it. */
static inline void traffic__folded_invite(struct packet_builder *packet)
{
	static const char from[] = "<sip:service@192.0.2.2:5060>\r\n", to[] = "\r\n <sip:servic@192.0.2.2>  \r\n";
	unsigned char *at;

	traffic__invite(packet);
	at = memmem(packet->bytes, packet->length, from, sizeof(from) - 1);
	memcpy(at, to, sizeof(to) - 1);
}

/* The same, with lines that end in LF alone. */
static inline void traffic__lf_invite(struct packet_builder *packet)
{
	char text[745];
	size_t i, length = 0;

	memset(text, 'a', sizeof(text));
	for (i = 0; i < sizeof(invite_headers) - 1; i++)
		if (invite_headers[i] != '\r')
			text[length++] = invite_headers[i];
	text[744] = '\0';
	packets__udp4(packet, text);
}

/* A response that has passed many proxies: twelve Via headers before all others. */
static inline void traffic__via_stack(struct packet_builder *packet)
{
	char text[1401], *at = text;
	int i;

	at += sprintf(at, "SIP/2.0 200 OK\r\n");
	for (i = 12; i > 0; i--)
		at += sprintf(at, "Via: SIP/2.0/UDP 192.0.2.%d:5060;branch=z9hG4bK-4711-%d-0;rport\r\n", i, i);
	at += sprintf(at, "From: sipp <sip:sipp@192.0.2.1:5060>;tag=4711SIPpTag001\r\n"
			  "To: service <sip:service@192.0.2.2:5060>;tag=4711SIPpTag002\r\n"
			  "Call-ID: 1-4711@192.0.2.1\r\n"
			  "CSeq: 1 INVITE\r\n"
			  "Content-Length: 0\r\n\r\n");
	packets__udp4(packet, text);
}

static inline void traffic__hostile(struct packet_builder *packet, const struct hostile *hostile)
{
	unsigned char payload[HOSTILE_LENGTH];

	hostile__fill(hostile, payload);
	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 17, 0, 0);
	packets__udp(packet, 5060, 5060);
	packets__put(packet, payload, sizeof(payload));
	packets__finish(packet);
}

static inline void traffic__rtp(struct packet_builder *packet)
{
	static const unsigned char rtp[172] = { 0x80, 0x00, 0x12, 0x34, 0, 0, 0, 160 };

	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 17, 0, 0);
	packets__udp(packet, 16384, 16386);
	packets__put(packet, rtp, sizeof(rtp));
	packets__finish(packet);
}

static inline void traffic__tcp(struct packet_builder *packet)
{
	static const unsigned char bulk[1448] = { 0x17, 0x03, 0x03, 0x40, 0x00, 0xfe };

	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 6, 0, 0);
	packets__tcp(packet, 443, 40000, 12);
	packets__put(packet, bulk, sizeof(bulk));
	packets__finish(packet);
}

#define TRAFFIC_SEGMENT_LENGTH 480

/* A frame with room for a segment. */
static inline void traffic__segment(struct packet_builder *packet, unsigned int port)
{
	static const unsigned char room[TRAFFIC_SEGMENT_LENGTH];

	packets__ethernet(packet, 0x0800);
	packets__ipv4(packet, 6, 0, 0);
	packets__tcp(packet, port, 5060, 12);
	packets__put(packet, room, sizeof(room));
	packets__finish(packet);
}

/* Fills whole segments with a message whose headers reach into the second one. */
static inline void traffic__cut_message(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	char text[3 * TRAFFIC_SEGMENT_LENGTH + 1];
	int length;

	memset(text, 'a', sizeof(text));
	length = snprintf(
		text, sizeof(text),
		"INVITE sip:service@192.0.2.2:5060 SIP/2.0\r\nX-Filler: %0200d\r\nVia: "
		"SIP/2.0/TCP 192.0.2.1\r\nX-Filler: %0200d\r\nTo: <sip:service@192.0.2.2>\r\nCSeq: 1 INVITE\r\n"
		"Content-Length: ",
		1, 2);
	length += snprintf(text + length, sizeof(text) - (size_t)length, "%d\r\n\r\n",
			   (int)sizeof(text) - 1 - length - 7);
	text[length] = 'a';
	memcpy(segments, text, sizeof(text) - 1);
}

/* Each segment is one whole message. */
static inline void traffic__whole_messages(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	char text[TRAFFIC_SEGMENT_LENGTH + 1];
	const char *end;
	int i;

	memset(text, 'a', sizeof(text));
	memcpy(text, invite_headers, sizeof(invite_headers) - 1);
	end = strstr(invite_headers, "135");
	(void)sprintf(text + (end - invite_headers), "%d\r\n\r",
		      (int)(TRAFFIC_SEGMENT_LENGTH - (sizeof(invite_headers) - 1)));
	text[sizeof(invite_headers) - 2] = '\n';
	for (i = 0; i < 3; i++)
		memcpy(segments[i], text, TRAFFIC_SEGMENT_LENGTH);
}

static inline void traffic__many_messages(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	static const char message[] = "BYE sip:service@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\nTo: "
				      "<sip:bbbbbbbbbbbbbbbbb>;tag=1\r\nCSeq: 1 BYE\r\nl:  0\r\n\r\n";
	int i;

	_Static_assert(sizeof(message) - 1 == TRAFFIC_SEGMENT_LENGTH / 4, "four of them fill a segment");
	for (i = 0; i < 12; i++)
		memcpy(&segments[0][0] + i * ((int)sizeof(message) - 1), message, sizeof(message) - 1);
}

/* Each segment is one masked frame of a WebSocket, whose text begins with this, followed by letters. */
static inline void traffic__mask_text(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH], const char *begin)
{
	static const unsigned char head[8] = { 0x81, 0xfe, 0x01, 0xd8, 0x12, 0x34, 0x56, 0x78 };
	char text[TRAFFIC_SEGMENT_LENGTH - sizeof(head) + 1];
	size_t i, j;

	_Static_assert(sizeof(text) - 1 == 0x01d8, "the frame's length is that of the rest of the segment");
	memset(text, 'a', sizeof(text));
	memcpy(text, begin, strlen(begin));
	for (i = 0; i < 3; i++) {
		memcpy(segments[i], head, sizeof(head));
		for (j = 0; j < sizeof(text) - 1; j++)
			segments[i][sizeof(head) + j] = (unsigned char)text[j] ^ head[4 + (j & 3)];
	}
}

/* Each frame is one message. */
static inline void traffic__masked_frames(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	traffic__mask_text(segments, invite_headers);
}

/* A message with a method in CSeq that takes all the effort that there is, in each frame or segment. */
#define TRAFFIC_LONG_CSEQ "BYE sip:a SIP/2.0\r\nCSeq: 1 "

static inline void traffic__hostile_frames(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	traffic__mask_text(segments, TRAFFIC_LONG_CSEQ);
}

static inline void traffic__hostile_segments(unsigned char segments[3][TRAFFIC_SEGMENT_LENGTH])
{
	int i;

	memset(segments, 'a', (size_t)3 * TRAFFIC_SEGMENT_LENGTH);
	for (i = 0; i < 3; i++)
		memcpy(segments[i], TRAFFIC_LONG_CSEQ, sizeof(TRAFFIC_LONG_CSEQ) - 1);
}

#endif
