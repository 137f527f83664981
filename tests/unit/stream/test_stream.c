// SPDX-License-Identifier: BSD-2-Clause
/* Which bytes of a payload are messages: datagrams, segments of many messages, lengths that lie, what is no message. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "guard.h"
#include "views.h"
#include "stream/framing.h"

#define LENGTH_MAX 65536
#define TEXT_SIZE 256

struct payload {
	const char *name;
	const char *bytes;
	unsigned int size;
	unsigned char protocol;
	unsigned char cut;
	const char *expected; /* the types of the messages, or the reason why there is none */
};

#define UDP(name, bytes, expected)                                               \
	{                                                                        \
		name, bytes, sizeof(bytes) - 1, PACKET_PROTOCOL_UDP, 0, expected \
	}
#define CUT(name, bytes, expected)                                               \
	{                                                                        \
		name, bytes, sizeof(bytes) - 1, PACKET_PROTOCOL_UDP, 1, expected \
	}
#define TCP(name, bytes, expected)                                               \
	{                                                                        \
		name, bytes, sizeof(bytes) - 1, PACKET_PROTOCOL_TCP, 0, expected \
	}

#define BYE(length) "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\nContent-Length: " length "\r\n\r\n"
#define OK "SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n"

static const struct payload payloads[] = {
	UDP("datagram", BYE("0"), "BYE"),
	UDP("datagram, two messages are one", BYE("0") OK, "BYE"),
	UDP("datagram, length too large", BYE("99") "body", "BYE"),
	UDP("datagram, empty", "", "no_payload"),
	UDP("datagram, keep-alive", "\r\n\r\n", "keepalive"),
	UDP("datagram, malformed", "BYE sip:a SIP/7.0\r\n\r\n", "malformed"),
	UDP("datagram, ends in the start line", "BYE sip:a SIP/2.0", "malformed"),
	CUT("first fragment", "BYE sip:a SIP/2.0\r\nCSeq: 1", "BYE"),
	CUT("first fragment, ends in the start line", "BYE sip:a SIP/2.0", "truncated"),
	CUT("first fragment, no payload", "", "truncated"),
	CUT("first fragment, not SIP", "\x80\x00\x01\x02", "not_sip"),
	TCP("segment", BYE("0"), "BYE"),
	TCP("segment, empty", "", "no_payload"),
	TCP("segment, two messages", BYE("0") OK, "BYE 200"),
	TCP("segment, bodies", BYE("4") "body" OK BYE("2") "\r\n" OK, "BYE 200 BYE 200"),
	TCP("segment, CRLF between", BYE("0") "\r\n\r\n" OK, "BYE 200"),
	TCP("segment, LF alone", "BYE sip:a SIP/2.0\nl:2\n\nabSIP/2.0 200 OK\nl:0\n\n", "BYE 200"),
	TCP("segment, keep-alive before", "\r\n\r\n" BYE("0"), "BYE"),
	TCP("segment, keep-alive behind", BYE("0") "\r\n\r\n", "BYE"),
	TCP("segment, the body quotes a message", BYE("25") "OPTIONS sip:a SIP/2.0\r\n\r\n" OK, "BYE 200"),
	TCP("segment, body goes on in the next", BYE("400") "body", "BYE"),
	TCP("segment, body ends with it", BYE("4") "body", "BYE"),
	TCP("segment, no length", "BYE sip:a SIP/2.0\r\n\r\n" OK, "BYE 200"),
	TCP("segment, no length, then a body", "BYE sip:a SIP/2.0\r\n\r\nbody" OK, "BYE"),
	TCP("segment, length too small", BYE("2") "body" OK, "BYE"),
	TCP("segment, length too large", BYE("40") "body" OK OK, "BYE 200"),
	TCP("segment, length not a number", BYE("four") OK, "BYE 200"),
	TCP("segment, length beyond 32 bits", BYE("4294967296") OK, "BYE"),
	TCP("segment, headers go on in the next",
	    "BYE sip:alice@example.com SIP/2.0\r\nSubject: a header that is long\r\nCSeq: 1", "continuation"),
	TCP("segment, second message malformed", BYE("0") "BYE sip:a SIP/7.0\r\n\r\n" OK, "BYE 200"),
	TCP("segment, second message malformed, with a body", BYE("0") "BYE sip:a SIP/7.0\r\nl: 2\r\n\r\nab" OK,
	    "BYE 200"),
	TCP("segment, second message malformed, then no header", BYE("0") "BYE sip:a SIP/7.0\r\n" OK OK, "BYE"),
	TCP("segment, second message cut", BYE("0") "OPTIONS sip", "BYE"),
	TCP("segment, malformed", "SIP/7.0 200 OK\r\n\r\n" OK, "malformed"),
	TCP("segment, keep-alive", "\r\n\r\n", "keepalive"),
	TCP("segment, start line cut", "INVITE sip:a", "truncated"),
	TCP("segment, middle of a body", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n", "not_sip"),
};

static struct guard guard;

static const char *const reasons[SIPBPF_REASON_COUNT] = {
#define X(id, name) name,
	SIPBPF_REASON_LIST(X)
#undef X
};

static void describe(struct sip_scan *scan, char text[TEXT_SIZE])
{
	size_t at = strlen(text);
	struct answer answer;

	views__answer(scan, SIP_MESSAGE, &answer);
	if (at < TEXT_SIZE - sizeof(answer.type) - 1)
		(void)snprintf(text + at, TEXT_SIZE - at, "%s%s", at ? " " : "", answer.type);
}

/* Reads the message that the scan is prepared for. Returns whether there is one. */
static int read_message(const unsigned char *bytes, struct framing *framing, struct flow *flow, struct sip_scan *scan)
{
	const struct sip_view view = { .base = bytes, .bounds = &scan->bounds };
	enum sip_verdict verdict;

	scan->bounds.origin = 0;
	scan->bounds.limit = framing->end;
	while ((verdict = scan->is_http ? http__read(&view, scan) : sip__read(&view, scan)) == SIP_MORE)
		(void)framing__try_end(framing, scan);
	return framing__take_verdict(framing, flow, scan, verdict);
}

static void read_head(const unsigned char *bytes, struct framing *framing, struct flow *flow)
{
	__u32 wanted = carrier__head_wanted(framing, flow);

	memcpy(framing->head + flow->head_length, bytes + framing->offset, wanted);
	carrier__take_head(framing, flow, 1, wanted);
}

/* Reads the payload as the BPF programs and the user side do. Returns how many messages there are. */
static unsigned int read_payload(const unsigned char *bytes, const struct packet *packet, char text[TEXT_SIZE])
{
	struct flow flow = { 0 };
	struct framing framing;
	struct sip_scan scan;
	enum framing_step step;
	unsigned int steps = 0;

	text[0] = '\0';
	framing__begin(&framing, &flow, packet, packet->offset, packet->end, 0);
	do {
		step = framing__next(&framing, &flow, packet, &scan);
		assert_int_not_equal(step, FRAMING_HOLD);
		if (step == FRAMING_LOAD_HEAD)
			read_head(bytes, &framing, &flow);
		if (step == FRAMING_READ && read_message(bytes, &framing, &flow, &scan))
			describe(&scan, text);
		assert_true(++steps < FRAMING_STEPS_MAX);
	} while (step != FRAMING_ENDED);
	if (!framing.messages)
		(void)snprintf(text, TEXT_SIZE, "%s", reasons[framing.reason]);
	return framing.messages;
}

static struct packet packet_of(const struct payload *payload, unsigned int offset, unsigned int length)
{
	return (struct packet){
		.offset = offset, .end = offset + length, .protocol = payload->protocol, .is_cut = payload->cut
	};
}

static void test_payload(void **state)
{
	const struct payload *payload = *state;
	unsigned int offset, length;
	struct packet packet;
	char text[TEXT_SIZE];

	/* Segments never begin so early: the end of the one before may have to lie before them. */
	for (offset = payload->protocol == PACKET_PROTOCOL_TCP ? SIP_LOOK_AHEAD : 0; offset < 80; offset++) {
		packet = packet_of(payload, offset, payload->size);
		read_payload(guard__at_end(&guard, payload->bytes, payload->size) - offset, &packet, text);
		assert_string_equal(text, payload->expected);
	}
	for (length = 0; length < payload->size; length++) {
		packet = packet_of(payload, SIP_LOOK_AHEAD, length);
		read_payload(guard__at_end(&guard, payload->bytes, length) - SIP_LOOK_AHEAD, &packet, text);
	}
}

/* 64 KiB of the shortest messages with a well-known method: all of them count. */
static void test_many_messages(void **state)
{
	static const char shortest[] = "ACK b SIP/2.0\n\n";
	static unsigned char bytes[LENGTH_MAX];
	struct packet packet = { .protocol = PACKET_PROTOCOL_TCP };
	char text[TEXT_SIZE];
	unsigned int i, length;

	for (i = 0; i < LENGTH_MAX / (sizeof(shortest) - 1); i++)
		memcpy(bytes + i * (sizeof(shortest) - 1), shortest, sizeof(shortest) - 1);
	length = i * (unsigned int)(sizeof(shortest) - 1);
	packet.offset = SIP_LOOK_AHEAD;
	packet.end = packet.offset + length;
	assert_int_equal(read_payload(guard__at_end(&guard, bytes, length) - SIP_LOOK_AHEAD, &packet, text), i);
}

static void test_stun(void **state)
{
	static const unsigned char request[8] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	static const unsigned char padded[8] = { 1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42 };
	static const unsigned char odd[8] = { 0, 1, 0, 1, 0x21, 0x12, 0xa4, 0x42 };
	static const unsigned char no_cookie[8] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43 };
	static const unsigned char channel[8] = { 0x40, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };

	assert_true(framing__is_stun(WORDS_LITTLE(words__load8(request))));
	assert_true(framing__is_stun(WORDS_LITTLE(words__load8(padded))));
	assert_false(framing__is_stun(WORDS_LITTLE(words__load8(odd))));
	assert_false(framing__is_stun(WORDS_LITTLE(words__load8(no_cookie))));
	assert_false(framing__is_stun(WORDS_LITTLE(words__load8(channel))));
}

/* The quick refusal never refuses what the classifier would call anything but not_sip. */
static void test_plausible(void **state)
{
	unsigned char bytes[SIP_BLOCK] = "  SIP/2.";
	struct answer answer;
	unsigned int first;

	for (first = 0; first < 256; first++) {
		bytes[0] = (unsigned char)first;
		views__whole(bytes, 8, CARRIER_CUT, &answer);
		if (strcmp(answer.verdict, "not_sip") != 0)
			assert_true(framing__is_plausible(WORDS_LITTLE(words__load8(bytes))));
	}
}

static void test_key(void **state)
{
	const struct packet packet = {
		.ends = { .source = { { [15] = 1 } },
			  .target = { { [15] = 2 } },
			  .source_port = 5060,
			  .target_port = 5061 },
		.protocol = PACKET_PROTOCOL_TCP,
	};
	const struct sip_scan scan = { .type = 200, .method = SIP_TYPE_BYE, .via_transport = SIP_TRANSPORT_TLS };
	const struct sipbpf_key expected = {
		.ends = { .source = { { [15] = 1 } },
			  .target = { { [15] = 2 } },
			  .source_port = 5060,
			  .target_port = 5061 },
		.type = 200,
		.method = SIP_TYPE_BYE,
		.protocol = PACKET_PROTOCOL_TCP,
		.via_transport = SIP_TRANSPORT_TLS,
		.hook = SIPBPF_SENT,
	};
	const struct framing framing = { .is_stream = 1 };
	const struct flow flow = { .carrier = FLOW_BARE };
	struct sipbpf_key key;

	memset(&key, 0xff, sizeof(key));
	framing__set_key(&framing, &flow, &packet, &scan, SIPBPF_SENT, &key);
	assert_memory_equal(&key, &expected, sizeof(key));
}

int main(void)
{
	enum { COUNT = sizeof(payloads) / sizeof(payloads[0]), OTHERS = 4 };
	struct CMUnitTest tests[COUNT + OTHERS] = {
		[COUNT] = cmocka_unit_test(test_many_messages),
		[COUNT + 1] = cmocka_unit_test(test_stun),
		[COUNT + 2] = cmocka_unit_test(test_plausible),
		[COUNT + 3] = cmocka_unit_test(test_key),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ payloads[i].name, test_payload, NULL, NULL, (void *)&payloads[i] };
	guard = guard__new(LENGTH_MAX);
	failed = _cmocka_run_group_tests("stream", tests, COUNT + OTHERS, NULL, NULL);
	guard__free(&guard);
	return failed;
}
