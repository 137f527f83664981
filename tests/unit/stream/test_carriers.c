/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies between TCP and the messages: frames of WebSocket, begun by HTTP or joined later, and records of TLS. A table of
 * connections, each sent as its steps say, byte by byte, and with every pair of its segments swapped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counts.h"
#include "classify/frame.h"
#include "packets.h"

#define SEGMENTS_MAX 64
#define SEGMENT_MAX 32768
#define BYTES_MAX 262144

#define GET "GET /sip HTTP/1.1\r\nHost: b.example.com\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
#define OTHER_GET "GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat, sips\r\n\r\n"
#define INVITE "INVITE sip:b@example.com SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\n\r\n"
#define BYE "BYE sip:b@example.com SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"
#define OK_BODY "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\nl: 3\r\n\r\n" BYE BYE

/* proxy-protocol.txt 2.1 and 2.2. */
#define PROXY_LINE "PROXY TCP4 192.0.2.1 192.0.2.2 56324 5060\r\n"
#define PROXY_START "\r\n\r\n\0\r\nQUIT\n\x21\x11"
#define PROXY_HEADER PROXY_START "\0\x0c\xc0\0\2\1\xc0\0\2\2\xdc\4\x13\xc4"

#define PINGS "\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0\x89\0"

enum kind { KIND_END, KIND_RAW, KIND_FRAME, KIND_MASKED, KIND_LONG, KIND_CUT, KIND_LOST };

/* What a connection carries. Bytes are gathered until they are cut: into a segment, or one that is lost. */
struct step {
	enum kind kind;
	unsigned int first; /* the first byte of a frame */
	const char *bytes;
	size_t size;
};

#define RAW(bytes)                                    \
	{                                             \
		KIND_RAW, 0, bytes, sizeof(bytes) - 1 \
	}
#define FRAME(first, bytes)                                 \
	{                                                   \
		KIND_FRAME, first, bytes, sizeof(bytes) - 1 \
	}
#define MASKED(first, bytes)                                 \
	{                                                    \
		KIND_MASKED, first, bytes, sizeof(bytes) - 1 \
	}
#define PADDED(first, bytes, size)            \
	{                                     \
		KIND_LONG, first, bytes, size \
	} /* a body of blanks goes on to this size */
#define CUT                          \
	{                            \
		KIND_CUT, 0, NULL, 0 \
	}
#define LOST                          \
	{                             \
		KIND_LOST, 0, NULL, 0 \
	}

#define TEXT 0x81
#define BINARY 0x82
#define BEGIN 0x01
#define GO_ON 0x00
#define FINISH 0x80
#define CLOSE 0x88
#define PING 0x89
#define PONG 0x8a
#define COMPRESSED 0xc1
#define NO_FRAME 0x100

struct connection {
	const char *name;
	const char *counts; /* INVITE, BYE, 200; then the transport of the links, "" for none */
	unsigned int gaps;
	int reason;      /* that a packet has, -1: none is looked for */
	int is_joined;   /* nobody saw its SYN */
	int is_cuttable; /* the same comes out however it is cut */
	struct step steps[24];
};

static const struct connection connections[] = {
	{ "a text frame", "1 0 0 WS", 0, SIPBPF_REASON_WEBSOCKET, 0, 1, { RAW(GET), CUT, FRAME(TEXT, INVITE) } },
	{ "binary and masked", "1 0 0 WS", 0, -1, 0, 1, { RAW(GET), CUT, MASKED(BINARY, INVITE) } },
	{ "the server's answer and its first frame in a segment",
	  "0 0 1 WS",
	  0,
	  -1,
	  0,
	  1,
	  { RAW(ANSWER), FRAME(TEXT, OK_BODY) } },
	{ "several frames in a segment",
	  "1 2 1 WS",
	  0,
	  -1,
	  0,
	  1,
	  { RAW(GET), CUT, MASKED(TEXT, INVITE), MASKED(TEXT, BYE), FRAME(TEXT, OK_BODY), MASKED(TEXT, BYE) } },
	{ "16 bits of length",
	  "1 1 0 WS",
	  0,
	  -1,
	  0,
	  1,
	  { RAW(GET), CUT, PADDED(TEXT, INVITE, 126), FRAME(TEXT, BYE) } },
	{ "64 bits of length",
	  "1 1 0 WS",
	  0,
	  -1,
	  0,
	  0,
	  { RAW(GET), CUT, PADDED(TEXT, INVITE, 65536), FRAME(TEXT, BYE) } },
	{ "continuation frames, one of them empty, and control frames between them",
	  "1 1 0 WS",
	  0,
	  -1,
	  0,
	  1,
	  { RAW(GET), MASKED(BEGIN, "INVIT"), MASKED(PING, "BYE sip:b SIP/2.0\r\n"),
	    MASKED(GO_ON, "E sip:b SIP/2.0\r\nTo"), MASKED(GO_ON, ""), CUT, MASKED(PONG, ""),
	    MASKED(FINISH, ": <sip:b>\r\n\r\n"), MASKED(TEXT, BYE) } },
	{ "the last frame is empty",
	  "1 1 0 WS",
	  0,
	  -1,
	  0,
	  1,
	  { RAW(GET), FRAME(BEGIN, "INVITE sip:b SIP/2.0\r\nTo: x\r\n"), FRAME(FINISH, ""), FRAME(TEXT, BYE) } },
	{ "a body in continuation frames that begin as messages do",
	  "0 1 1 WS",
	  0,
	  SIPBPF_REASON_CONTINUATION,
	  0,
	  1,
	  { RAW(ANSWER), FRAME(BEGIN, OK_BODY), CUT, FRAME(GO_ON, BYE), CUT, FRAME(FINISH, BYE), CUT,
	    FRAME(TEXT, BYE) } },
	{ "a handshake that is refused, and tried again",
	  "1 1 0 WS",
	  0,
	  SIPBPF_REASON_WEBSOCKET,
	  0,
	  1,
	  { RAW(GET), CUT, RAW(GET), CUT, MASKED(TEXT, INVITE), CUT, MASKED(TEXT, BYE) } },
	{ "bare SIP is none in a WebSocket",
	  "1 0 0 WS",
	  1,
	  -1,
	  0,
	  0,
	  { RAW(GET), CUT, MASKED(TEXT, INVITE), CUT, RAW(BYE), CUT, RAW(BYE) } },
	{ "more frames than are believed",
	  "0 1 0 WS",
	  1,
	  SIPBPF_REASON_WEBSOCKET,
	  0,
	  0,
	  { RAW(GET), CUT, RAW(PINGS PINGS PINGS PINGS PINGS), FRAME(TEXT, INVITE), CUT, FRAME(TEXT, BYE) } },
	{ "kept alive by CRLF, ping, pong",
	  "1 0 0 WS",
	  0,
	  SIPBPF_REASON_KEEPALIVE,
	  0,
	  1,
	  { RAW(GET), CUT, FRAME(TEXT, "\r\n\r\n"), CUT, MASKED(PING, ""), CUT, MASKED(PONG, "x"), CUT,
	    FRAME(TEXT, INVITE), FRAME(CLOSE, "\x03\xe8") } },
	{ "what is no SIP, between messages",
	  "1 1 0 WS",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  1,
	  { RAW(GET), CUT, MASKED(TEXT, INVITE), CUT, MASKED(TEXT, "{\"type\": \"INVITE\"}"), CUT,
	    MASKED(TEXT, BYE) } },
	{ "malformed, in frames",
	  "0 1 0 WS",
	  0,
	  SIPBPF_REASON_MALFORMED,
	  0,
	  1,
	  { RAW(GET), CUT, MASKED(BEGIN, "INVITE sip:b SIP/7.0\r\n"), CUT, MASKED(FINISH, INVITE), CUT,
	    MASKED(TEXT, BYE) } },
	{ "joined later", "0 1 1 WS", 0, -1, 1, 0, { MASKED(TEXT, BYE), CUT, MASKED(BINARY, OK_BODY) } },
	{ "joined later, in the middle of a frame",
	  "0 1 0 WS",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  1,
	  0,
	  { RAW("\x92\x13 what nobody knows"), CUT, MASKED(TEXT, BYE) } },
	{ "joined later, at a continuation",
	  "0 1 0 WS",
	  0,
	  -1,
	  1,
	  0,
	  { MASKED(FINISH, "Content-Length: 0\r\n\r\n"), CUT, MASKED(TEXT, BYE) } },
	{ "compressed",
	  "0 1 0 WS",
	  0,
	  SIPBPF_REASON_COMPRESSED,
	  0,
	  1,
	  { RAW(GET), CUT, MASKED(COMPRESSED, INVITE), CUT, MASKED(0x41, INVITE), MASKED(FINISH, INVITE), CUT,
	    MASKED(TEXT, BYE) } },
	{ "for something else than SIP",
	  "0 0 0 ",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(OTHER_GET), CUT, MASKED(TEXT, "{}") } },
	{ "for something else than SIP, compressed",
	  "0 0 0 ",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(OTHER_GET), CUT, MASKED(COMPRESSED, "zipped") } },
	{ "HTTP that opens nothing",
	  "0 0 0 ",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW("GET / HTTP/1.1\r\nHost: b\r\n\r\n") } },
	{ "no frame where one must begin, then one",
	  "1 1 0 WS",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(GET), FRAME(TEXT, INVITE), CUT, RAW("\x83\x05 none"), CUT, FRAME(TEXT, BYE) } },
	{ "a length that is not the shortest, and one that is not believed",
	  "0 1 0 WS",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(GET), CUT, RAW("\x81\x7e\0\x05hello"), CUT, RAW("\x81\x7f\0\0\0\1\0\0\0\0INVITE sip:"), CUT,
	    FRAME(TEXT, BYE) } },
	{ "a lost segment of a body that is not read",
	  "0 1 1 WS",
	  0,
	  -1,
	  0,
	  0,
	  { RAW(ANSWER), CUT, RAW("\x81\x7e\x02\0SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n"), CUT, RAW("0123456789"),
	    LOST, PADDED(NO_FRAME, "", 468), CUT, FRAME(TEXT, BYE) } },
	{ "a lost frame",
	  "1 2 0 WS",
	  1,
	  SIPBPF_REASON_EARLY,
	  0,
	  0,
	  { RAW(GET), CUT, MASKED(TEXT, INVITE), CUT, MASKED(TEXT, INVITE), LOST, MASKED(TEXT, BYE), CUT,
	    MASKED(TEXT, BYE) } },
	{ "behind a lost frame, what is quoted in another begins a segment",
	  "1 1 0 WS",
	  1,
	  SIPBPF_REASON_EARLY,
	  0,
	  0,
	  { RAW(GET), CUT, FRAME(TEXT, INVITE), CUT, FRAME(TEXT, OK_BODY), LOST, RAW("\xc8\x01" BYE), CUT, RAW(BYE),
	    CUT, FRAME(TEXT, BYE) } },
	{ "TLS",
	  "0 0 0 TLS",
	  0,
	  SIPBPF_REASON_ENCRYPTED,
	  0,
	  0,
	  { RAW("\x16\x03\x01\0\x05hello\x14\x03\x03\0\x01\x01"), CUT,
	    RAW("\x17\x03\x03\0\x0b"
		"BYE sip:b S\x15\x03\x03\0\x02\x01\0") } },
	{ "TLS, joined later", "0 0 0 TLS", 0, SIPBPF_REASON_ENCRYPTED, 1, 0, { RAW("\x17\x03\x03\0\x05hello") } },
	{ "no TLS: a version, a length, a kind",
	  "0 0 0 ",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  1,
	  0,
	  { RAW("\x17\x02\x03\0\x05hello"), CUT, RAW("\x17\x03\x03\x70\x05hello"), CUT,
	    RAW("\x18\x03\x03\0\x05hello") } },
	{ "TLS where there was SIP",
	  "0 1 0 TCP TLS",
	  0,
	  SIPBPF_REASON_ENCRYPTED,
	  0,
	  0,
	  { RAW(BYE), CUT, RAW("\x16\x03\x01\0\x05hello") } },
	{ "the PROXY protocol's line before a message",
	  "0 2 0 TCP",
	  0,
	  -1,
	  0,
	  0,
	  { RAW(PROXY_LINE BYE), CUT, RAW(BYE) } },
	{ "the PROXY protocol's line in a segment of its own",
	  "0 2 0 TCP",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW("PROXY UNKNOWN\r\n"), CUT, RAW(BYE), CUT, RAW(BYE) } },
	{ "the PROXY protocol's header before a message",
	  "0 2 0 TCP",
	  0,
	  -1,
	  0,
	  0,
	  { RAW(PROXY_HEADER BYE), CUT, RAW(BYE) } },
	{ "the PROXY protocol's header ends in another segment",
	  "0 1 0 TCP",
	  0,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(PROXY_START "\0\x10"
			    "12345678"),
	    CUT, RAW("BYE sip:" BYE) } },
	{ "the PROXY protocol where a connection is joined",
	  "0 1 0 TCP",
	  0,
	  -1,
	  1,
	  0,
	  { RAW(PROXY_LINE BYE), CUT, RAW(PROXY_HEADER BYE), CUT, RAW(BYE) } },
	{ "the PROXY protocol before what opens a WebSocket",
	  "1 0 0 WS",
	  0,
	  -1,
	  0,
	  0,
	  { RAW(PROXY_HEADER GET), CUT, MASKED(TEXT, INVITE) } },
	{ "the PROXY protocol before a frame", "1 0 0 WS", 0, -1, 0, 0, { RAW(PROXY_LINE), MASKED(TEXT, INVITE) } },
	{ "the PROXY protocol before TLS", "0 0 0 TLS", 0, -1, 0, 0, { RAW(PROXY_LINE "\x16\x03\x01\0\x05hello") } },
	{ "the PROXY protocol where a connection does not begin",
	  "0 2 0 TCP",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(BYE), CUT, RAW(PROXY_LINE BYE), CUT, RAW(PROXY_HEADER BYE), CUT, RAW(BYE) } },
	{ "no PROXY protocol: a family",
	  "0 1 0 TCP",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW("PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n" BYE), CUT, RAW(BYE) } },
	{ "a line of the PROXY protocol that is cut",
	  "0 0 0 ",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW("PROXY TCP4 "), CUT, RAW("192.0.2.1\r\n" BYE) } },
	{ "the PROXY protocol twice",
	  "0 0 0 ",
	  1,
	  SIPBPF_REASON_NOT_SIP,
	  0,
	  0,
	  { RAW(PROXY_HEADER PROXY_HEADER BYE) } },
	{ "TLS, a record is lost",
	  "0 0 0 TLS",
	  0,
	  SIPBPF_REASON_ENCRYPTED,
	  0,
	  0,
	  { RAW("\x16\x03\x01\0\x05hello"), CUT, RAW("\x16\x03\x01\0\x05hello"), LOST,
	    RAW("\x17\x03\x03\0\x05hello") } },
};

static const struct link_rules rules;
static struct counters *counters;
static struct frame_classifier *classifier;
static struct packet_builder packet;

/* The connection's bytes, and where its segments end. */
static unsigned char bytes[BYTES_MAX];
static size_t length;
static struct {
	size_t begin;
	size_t end;
	int is_lost;
} segments[SEGMENTS_MAX];
static size_t segments_count;

static void put(const char *from, size_t size, unsigned int mask)
{
	size_t i;

	for (i = 0; i < size; i++)
		bytes[length++] = (unsigned char)((from ? from[i] : ' ') ^ mask >> 8 * (i & 3));
}

static void put_head(unsigned int first, size_t size, unsigned int mask)
{
	size_t more = size < 126 ? 0 : size < 65536 ? 2 : 8;

	bytes[length++] = (unsigned char)first;
	bytes[length++] = (unsigned char)((more == 0 ? size : more == 2 ? 126 : 127) | (mask ? 0x80 : 0));
	while (more--)
		bytes[length++] = (unsigned char)(size >> 8 * more);
	if (mask)
		put((const char[4]){ (char)mask, (char)(mask >> 8), (char)(mask >> 16), (char)(mask >> 24) }, 4, 0);
}

static void end_segment(int is_lost)
{
	size_t begin = segments_count ? segments[segments_count - 1].end : 0;

	for (; begin < length; begin = segments[segments_count++].end) {
		segments[segments_count].begin = begin;
		segments[segments_count].end = length - begin < SEGMENT_MAX ? length : begin + SEGMENT_MAX;
		segments[segments_count].is_lost = is_lost;
	}
}

static void put_step(const struct step *step)
{
	unsigned int mask = step->kind == KIND_MASKED ? 0x8040a201 : 0;

	switch (step->kind) {
	case KIND_CUT:
	case KIND_LOST:
		end_segment(step->kind == KIND_LOST);
		return;
	case KIND_RAW:
		put(step->bytes, step->size, 0);
		return;
	case KIND_LONG:
		if (step->first != NO_FRAME)
			put_head(step->first, step->size, 0);
		put(step->bytes, strlen(step->bytes), 0);
		put(NULL, step->size - strlen(step->bytes), 0);
		return;
	default:
		put_head(step->first, step->size, mask);
		put(step->bytes, step->size, mask);
	}
}

static void make(const struct connection *connection)
{
	size_t i;

	length = 0;
	segments_count = 0;
	for (i = 0;
	     i < sizeof(connection->steps) / sizeof(connection->steps[0]) && connection->steps[i].kind != KIND_END; i++)
		put_step(&connection->steps[i]);
	end_segment(0);
}

static void send_bytes(size_t begin, size_t end, unsigned int flags)
{
	__u32 sequence = (__u32)(begin + 1 - !!(flags & 2));
	struct frame frame = { .bytes = packet.bytes, .start = FRAME_ETHERNET };

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__segment(&packet, 40000, 5061, 0, sequence, flags);
	packets__put(&packet, bytes + begin, end - begin);
	packets__finish(&packet);
	frame.length = (__u32)packet.length;
	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
}

static void begin(const struct connection *connection)
{
	frame_classifier__free(classifier);
	counters__clear(counters);
	classifier = frame_classifier__new(counters, &rules);
	assert_non_null(classifier);
	if (!connection->is_joined)
		send_bytes(0, 0, 2);
}

static __u64 count_of(const char *type)
{
	return counts__of(counters, type, NULL);
}

static void check(const struct connection *connection, const char *how)
{
	char text[100];
	int size;
	size_t i;

	assert_int_equal(frame_classifier__flush(classifier), 0);
	size = snprintf(text, sizeof(text), "%llu %llu %llu ", count_of("INVITE"), count_of("BYE"), count_of("200"));
	for (i = 0; i < counters__links_count(counters); i++)
		size += snprintf(text + size, sizeof(text) - (size_t)size, "%s%s", i ? " " : "",
				 link__transport_name(counters__link(counters, i)->link.transport));
	if (strcmp(text, connection->counts) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", how, text, connection->counts);
	assert_int_equal(counters__packets(counters)->gaps, connection->gaps);
}

static void send_segment(size_t i)
{
	if (!segments[i].is_lost)
		send_bytes(segments[i].begin, segments[i].end, 0x18);
}

static void check_as_it_is(const struct connection *connection)
{
	size_t i;

	begin(connection);
	for (i = 0; i < segments_count; i++)
		send_segment(i);
	if (connection->reason >= 0)
		assert_true(counters__packets(counters)->reasons[connection->reason] > 0);
	check(connection, "as it is");
}

static void check_cut(const struct connection *connection, size_t largest, const char *how)
{
	size_t at;

	begin(connection);
	for (at = 0; at < length; at += largest)
		send_bytes(at, at + largest < length ? at + largest : length, 0x18);
	check(connection, how);
}

static void check_swapped(const struct connection *connection, size_t largest)
{
	size_t at, end;

	begin(connection);
	for (at = 0; at < length; at += 2 * largest) {
		end = at + 2 * largest < length ? at + 2 * largest : length;
		if (at + largest < end)
			send_bytes(at + largest, end, 0x18);
		send_bytes(at, at + largest < end ? at + largest : end, 0x18);
	}
	check(connection, "neighbours swapped");
}

static void test_connection(void **state)
{
	const struct connection *connection = *state;
	size_t largest;

	make(connection);
	check_as_it_is(connection);
	if (!connection->is_cuttable)
		return;
	check_cut(connection, (length + 1) / 2, "in halves");
	for (largest = 1; largest < 60; largest += 1 + largest / 4) {
		check_cut(connection, largest, "cut");
		check_swapped(connection, largest);
	}
}

/* Frames without end that hold nothing: only so many are read, and behind them the next segment is. */
static void test_empty_frames(void **state)
{
	static const struct connection connection = { .steps = { RAW(GET), CUT } };
	size_t frames, i;

	make(&connection);
	for (i = 0; i < 1400; i += 2)
		put_head(PONG, 0, 0);
	end_segment(0);
	put_head(TEXT, sizeof(BYE) - 1, 0);
	put(BYE, sizeof(BYE) - 1, 0);
	end_segment(0);
	for (frames = 0; frames < 3; frames++)
		put_head(PONG, 0, 0);
	put_head(TEXT, sizeof(BYE) - 1, 0);
	put(BYE, sizeof(BYE) - 1, 0);
	end_segment(0);
	begin(&connection);
	for (i = 0; i < segments_count; i++)
		send_segment(i);
	assert_int_equal(count_of("BYE"), 2);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_WEBSOCKET], 2);
}

/* Records are counted by kind where they begin. */
static void test_records(void **state)
{
	static const struct connection connection = {
		.steps = { RAW("\x16\x03\x01\0\x05hello\x16\x03\x03\0\x01x\x14\x03\x03\0\x01\x01"), CUT,
			   RAW("\x17\x03\x03\0\x08 12345"), CUT, RAW("67\x17\x03\x03\0\0\x15\x03\x03\0\x02\x01\0"),
			   CUT }
	};
	static const __u64 expected[SIPBPF_TLS_RECORD_COUNT] = { 1, 1, 2, 2 };
	size_t at;

	make(&connection);
	begin(&connection);
	send_segment(0);
	send_segment(1);
	send_segment(1);
	send_segment(2);
	assert_memory_equal(counters__packets(counters)->tls_records, expected, sizeof(expected));
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_ENCRYPTED], 3);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_DUPLICATE], 1);
	begin(&connection);
	send_segment(0);
	for (at = segments[0].end; at < length; at++)
		send_bytes(at, at + 1, 0x18);
	assert_memory_equal(counters__packets(counters)->tls_records, expected, sizeof(expected));
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_ENCRYPTED], 1 + length - segments[0].end);
}

int main(void)
{
	enum { COUNT = sizeof(connections) / sizeof(connections[0]), OTHERS = 2 };
	struct CMUnitTest tests[COUNT + OTHERS] = { [COUNT] = cmocka_unit_test(test_records),
						    [COUNT + 1] = cmocka_unit_test(test_empty_frames) };
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ connections[i].name, test_connection, NULL, NULL,
						(void *)&connections[i] };
	counters = counters__new();
	failed = _cmocka_run_group_tests("carriers", tests, COUNT + OTHERS, NULL, NULL);
	frame_classifier__free(classifier);
	counters__free(counters);
	return failed;
}
