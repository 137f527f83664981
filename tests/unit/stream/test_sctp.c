// SPDX-License-Identifier: BSD-2-Clause
/*
 * SIP over SCTP: a table of cases, a message cut at every byte into two fragments, and random associations
 * (associations.h), by the user-space build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "associations.h"
#include "counts.h"
#include "classify/frame.h"
#include "guard.h"
#include "rounds.h"

#define RUNS rounds(500)

#define LENGTH_MAX 8192
#define IP_FLAGS_OFFSET 20 /* in a frame */

static const struct link_rules rules = { .transport = LINK_TRANSPORT_WIRE };
static struct counters *counters;
static struct frame_classifier *classifier;
static struct packet_builder packet;
static struct association association;
static struct guard guard;

static void begin(void)
{
	frame_classifier__free(classifier);
	counters__clear(counters);
	classifier = frame_classifier__new(counters, &rules);
	assert_non_null(classifier);
}

/* Adds what has been built; it has one outcome. */
static void add(size_t length)
{
	const struct frame frame = { .bytes = guard__at_end(&guard, packet.bytes, length), .length = (__u32)length };
	__u64 seen = counters__packets_seen(counters), total = counters__total(counters);
	__u64 sip = counters__packets(counters)->sip;

	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
	assert_int_equal(counters__packets_seen(counters), seen + 1);
	assert_int_equal(counters__total(counters) > total, counters__packets(counters)->sip > sip);
}

/* ---- cases ---- */

#define INVITE "INVITE sip:b@example.com SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n"
#define BYE "BYE sip:b@example.com SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\n\r\n"
#define HALF_1 "INVITE sip:b@example.com SIP/2.0\r\nTo: <sip:b"
#define HALF_2 ">;tag=1\r\nCSeq: 1 INVITE\r\n\r\n"

/* Flags of DATA. */
#define LAST 1
#define FIRST 2
#define WHOLE 3
#define UNORDERED 4

/* Chunks up to the first without a text; `packet` tells those of one packet from those of the next. */
struct chunk {
	unsigned int packet;
	unsigned int type;
	unsigned int flags;
	unsigned int tsn;
	unsigned int stream;
	unsigned int message;  /* of I-DATA */
	unsigned int fragment; /* likewise */
	const char *text;
	unsigned int lie; /* added to the chunk's length */
};

struct sctp_case {
	const char *name;
	struct chunk chunks[8];
	const char *counts; /* INVITE, ReINVITE, BYE, gaps */
	int reason;         /* that one of the packets must have; -1: none is looked for */
};

#define DATA(packet, flags, tsn, text)                  \
	{                                               \
		packet, 0, flags, tsn, 0, 0, 0, text, 0 \
	}
#define ON_STREAM(packet, stream, flags, tsn, text)          \
	{                                                    \
		packet, 0, flags, tsn, stream, 0, 0, text, 0 \
	}
#define I_DATA(packet, stream, flags, tsn, message, fragment, text)        \
	{                                                                  \
		packet, 64, flags, tsn, stream, message, fragment, text, 0 \
	}
#define OTHER(packet, type, text)                    \
	{                                            \
		packet, type, 0, 0, 0, 0, 0, text, 0 \
	}

static const struct sctp_case sctp_cases[] = {
	{ "one message", { DATA(0, WHOLE, 1, INVITE) }, "1 0 0 0", -1 },
	{ "unordered", { DATA(0, WHOLE | UNORDERED, 1, BYE) }, "0 0 1 0", -1 },
	{ "several in a packet",
	  { DATA(0, WHOLE, 1, INVITE), DATA(0, WHOLE, 2, BYE), DATA(0, WHOLE, 3, BYE) },
	  "1 0 2 0",
	  -1 },
	{ "between other chunks",
	  { OTHER(0, 3, "123456789012"), DATA(0, WHOLE, 1, BYE), OTHER(0, 4, "heartbeat"), DATA(0, WHOLE, 2, INVITE) },
	  "1 0 1 0",
	  -1 },
	{ "no data", { OTHER(0, 1, "1234567890123456") }, "0 0 0 0", SIPBPF_REASON_NO_PAYLOAD },
	{ "quoted in other chunks", { OTHER(0, 6, BYE), OTHER(0, 0x84, BYE) }, "0 0 0 0", SIPBPF_REASON_NO_PAYLOAD },
	{ "sent twice", { DATA(0, WHOLE, 7, BYE), DATA(1, WHOLE, 7, BYE) }, "0 0 1 0", SIPBPF_REASON_DUPLICATE },
	{ "out of order",
	  { DATA(0, WHOLE, 5, BYE), DATA(1, WHOLE, 3, BYE), DATA(2, WHOLE, 4, INVITE), DATA(3, WHOLE, 3, BYE) },
	  "1 0 2 0",
	  SIPBPF_REASON_DUPLICATE },
	{ "the numbers begin anew",
	  { DATA(0, WHOLE, 0xffffffff, BYE), DATA(1, WHOLE, 0, BYE), DATA(2, WHOLE, 0xffffffff, BYE) },
	  "0 0 2 0",
	  SIPBPF_REASON_DUPLICATE },
	{ "over two chunks of a packet",
	  { DATA(0, FIRST, 1, HALF_1), DATA(0, LAST, 2, HALF_2), DATA(0, WHOLE, 3, BYE) },
	  "0 1 1 0",
	  -1 },
	{ "over two packets",
	  { DATA(0, FIRST, 1, HALF_1), DATA(1, LAST, 2, HALF_2), DATA(2, WHOLE, 3, BYE) },
	  "0 1 1 0",
	  SIPBPF_REASON_CONTINUATION },
	{ "a fragment sent twice",
	  { DATA(0, FIRST, 1, HALF_1), DATA(1, FIRST, 1, HALF_1), DATA(2, LAST, 2, HALF_2), DATA(3, LAST, 2, HALF_2) },
	  "0 1 0 0",
	  SIPBPF_REASON_DUPLICATE },
	{ "a body over many",
	  { DATA(0, FIRST, 1, INVITE), DATA(1, 0, 2, BYE), DATA(2, 0, 3, BYE), DATA(3, LAST, 4, BYE),
	    DATA(4, WHOLE, 5, BYE) },
	  "1 0 1 0",
	  SIPBPF_REASON_CONTINUATION },
	{ "a fragment is missing",
	  { DATA(0, FIRST, 1, HALF_1), DATA(1, LAST, 3, HALF_2), DATA(2, WHOLE, 4, BYE) },
	  "0 0 1 1",
	  SIPBPF_REASON_CONTINUATION },
	{ "the end is missing", { DATA(0, FIRST, 1, HALF_1), DATA(1, WHOLE, 3, BYE) }, "0 0 1 1", -1 },
	{ "the beginning is missing",
	  { DATA(0, LAST, 2, HALF_2), DATA(1, WHOLE, 3, BYE) },
	  "0 0 1 0",
	  SIPBPF_REASON_NOT_SIP },
	{ "a message on another stream in between",
	  { ON_STREAM(0, 1, FIRST, 1, HALF_1), ON_STREAM(1, 2, WHOLE, 3, BYE), ON_STREAM(2, 1, LAST, 2, HALF_2) },
	  "0 1 1 0",
	  -1 },
	{ "interleaved",
	  { I_DATA(0, 1, FIRST, 1, 0, 9, HALF_1), I_DATA(0, 2, FIRST, 2, 0, 9, HALF_1),
	    I_DATA(1, 1, LAST, 3, 0, 1, HALF_2), I_DATA(1, 2, LAST, 4, 0, 1, HALF_2) },
	  "0 2 0 0",
	  -1 },
	{ "interleaved with an unordered one",
	  { I_DATA(0, 1, FIRST, 1, 0, 0, HALF_1), I_DATA(0, 1, FIRST | UNORDERED, 2, 0, 0, HALF_1),
	    I_DATA(1, 1, LAST | UNORDERED, 3, 0, 1, HALF_2), I_DATA(1, 1, LAST, 4, 0, 1, HALF_2) },
	  "0 2 0 0",
	  -1 },
	{ "interleaved, unordered, on one stream",
	  { I_DATA(0, 1, FIRST | UNORDERED, 1, 1, 0, HALF_1), I_DATA(0, 1, FIRST | UNORDERED, 2, 2, 0, HALF_1),
	    I_DATA(1, 1, LAST | UNORDERED, 3, 1, 1, HALF_2), I_DATA(1, 1, LAST | UNORDERED, 4, 2, 1, HALF_2) },
	  "0 2 0 0",
	  -1 },
	{ "long before those that came before it",
	  { DATA(0, WHOLE, 99, INVITE), DATA(1, WHOLE, 270, BYE), DATA(2, WHOLE, 100, BYE), DATA(3, WHOLE, 100, BYE) },
	  "1 0 2 0",
	  SIPBPF_REASON_DUPLICATE },
	{ "longer before them than can be told",
	  { DATA(0, WHOLE, 99, INVITE), DATA(1, WHOLE, 400, BYE), DATA(2, WHOLE, 100, BYE) },
	  "1 0 1 0",
	  SIPBPF_REASON_DUPLICATE },
	{ "a fragment of another message",
	  { I_DATA(0, 1, FIRST, 1, 0, 0, HALF_1), I_DATA(1, 1, LAST, 2, 1, 1, HALF_2) },
	  "0 0 0 1",
	  SIPBPF_REASON_CONTINUATION },
	{ "no SIP", { DATA(0, WHOLE, 1, "\1\0\3") }, "0 0 0 0", SIPBPF_REASON_NOT_SIP },
	{ "malformed", { DATA(0, WHOLE, 1, "SIP/7.0 200 OK\r\n\r\n") }, "0 0 0 0", SIPBPF_REASON_MALFORMED },
	{ "a chunk longer than the packet", { { 0, 0, WHOLE, 1, 0, 0, 0, INVITE, 1000 } }, "1 0 0 0", -1 },
	{ "a length below the header's",
	  { { 0, 0, WHOLE, 1, 0, 0, 0, "", -13U } },
	  "0 0 0 0",
	  SIPBPF_REASON_NO_PAYLOAD },
	{ "DATA without data", { { 0, 0, WHOLE, 1, 0, 0, 0, "", 0 } }, "0 0 0 0", SIPBPF_REASON_NO_PAYLOAD },
};

static void put_header(unsigned int tag)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 132, 0, 0);
	packets__put16(&packet, 5062);
	packets__put16(&packet, 5060);
	associations__put32(&packet, tag);
	associations__put32(&packet, 0);
}

static void put_chunk(const struct chunk *chunk)
{
	size_t begin = packet.length;

	packets__put16(&packet, chunk->type << 8 | chunk->flags);
	packets__put16(&packet, 0);
	if (chunk->type == 0 || chunk->type == 64) {
		associations__put32(&packet, chunk->tsn);
		packets__put16(&packet, chunk->stream);
		packets__put16(&packet, 0);
	}
	if (chunk->type == 64)
		associations__put32(&packet, chunk->message);
	if (chunk->type == 0 || chunk->type == 64)
		associations__put32(&packet, chunk->fragment);
	packets__text(&packet, chunk->text);
	associations__pad(&packet, begin);
	if (chunk->lie)
		packets__set16(&packet, begin + 2, 16 + (unsigned int)strlen(chunk->text) + chunk->lie);
}

static void assert_counts(const char *expected)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%llu %llu %llu %llu", counts__of(counters, "INVITE", NULL),
		       counts__of(counters, "ReINVITE", NULL), counts__of(counters, "BYE", NULL),
		       counters__packets(counters)->gaps);
	assert_string_equal(text, expected);
}

static void test_case(void **state)
{
	const struct sctp_case *sctp_case = *state;
	const struct chunk *chunk;

	begin();
	for (chunk = sctp_case->chunks; chunk->text; chunk++) {
		if (chunk == sctp_case->chunks || chunk->packet != chunk[-1].packet)
			put_header(1);
		put_chunk(chunk);
		if (!chunk[1].text || chunk[1].packet != chunk->packet) {
			packets__finish(&packet);
			add(packet.length);
		}
	}
	assert_counts(sctp_case->counts);
	if (sctp_case->reason >= 0)
		assert_true(counters__packets(counters)->reasons[sctp_case->reason] > 0);
}

/* ---- every cut ---- */

static void add_data(unsigned int tag, unsigned int flags, unsigned int tsn, const char *text, size_t length)
{
	size_t begin_of_chunk;

	put_header(tag);
	begin_of_chunk = packet.length;
	packets__put16(&packet, flags);
	packets__put16(&packet, 0);
	associations__put32(&packet, tsn);
	associations__put32(&packet, 0);
	associations__put32(&packet, 0);
	packets__put(&packet, text, length);
	associations__pad(&packet, begin_of_chunk);
	packets__finish(&packet);
	add(packet.length);
}

static void message_cut_at_every_byte(void **state)
{
	static const char text[] = HALF_1 HALF_2 "v=0\r\n";
	unsigned int length = sizeof(text) - 1, i;

	for (i = 1; i < length; i++) {
		begin();
		add_data(1, FIRST, 1, text, i);
		add_data(1, LAST, 2, text + i, length - i);
		assert_counts("0 1 0 0");
	}
}

static void message_byte_by_byte(void **state)
{
	static const char text[] = HALF_1 HALF_2;
	unsigned int length = sizeof(text) - 1, i;

	begin();
	for (i = 0; i < length; i++)
		add_data(1, i == 0 ? FIRST : i + 1 == length ? LAST : 0, i, text + i, 1);
	assert_counts("0 1 0 0");
}

/* Another verification tag is another association, whose numbers say nothing about those of the one before. */
static void another_association(void **state)
{
	begin();
	add_data(1, FIRST, 100, HALF_1, sizeof(HALF_1) - 1);
	add_data(2, WHOLE, 100, BYE, sizeof(BYE) - 1);
	add_data(2, WHOLE, 100, BYE, sizeof(BYE) - 1);
	assert_counts("0 0 1 1");
}

static void packet_cut_at_every_byte(void **state)
{
	size_t length, whole;

	put_header(1);
	put_chunk(&(const struct chunk)DATA(0, WHOLE, 1, BYE));
	put_chunk(&(const struct chunk)I_DATA(0, 1, WHOLE, 2, 0, 0, BYE));
	packets__finish(&packet);
	whole = packet.length;
	for (length = 0; length <= whole; length++) {
		begin();
		add(length);
		assert_true(counts__of(counters, "BYE", NULL) == counters__total(counters));
		assert_true(counters__total(counters) <= 2);
	}
	assert_int_equal(counters__total(counters), 2);
}

/* Only the first fragment of IP is read: that the packet goes on is a gap, if it may hold SIP. */
static void packet_in_fragments_of_ip(void **state)
{
	static const struct chunk chunks[] = { DATA(0, WHOLE, 1, INVITE), DATA(0, WHOLE, 1, "\xff\1other") };
	static const char *const counts[] = { "1 0 0 1", "0 0 0 0" };
	size_t i;

	for (i = 0; i < 2; i++) {
		begin();
		put_header(1);
		put_chunk(&chunks[i]);
		packets__finish(&packet);
		packets__set16(&packet, IP_FLAGS_OFFSET, 0x2000);
		add(packet.length);
		assert_counts(counts[i]);
	}
}

/* ---- random associations ---- */

static void random_associations(void **state)
{
	size_t place;
	__u32 i, j;

	for (i = 0; i < RUNS; i++) {
		associations__make(&association, i);
		begin();
		for (place = 0; place < association.sent_count;) {
			place = associations__frame(&association, place, 40000, &packet);
			add(packet.length);
		}
		for (j = 0; j < STREAMS_TYPES; j++)
			if (counts__of(counters, streams_types[j], NULL) != association.streams.counts[j])
				fail_msg("seed %u: %s: %llu instead of %u", i, streams_types[j],
					 counts__of(counters, streams_types[j], NULL), association.streams.counts[j]);
		assert_int_equal(counters__total(counters), association.streams.messages);
		assert_int_equal(counters__packets(counters)->gaps, 0);
		assert_int_equal(counters__link(counters, 0)->link.transport, SIP_TRANSPORT_SCTP);
	}
}

int main(void)
{
	enum { COUNT = sizeof(sctp_cases) / sizeof(sctp_cases[0]) };
	struct CMUnitTest tests[COUNT + 6] = {
		[COUNT] = cmocka_unit_test(message_cut_at_every_byte),
		cmocka_unit_test(message_byte_by_byte),
		cmocka_unit_test(another_association),
		cmocka_unit_test(packet_cut_at_every_byte),
		cmocka_unit_test(packet_in_fragments_of_ip),
		cmocka_unit_test(random_associations),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ sctp_cases[i].name, test_case, NULL, NULL, (void *)&sctp_cases[i] };
	guard = guard__new(LENGTH_MAX);
	counters = counters__new();
	failed = _cmocka_run_group_tests("sctp", tests, COUNT + 6, NULL, NULL);
	frame_classifier__free(classifier);
	counters__free(counters);
	guard__free(&guard);
	return failed;
}
