// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole frames into counters. Every frame ends as a packet with messages or under one reason. The splitting of GSO packets
 * is no part of this side: what a capture holds is read as it is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifier_fixture.h"
#include "counts.h"
#include "packet/packet.h"
#include "guard.h"
#include "hep.h"
#include "common/sipbpf.h"

#define LENGTH_MAX 4096
#define IPV4_SIZE 20
#define ETHERNET_SIZE 14

static struct guard guard;

/* Ethernet, IPv4 from 10.0.0.1 to 10.0.0.2, and UDP or TCP from 40000 to 5060. Returns the frame's length. */
static unsigned int build(unsigned char bytes[LENGTH_MAX], unsigned int protocol, const char *payload, size_t size)
{
	static const unsigned char head[] = "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0\0\0\0\x01\0\0\x40\x11\0\0"
					    "\x0a\0\0\x01\x0a\0\0\x02\x9c\x40\x13\xc4\0\0\0\0\0\0\0\0\x50\x18";
	unsigned int transport = protocol == IPPROTO_UDP ? 8 : 20;
	size_t length = IPV4_SIZE + transport + size;

	memset(bytes, 0, ETHERNET_SIZE + IPV4_SIZE + 20);
	memcpy(bytes, head, sizeof(head) - 1);
	bytes[16] = (unsigned char)(length >> 8);
	bytes[17] = (unsigned char)length;
	bytes[23] = (unsigned char)protocol;
	if (protocol == IPPROTO_UDP) {
		bytes[38] = (unsigned char)((8 + size) >> 8);
		bytes[39] = (unsigned char)(8 + size);
	}
	memcpy(bytes + ETHERNET_SIZE + IPV4_SIZE + transport, payload, size);
	return (unsigned int)(ETHERNET_SIZE + length);
}

/* Adds the bytes as a frame; it must have exactly one outcome. */
static void add(struct fixture *fixture, const unsigned char *bytes, unsigned int length, enum frame_start start)
{
	const struct frame frame = { .bytes = guard__at_end(&guard, bytes, length), .length = length, .start = start };
	__u64 seen = counters__packets_seen(fixture->counters), total = counters__total(fixture->counters);
	__u64 sip = counters__packets(fixture->counters)->sip;

	assert_int_equal(frame_classifier__add(fixture->classifier, &frame), 0);
	assert_int_equal(counters__packets_seen(fixture->counters), seen + 1);
	sip = counters__packets(fixture->counters)->sip - sip;
	assert_int_equal(counters__total(fixture->counters) > total, sip);
}

static void add_text(struct fixture *fixture, unsigned int protocol, const char *payload)
{
	unsigned char bytes[LENGTH_MAX];

	add(fixture, bytes, build(bytes, protocol, payload, strlen(payload)), FRAME_ETHERNET);
}

/* Adds a TCP segment of the one connection that there is. */
static void add_segment(struct fixture *fixture, unsigned char sequence, unsigned char flags, const char *payload)
{
	unsigned char bytes[LENGTH_MAX];
	unsigned int length = build(bytes, IPPROTO_TCP, payload, strlen(payload));

	bytes[ETHERNET_SIZE + IPV4_SIZE + 6] = sequence; /* times 256 */
	bytes[ETHERNET_SIZE + IPV4_SIZE + 13] = flags;
	add(fixture, bytes, length, FRAME_ETHERNET);
}

static __u64 reason_of(const struct fixture *fixture, enum sipbpf_reason reason)
{
	return counters__packets(fixture->counters)->reasons[reason];
}

static void test_datagram(void **state)
{
	struct fixture *fixture = *state;
	const struct counter_link *link;

	add_text(fixture, IPPROTO_UDP, "INVITE sip:a SIP/2.0\r\nTo: <sip:a>;tag=1\r\nCSeq: 2 INVITE\r\n\r\n");
	add_text(fixture, IPPROTO_UDP, "INVITE sip:a SIP/2.0\r\nTo: <sip:a>\r\nCSeq: 2 INVITE\r\n\r\n");
	assert_int_equal(counts__of(fixture->counters, "ReINVITE", "INVITE"), 1);
	assert_int_equal(counts__of(fixture->counters, "INVITE", "INVITE"), 1);
	assert_int_equal(counters__links_count(fixture->counters), 1);
	link = counters__link(fixture->counters, 0);
	assert_int_equal(link->link.server_port, 5060);
	assert_int_equal(link->link.client_port, 40000);
	assert_int_equal(link->link.transport, SIP_TRANSPORT_UDP);
	assert_int_equal(link->cells[0].direction, LINK_IN);
}

/* Over UDP, Via tells the transport only if the rules say so. */
static void test_via_of_datagram(void **state)
{
	static const struct link_rules by_via = { .transport = LINK_TRANSPORT_VIA };
	static const char text[] =
		"INVITE sip:a SIP/2.0\r\nTo: <sip:a>\r\nCSeq: 2 INVITE\r\nVia: SIP/2.0/TLS a\r\n\r\n";
	struct fixture *fixture = *state;

	add_text(fixture, IPPROTO_UDP, text);
	assert_int_equal(counters__link(fixture->counters, 0)->link.transport, SIP_TRANSPORT_UDP);
	frame_classifier__free(fixture->classifier);
	fixture->classifier = frame_classifier__new(fixture->counters, &by_via);
	assert_non_null(fixture->classifier);
	add_text(fixture, IPPROTO_UDP, text);
	assert_int_equal(counters__links_count(fixture->counters), 2);
	assert_int_equal(counters__link(fixture->counters, 1)->link.transport, SIP_TRANSPORT_TLS);
}

static void test_segment(void **state)
{
	struct fixture *fixture = *state;

	add_text(fixture, IPPROTO_TCP,
		 "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\nl: 2\r\n\r\nxySIP/2.0 200 OK\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n");
	assert_int_equal(counts__of(fixture->counters, "BYE", "BYE"), 1);
	assert_int_equal(counts__of(fixture->counters, "200", "BYE"), 1);
	assert_int_equal(counters__packets(fixture->counters)->sip, 1);
}

/* Adds HEP, of a message over this protocol from 192.0.2.1:5070 to 192.0.2.2:5062, sent to port 5060. */
static void add_hep(struct fixture *fixture, unsigned int version, unsigned int protocol, const char *message)
{
	const struct hep_ends ends = { .source = { 192, 0, 2, 1 },
				       .target = { 192, 0, 2, 2 },
				       .source_port = 5070,
				       .target_port = 5062,
				       .protocol = protocol };
	static struct packet_builder packet;
	unsigned char bytes[LENGTH_MAX];

	packet.length = 0;
	hep__put(&packet, version, &ends, message, strlen(message));
	add(fixture, bytes, build(bytes, IPPROTO_UDP, (const char *)packet.bytes, packet.length), FRAME_ETHERNET);
}

#define COMPLEX_SIZE 1000

/* An INVITE each byte of whose To header begins or ends a quoted string. */
static const char *make_complex(char text[COMPLEX_SIZE])
{
	static const char start[] = "INVITE sip:b SIP/2.0\r\nTo: ";

	memset(text, '"', COMPLEX_SIZE - 1);
	memcpy(text, start, sizeof(start) - 1);
	text[COMPLEX_SIZE - 1] = '\0';
	return text;
}

/* Every reason that a frame can have in a capture, which has no other hook. */
static void test_reasons(void **state)
{
	struct fixture *fixture = *state;
	unsigned char bytes[LENGTH_MAX];
	unsigned int length;
	char head[300], text[COMPLEX_SIZE];
	int reason;

	add_text(fixture, IPPROTO_UDP, "");
	add_text(fixture, IPPROTO_UDP, "nothing of interest");
	add_text(fixture, IPPROTO_UDP, "\r\n\r\n");
	add_text(fixture, IPPROTO_UDP, "SIP/7.0 200 OK\r\n\r\n");
	add_text(fixture, IPPROTO_UDP, make_complex(text));
	add_segment(fixture, 0, 0, "INVITE sip:"); /* truncated, and may go on */
	add_segment(fixture, 0, 0,
		    "INVITE sip:b SIP/2.0\r\nSubject: what is far from its end\r\n"); /* a continuation */
	add_segment(fixture, 0, 0, "INVITE sip:");                                    /* a duplicate */
	add_segment(fixture, 1, 0, "v=0\r\n");                                        /* early */
	add_segment(fixture, 2, PACKET_TCP_FIN, "v=0\r\n"); /* behind a gap: nothing waits at the end */
	(void)snprintf(head, sizeof(head), "HTTP/1.1 101 %0209d\r\nSec-WebSocket-Protocol: sip\r\n\r\n", 0);
	add_segment(fixture, 10, PACKET_TCP_SYN, head); /* 256 bytes, SYN being one of them */
	add_segment(fixture, 11, 0, "\xc1\x06zipped");
	add_segment(fixture, 20, PACKET_TCP_SYN, "\x16\x03\x01\x01\x01");
	length = build(bytes, IPPROTO_UDP, "\0\x01\0\0\x21\x12\xa4\x42", 8);
	add(fixture, bytes, length, FRAME_ETHERNET);
	bytes[20] = 1;
	add(fixture, bytes, length, FRAME_ETHERNET);
	bytes[14] = 0x44;
	add(fixture, bytes, length, FRAME_ETHERNET);
	bytes[12] = 0x07;
	add(fixture, bytes, length, FRAME_ETHERNET);
	length = build(bytes, IPPROTO_ICMP, "x", 1);
	add(fixture, bytes, length, FRAME_ETHERNET);
	for (length = 0; length < 80; length++)
		memcpy(bytes + 12 + 4 * length, "\x81\0\0\x01", 4);
	add(fixture, bytes, 400, FRAME_ETHERNET);
	frame_classifier__set_ports(fixture->classifier, (const __u16[]){ 5070 }, 1);
	add_text(fixture, IPPROTO_UDP, "SIP/2.0 200 OK\r\n\r\n");
	frame_classifier__set_ports(fixture->classifier, NULL, 0);
	add_hep(fixture, 3, IPPROTO_UDP, "SIP/2.0 200 OK\r\n\r\n");
	for (reason = 0; reason < SIPBPF_REASON_COUNT; reason++)
		assert_int_equal(reason_of(fixture, reason), reason != SIPBPF_REASON_SEEN_ELSEWHERE);
	assert_int_equal(counters__total(fixture->counters), 0);
}

static void test_ports(void **state)
{
	static const __u16 neither[] = { 5062, 5070 }, source[] = { 5062, 40000 }, target[] = { 5060 };
	struct fixture *fixture = *state;

	frame_classifier__set_ports(fixture->classifier, neither, 2);
	add_text(fixture, IPPROTO_UDP, "SIP/2.0 200 OK\r\n\r\n");
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_FILTERED), 1);
	frame_classifier__set_ports(fixture->classifier, source, 2);
	add_text(fixture, IPPROTO_UDP, "SIP/2.0 200 OK\r\n\r\n");
	frame_classifier__set_ports(fixture->classifier, target, 1);
	add_text(fixture, IPPROTO_TCP, "SIP/2.0 200 OK\r\n\r\n");
	assert_int_equal(counts__of(fixture->counters, "200", "UNKNOWN"), 2);
}

/* HEP is one reason, of whatever version, unless it is read; then its message counts under the ends that it tells. */
static void test_hep(void **state)
{
	static const char bye[] = "BYE sip:a SIP/2.0\r\nVia: SIP/2.0/WSS x\r\nCSeq: 1 BYE\r\n\r\n";
	static const struct {
		unsigned int protocol;
		enum sip_transport transport;
	} protocols[] = { { IPPROTO_UDP, SIP_TRANSPORT_UDP },
			  { IPPROTO_TCP, SIP_TRANSPORT_WSS },
			  { 22, SIP_TRANSPORT_WSS },
			  { IPPROTO_SCTP, SIP_TRANSPORT_SCTP } };
	struct fixture *fixture = *state;
	const struct counter_link *link;
	unsigned int version, i;

	for (version = 1; version <= 3; version++)
		add_hep(fixture, version, IPPROTO_UDP, bye);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_HEP), 3);
	assert_int_equal(counters__packets(fixture->counters)->encapsulations[SIPBPF_ENCAPSULATION_HEP], 0);
	frame_classifier__read_hep(fixture->classifier, NULL, 0);
	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		counters__clear(fixture->counters);
		for (version = 1; version <= 3; version++)
			add_hep(fixture, version, protocols[i].protocol, bye);
		assert_int_equal(counts__of(fixture->counters, "BYE", "BYE"), 3);
		assert_int_equal(counters__links_count(fixture->counters), 1);
		link = counters__link(fixture->counters, 0);
		assert_int_equal(link->link.transport, protocols[i].transport);
		assert_int_equal(link->link.server_port, 5062);
		assert_int_equal(link->link.client_port, 5070);
		assert_memory_equal(link->link.server.s6_addr + 12, ((unsigned char[]){ 192, 0, 2, 2 }), 4);
		assert_memory_equal(link->link.client.s6_addr + 12, ((unsigned char[]){ 192, 0, 2, 1 }), 4);
		assert_int_equal(link->cells[0].direction, LINK_IN);
	}
	assert_int_equal(counters__packets(fixture->counters)->encapsulations[SIPBPF_ENCAPSULATION_HEP], 3);
}

/* The link of a message that cannot be read is told, by the ends and the transport of the message. */
static void test_compressed_hep(void **state)
{
	static const struct hep_ends ends = { .source = { 192, 0, 2, 1 },
					      .target = { 192, 0, 2, 2 },
					      .source_port = 40001,
					      .target_port = 5061,
					      .protocol = 22 };
	struct fixture *fixture = *state;
	const struct unread *unread;
	static struct packet_builder packet;
	unsigned char bytes[LENGTH_MAX];
	unsigned int i;
	size_t begin;

	packet.length = 0;
	begin = hep__begin(&packet);
	for (i = 0; i < HEP_CHUNKS; i++)
		hep__put_numbered_chunk(&packet, i, &ends);
	hep__put_chunk(&packet, 0, 16, "\x78\x9c\x01\x02", 4);
	hep__end(&packet, begin);
	frame_classifier__read_hep(fixture->classifier, NULL, 0);
	add(fixture, bytes, build(bytes, IPPROTO_UDP, (const char *)packet.bytes, packet.length), FRAME_ETHERNET);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_COMPRESSED), 1);
	unread = counters__unread(fixture->counters);
	assert_int_equal(unread->links_count, 1);
	assert_int_equal(unread->links[0].packets[UNREAD_COMPRESSED], 1);
	assert_int_equal(unread->links[0].link.transport, SIP_TRANSPORT_TLS);
	assert_int_equal(unread->links[0].link.server_port, 5061);
	assert_memory_equal(unread->links[0].link.server.s6_addr + 12, ends.target, 4);
}

#define HEP3_SIZE(message) (6 + 7 + 7 + 10 + 10 + 8 + 8 + 10 + 10 + 7 + 10 + 6 + (message))

/* HEP of any length is HEP, also where its length looks like text or a line end. */
static void test_hep_lengths(void **state)
{
	static const char start[] = "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n";
	struct fixture *fixture = *state;
	char message[LENGTH_MAX - 200];
	size_t size;

	frame_classifier__read_hep(fixture->classifier, NULL, 0);
	memset(message, 'x', sizeof(message));
	memcpy(message, start, sizeof(start) - 1);
	for (size = sizeof(start); size < sizeof(message); size++) {
		message[size] = '\0';
		add_hep(fixture, 3, IPPROTO_UDP, message);
		message[size] = 'x';
	}
	assert_true(HEP3_SIZE(sizeof(start)) < 0x0d0a && HEP3_SIZE(sizeof(message)) > 0x0d0a);
	assert_int_equal(counts__of(fixture->counters, "BYE", "BYE"), sizeof(message) - sizeof(start));
}

/* HEP is read to some ports only. What is not read has the ends of its datagram, for --port too. */
static void test_hep_ports(void **state)
{
	static const __u16 its_own[] = { 9060, 5060 }, others[] = { 9060, 5062, 40000 };
	static const __u16 inner[] = { 5070 }, outer[] = { 5060 };
	static const char bye[] = "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n";
	struct fixture *fixture = *state;

	frame_classifier__read_hep(fixture->classifier, others, 3);
	add_hep(fixture, 3, IPPROTO_UDP, bye);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_HEP), 1);
	frame_classifier__set_ports(fixture->classifier, inner, 1);
	add_hep(fixture, 3, IPPROTO_UDP, bye);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_FILTERED), 1);
	frame_classifier__set_ports(fixture->classifier, outer, 1);
	add_hep(fixture, 3, IPPROTO_UDP, bye);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_HEP), 2);
	frame_classifier__read_hep(fixture->classifier, its_own, 2);
	add_hep(fixture, 3, IPPROTO_UDP, bye);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_FILTERED), 2);
	frame_classifier__set_ports(fixture->classifier, inner, 1);
	add_hep(fixture, 3, IPPROTO_UDP, bye);
	assert_int_equal(counts__of(fixture->counters, "BYE", "BYE"), 1);
}

/* What passes as HEP to the port of its receiver is no message of the receiver's. */
static void test_what_hep_holds(void **state)
{
	struct fixture *fixture = *state;

	frame_classifier__read_hep(fixture->classifier, NULL, 0);
	add_hep(fixture, 3, IPPROTO_TCP, "\r\n\r\n");
	add_hep(fixture, 3, IPPROTO_TCP, "{\"report_blocks\": []}");
	add_hep(fixture, 3, IPPROTO_TCP, "");
	add_hep(fixture, 3, IPPROTO_TCP, "BYE sip:a SIP/7.0\r\n\r\n");
	add_hep(fixture, 3, IPPROTO_TCP, "BYE sip:a");
	/* Each is a whole message: nothing is left of those before, and Content-Length does not matter. */
	add_hep(fixture, 3, IPPROTO_TCP, "BYE sip:a SIP/2.0\r\nl: 1000\r\n\r\n");
	add_hep(fixture, 3, IPPROTO_TCP, "BYE sip:a SIP/2.0\r\nl: 0\r\n\r\nBYE sip:a SIP/2.0\r\nl: 0\r\n\r\n");
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_KEEPALIVE), 1);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_NOT_SIP), 2);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_NO_PAYLOAD), 1);
	assert_int_equal(reason_of(fixture, SIPBPF_REASON_MALFORMED), 1);
	assert_int_equal(counts__of(fixture->counters, "BYE", NULL), 2);
}

#define EXTENSIONS (10 * SIPBPF_EXTENSION_METHODS_MAX)

/* However many extension methods there are, each counts under its own name, in start lines and CSeq. */
static void test_extensions(void **state)
{
	struct fixture *fixture = *state;
	char text[128], name[16];
	int i;

	for (i = 0; i < EXTENSIONS; i++) {
		(void)snprintf(text, sizeof(text), "NEW%d sip:a SIP/2.0\r\nCSeq: 1 NEW%d\r\n\r\n", i,
			       (i + 1) % EXTENSIONS);
		add_text(fixture, IPPROTO_UDP, text);
	}
	for (i = 0; i < EXTENSIONS; i++) {
		(void)snprintf(name, sizeof(name), "NEW%d", i);
		assert_int_equal(counts__of(fixture->counters, name, NULL), 1);
		assert_int_equal(counts__of(fixture->counters, NULL, name), 1);
	}
	assert_int_equal(counts__of(fixture->counters, "UNKNOWN", NULL), 0);
}

/* Captures may begin with another layer. */
static void test_starts(void **state)
{
	struct fixture *fixture = *state;
	unsigned char bytes[LENGTH_MAX];
	unsigned int length = build(bytes, IPPROTO_UDP, "SIP/2.0 200 OK\r\n\r\n", 18);
	const struct frame frame = {
		.bytes = bytes + ETHERNET_SIZE,
		.length = length - ETHERNET_SIZE,
		.start = FRAME_ETHERTYPE,
		.ethertype = 0x0800,
		.hook = SIPBPF_SENT,
	};

	add(fixture, bytes, length, FRAME_ETHERNET);
	add(fixture, bytes + ETHERNET_SIZE, length - ETHERNET_SIZE, FRAME_IP);
	add(fixture, bytes + ETHERNET_SIZE, length - ETHERNET_SIZE, FRAME_IPV4);
	assert_int_equal(frame_classifier__add(fixture->classifier, &frame), 0);
	assert_int_equal(counts__of(fixture->counters, "200", "UNKNOWN"), 4);
}

/* A frame cut anywhere has one outcome, and none is read beyond its end. */
static void test_cut(void **state)
{
	static const char payload[] =
		"BYE sip:a SIP/2.0\r\nVia: SIP/2.0/TCP x\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\nSIP/2.0 200 OK\r\n\r\n";
	static const unsigned int protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	struct fixture *fixture = *state;
	unsigned char bytes[LENGTH_MAX];
	unsigned int length, size, i, start;

	for (i = 0; i < 2; i++) {
		size = build(bytes, protocols[i], payload, sizeof(payload) - 1);
		for (length = 0; length <= size; length++)
			for (start = FRAME_ETHERNET; start < FRAME_STARTS; start++)
				add(fixture, bytes, length, start);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_datagram),
		FIXTURE_TEST(test_via_of_datagram),
		FIXTURE_TEST(test_segment),
		FIXTURE_TEST(test_reasons),
		FIXTURE_TEST(test_ports),
		FIXTURE_TEST(test_hep),
		FIXTURE_TEST(test_hep_ports),
		FIXTURE_TEST(test_hep_lengths),
		FIXTURE_TEST(test_compressed_hep),
		FIXTURE_TEST(test_what_hep_holds),
		FIXTURE_TEST(test_extensions),
		FIXTURE_TEST(test_starts),
		FIXTURE_TEST(test_cut),
	};
	int failed;

	frame_classifier__free(NULL);
	guard = guard__new(LENGTH_MAX);
	failed = cmocka_run_group_tests_name("frame", tests, NULL, NULL);
	guard__free(&guard);
	return failed;
}
