// SPDX-License-Identifier: BSD-2-Clause
/* Tests of payload_origin.c: payloads without their packets, as classified and counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "classifier_fixture.h"
#include "counts.h"

#define MESSAGE(method, transport)                                                             \
	method " sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/" transport                         \
	       " 192.0.2.1:5070;branch=z9hG4bK1\r\nTo: <sip:b@example.com>\r\nCSeq: 1 " method \
	       "\r\nContent-Length: 0\r\n\r\n"

static void add_part(struct fixture *fixture, struct frame_origin origin, const char *payload, size_t length)
{
	struct frame frame = {
		.bytes = (const uint8_t *)payload, .length = (uint32_t)length, .start = FRAME_PAYLOAD, .origin = origin
	};

	frame.origin.ends.source.address[15] = 1;
	frame.origin.ends.target.address[15] = 2;
	frame.origin.ends.source_port = 5070;
	frame.origin.ends.target_port = 5060;
	assert_int_equal(frame_classifier__add(fixture->classifier, &frame), 0);
}

static void add(struct fixture *fixture, uint8_t protocol, uint32_t number, const char *payload)
{
	add_part(fixture, (struct frame_origin){ .protocol = protocol, .number = number }, payload, strlen(payload));
}

static const struct link *only_link(const struct fixture *fixture)
{
	assert_int_equal(counters__links_count(fixture->counters), 1);
	return &counters__link(fixture->counters, 0)->link;
}

static uint64_t reasons(const struct fixture *fixture, enum sipbpf_reason reason)
{
	return counters__packets_const(fixture->counters)->reasons[reason];
}

static void test_datagram(void **state)
{
	struct fixture *fixture = *state;

	/* Each is a message, as often as it comes. */
	add(fixture, IPPROTO_UDP, 1, MESSAGE("INVITE", "UDP"));
	add(fixture, IPPROTO_UDP, 1, MESSAGE("INVITE", "UDP"));
	add(fixture, IPPROTO_UDP, 2, "no message");
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 2);
	assert_int_equal(reasons(fixture, SIPBPF_REASON_NOT_SIP), 1);
	assert_int_equal(only_link(fixture)->transport, SIP_TRANSPORT_UDP);
	assert_int_equal(only_link(fixture)->server_port, 5060);
	assert_int_equal(only_link(fixture)->client_port, 5070);
}

/* Where the transport is SCTP, or not known. */
static void test_other_transports(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, IPPROTO_SCTP, 1, MESSAGE("INVITE", "SCTP"));
	assert_int_equal(only_link(fixture)->transport, SIP_TRANSPORT_SCTP);
	counters__clear(fixture->counters);
	(void)counters__compact(fixture->counters);
	add(fixture, IPPROTO_NONE, 2, MESSAGE("INVITE", "TLS"));
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 1);
}

/* What was carried in TLS or WebSocket is exported as text over TCP. */
static void test_via_tells(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, IPPROTO_TCP, 1, MESSAGE("INVITE", "TLS"));
	assert_int_equal(only_link(fixture)->transport, SIP_TRANSPORT_TLS);
}

/* A segment with several messages is exported as often. */
static void test_repeated(void **state)
{
	static const char both[] = MESSAGE("INVITE", "TCP") MESSAGE("BYE", "TCP");
	struct fixture *fixture = *state;

	add(fixture, IPPROTO_TCP, 7, both);
	add(fixture, IPPROTO_TCP, 7, both);
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 1);
	assert_int_equal(counts__of(fixture->counters, "BYE", "BYE"), 1);
	assert_int_equal(reasons(fixture, SIPBPF_REASON_SEEN_ELSEWHERE), 1);
	/* Another packet says the same, or the same packet something else, or nobody knows which packet it was. */
	add(fixture, IPPROTO_TCP, 8, both);
	add(fixture, IPPROTO_TCP, 8, MESSAGE("ACK", "TCP"));
	add(fixture, IPPROTO_TCP, 0, MESSAGE("ACK", "TCP"));
	add(fixture, IPPROTO_TCP, 0, MESSAGE("ACK", "TCP"));
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 2);
	assert_int_equal(counts__of(fixture->counters, "ACK", "ACK"), 3);
	assert_int_equal(reasons(fixture, SIPBPF_REASON_SEEN_ELSEWHERE), 1);
	assert_int_equal(counters__packets_const(fixture->counters)->gaps, 0);
}

/* A part of a message is told as a gap when the next payload comes. */
static void test_cut(void **state)
{
	static const char message[] = MESSAGE("INVITE", "TCP");
	struct fixture *fixture = *state;

	add_part(fixture, (struct frame_origin){ .protocol = IPPROTO_TCP, .number = 1 }, message, sizeof(message) - 20);
	assert_int_equal(counters__total(fixture->counters), 0);
	add(fixture, IPPROTO_TCP, 2, message);
	assert_int_equal(counters__total(fixture->counters), 1);
	assert_int_equal(counters__packets_const(fixture->counters)->gaps, 1);
}

/* Segments with their numbers are a stream, also where each repeats what came before. */
static void test_segments(void **state)
{
	static const char message[] = MESSAGE("INVITE", "TCP");
	struct fixture *fixture = *state;
	size_t length;

	for (length = 60; length < sizeof(message) - 1; length += 50)
		add_part(fixture,
			 (struct frame_origin){ .protocol = IPPROTO_TCP, .has_sequence = true, .tcp_sequence = 1000 },
			 message, length);
	add_part(fixture,
		 (struct frame_origin){
			 .protocol = IPPROTO_TCP, .has_sequence = true, .tcp_sequence = 1000 + (uint32_t)length - 50 },
		 message + length - 50, sizeof(message) - 1 - (length - 50));
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 1);
	assert_int_equal(counters__total(fixture->counters), 1);
	assert_int_equal(counters__packets_const(fixture->counters)->gaps, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_datagram),  FIXTURE_TEST(test_other_transports),
		FIXTURE_TEST(test_via_tells), FIXTURE_TEST(test_repeated),
		FIXTURE_TEST(test_cut),       FIXTURE_TEST(test_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
