// SPDX-License-Identifier: BSD-2-Clause
/* Tests of assembly.c: which lines are messages, and which are their bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/assembly.h"
#include "log/forms.h"

static const struct link_rules rules;

/* An assembly with what it counts. */
struct fixture {
	struct tally tally;
	struct assembly *assembly;
};

static void setup(struct fixture *fixture, unsigned int traits, bool has_records)
{
	*fixture = (struct fixture){ .tally = { .rules = &rules, .counters = counters__new() } };
	assert_int_equal(assembly__new(traits, has_records, &fixture->tally, &fixture->assembly), 0);
}

static void read_text(struct fixture *fixture, const char *text)
{
	const char *end;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		assert_non_null(end);
		assert_int_equal(assembly__read(fixture->assembly, text, (size_t)(end - text), 1), 0);
	}
}

/* Ends the log and compares the counts: "TYPE/METHOD*N" by blanks. */
static void assert_ends(struct fixture *fixture, const char *wanted)
{
	const struct counters *counters = fixture->tally.counters;
	const struct counter_link *link;
	char got[512] = "", *at = got;
	size_t i;
	__u32 j;

	assert_int_equal(assembly__finish(fixture->assembly), 0);
	for (i = 0; i < counters__links_count(counters); i++) {
		link = counters__link(counters, i);
		for (j = 0; j < link->cells_count; j++)
			at += sprintf(at, "%s%s/%s*%llu", at == got ? "" : " ",
				      counters__type_name(counters, link->cells[j].type),
				      counters__type_name(counters, link->cells[j].method),
				      (unsigned long long)link->cells[j].count);
	}
	assert_string_equal(got, wanted);
	assembly__free(fixture->assembly);
	counters__free(fixture->tally.counters);
}

static void assert_plain(const char *text, const char *wanted)
{
	struct fixture fixture;

	setup(&fixture, 0, false);
	read_text(&fixture, text);
	assert_ends(&fixture, wanted);
}

static void assert_record(unsigned int traits, const char *text, const char *wanted)
{
	struct fixture fixture;

	setup(&fixture, traits, true);
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	read_text(&fixture, text);
	assert_ends(&fixture, wanted);
}

#define NOTIFY(type, length) "NOTIFY sip:a SIP/2.0\nCSeq: 1 NOTIFY\nContent-Type: " type "\n" length "\n"
#define BYE "BYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n"
#define FRAGMENT "SIP/2.0 100 Trying\n"

/* Without Content-Length, the body is what is left of the record. */
static void test_bodies_without_a_length(void **state)
{
	assert_record(FORM_SINGLE, NOTIFY("text/plain", "") "hi\n" FRAGMENT "\n" BYE, "NOTIFY/NOTIFY*1");
	assert_record(FORM_SINGLE, NOTIFY("text/plain", "Content-Length: 4\n") "hi\n" BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_record(FORM_SINGLE, BYE "hi\n" BYE, "BYE/BYE*2");
	assert_record(0, NOTIFY("text/plain", "") "hi\n" BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
}

static void test_messages(void **state)
{
	assert_plain(BYE BYE, "BYE/BYE*2");
	assert_plain("BYE sip:a SIP/2.0\nCSeq: 2 BYE\n" BYE, "BYE/BYE*2");
	assert_plain("words\n" BYE "more\nwords\n\n" BYE, "BYE/BYE*2");
	assert_plain("BYE sip:a SIP/2.0\n", "BYE/UNKNOWN*1");
}

/* A fragment is a body with a right length, a wrong one, or none. */
static void test_fragments(void **state)
{
	assert_plain(NOTIFY("message/sipfrag", "Content-Length: 20\n") FRAGMENT BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_plain(NOTIFY("message/sipfrag", "l: 999999\n") FRAGMENT "\n" BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
	assert_plain(NOTIFY("message/sipfrag", "l: 500\n") FRAGMENT "\n" BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
	assert_plain(NOTIFY("message/sipfrag", "l: 11\n") FRAGMENT "\n" BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
	assert_plain(NOTIFY("message/sipfrag", "") FRAGMENT "Via: x\n\n" BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_plain(NOTIFY("message/sipfrag", "") "words\n" BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
}

/* A message that is quoted, with its own body, up to the length. */
static void test_quoted_messages(void **state)
{
	assert_plain(NOTIFY("application/sip", "l: 39\n") BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_plain("MESSAGE sip:a SIP/2.0\nCSeq: 1 MESSAGE\nContent-Type: text/plain\nl: 51\n\nlook:\n\n" BYE
		     "thanks\n\n" BYE,
		     "MESSAGE/MESSAGE*1 BYE/BYE*1");
}

#define MULTIPART "NOTIFY sip:a SIP/2.0\nCSeq: 1 NOTIFY\nContent-Type: multipart/mixed;\n boundary=b\n"
#define PARTS                                                                                            \
	"--b\nContent-Type: message/sipfrag\n\n" FRAGMENT "\n--b\nContent-Type: text/plain\n\nhello\n\n" \
	"--b\nContent-Type: message/sip\n\n" BYE "--b--\n"

static void test_multipart(void **state)
{
	size_t length = strlen(PARTS);
	const char *at;
	char text[1024];

	for (at = PARTS; *at; at++)
		length += *at == '\n'; /* it was CR LF */
	sprintf(text, MULTIPART "Content-Length: %zu\n\n" PARTS BYE, length);
	assert_plain(text, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_plain(MULTIPART "\n" PARTS BYE, "NOTIFY/NOTIFY*1 BYE/BYE*1");
	assert_plain(MULTIPART "l: 7777\n\n" PARTS BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
}

/* A length that does not fit is told once, and nothing is hidden, however often it comes. */
static void test_many_wrong_lengths(void **state)
{
	struct fixture fixture;
	char wanted[64];
	int i;

	setup(&fixture, 0, false);
	for (i = 0; i < 5000; i++)
		read_text(&fixture, NOTIFY("message/sipfrag", "l: 60000\n") FRAGMENT "\n" BYE);
	sprintf(wanted, "NOTIFY/NOTIFY*%d BYE/BYE*%d", i, i);
	assert_ends(&fixture, wanted);
}

static void test_bodies_that_are_left_out(void **state)
{
	assert_plain(NOTIFY("application/pidf+xml", "l: 39\n") BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
	assert_plain(NOTIFY("application/sdp", "l: 39\n") BYE BYE, "NOTIFY/NOTIFY*1 BYE/BYE*2");
}

/* Of records, the first message has the path, and more of them if the form says so. */
static void test_paths(void **state)
{
	static const unsigned int traits[] = { 0, FORM_SINGLE, FORM_NEAR };
	static const unsigned long long placed[] = { 2, 1, 2 };
	struct fixture fixture;
	size_t i;

	for (i = 0; i < 3; i++) {
		setup(&fixture, traits[i], true);
		assert_int_equal(assembly__begin_record(fixture.assembly), 0);
		assembly__path(fixture.assembly)->has_direction = true;
		read_text(&fixture, BYE BYE);
		assert_int_equal(fixture.tally.placed, placed[i]);
		assert_int_equal(assembly__end_record(fixture.assembly), 0);
		read_text(&fixture, BYE);
		assert_int_equal(fixture.tally.placed, placed[i]);
		assert_int_equal(fixture.tally.empty, 0);
		assert_int_equal(fixture.tally.messages, 3);
		assert_int_equal(assembly__finish(fixture.assembly), 0);
		assembly__free(fixture.assembly);
		counters__free(fixture.tally.counters);
	}
}

static void test_a_record_near_its_message(void **state)
{
	struct fixture fixture;

	setup(&fixture, FORM_NEAR, true);
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	assembly__path(fixture.assembly)->has_direction = true;
	read_text(&fixture, "\nwords\n" BYE);
	assert_int_equal(fixture.tally.placed, 0);
	assert_int_equal(fixture.tally.empty, 1);
	assert_ends(&fixture, "BYE/BYE*1");
}

/* The start line of a message that is shown twice; CSeq tells where a method begins. */
static void test_claims_and_glue(void **state)
{
	struct fixture fixture;

	setup(&fixture, FORM_GLUED, true);
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	assert_int_equal(assembly__claim(fixture.assembly, "BYE sip:a SIP/2.0", 17), 0);
	read_text(&fixture, "E..\n\n..PRBYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n");
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	assert_int_equal(assembly__read_glued(fixture.assembly, "..PRACK sip:a SIP/2.0", 21, 1), 0);
	read_text(&fixture, "CSeq: 2 ACK\n\n");
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	assert_int_equal(assembly__read_glued(fixture.assembly, "..PRACK sip:a SIP/2.0", 21, 1), 0);
	read_text(&fixture, "CSeq: 2 PRACK\n\n");
	assert_int_equal(assembly__begin_record(fixture.assembly), 0);
	assert_int_equal(assembly__claim(fixture.assembly, "SIP/2.0 200 OK", 14), 0);
	assert_ends(&fixture, "BYE/BYE*1 ACK/ACK*1 PRACK/PRACK*1 200/UNKNOWN*1");
}

static void test_lines_that_were_not_taken(void **state)
{
	struct fixture fixture;

	setup(&fixture, 0, false);
	read_text(&fixture, "| BYE sip:a SIP/2.0\n| Via: SIP/2.0/UDP a\n" BYE
			    "SIP/2.0  200 OK\nINVITE  sip:a SIP/2.0\n" NOTIFY("message/sipfrag", "") FRAGMENT "\n");
	assert_int_equal(fixture.tally.untaken, 2);
	assert_string_equal(fixture.tally.untaken_text, "| BYE sip:a SIP/2.0");
	assert_ends(&fixture, "BYE/BYE*1 NOTIFY/NOTIFY*1");
}

static void test_multipart_in_multipart(void **state)
{
	struct fixture fixture;

	setup(&fixture, 0, false);
	read_text(&fixture, "INVITE sip:a SIP/2.0\nCSeq: 1 INVITE\nContent-Type: multipart/mixed;boundary=o\n\n"
			    "--o\nContent-Type: multipart/alternative;boundary=i\n\n"
			    "--i\nContent-Type: message/sip\n\nMESSAGE sip:a SIP/2.0\nCSeq: 1 MESSAGE\n\ntext\n--i--\n"
			    "--o\nContent-Type: message/sipfrag\n\nSIP/2.0 100 Trying\n--o--\n"
			    "BYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n");
	assert_ends(&fixture, "INVITE/INVITE*1 BYE/BYE*1");
}

/* CR LF that became two line ends, or a message without headers. */
static void test_lines_may_be_spaced(void **state)
{
	static const struct {
		const char *text, *wanted;
	} logs[] = {
		{ "BYE sip:a SIP/2.0\n\nTo: x\n\nCSeq: 1 BYE\n\n\n\nCSeq: 1 x\n\n", "BYE/BYE*1" },
		{ "BYE sip:a SIP/2.0\n\nCSeq: 1\n\n BYE\n\n\n\n", "BYE/BYE*1" },
		{ "BYE sip:a SIP/2.0\n\nsome words\nCSeq: 1 BYE\n", "BYE/UNKNOWN*1" },
		{ "BYE sip:a SIP/2.0\n\n12:00:00: some words\nCSeq: 1 BYE\n", "BYE/UNKNOWN*1" },
		{ "BYE sip:a SIP/2.0\n\n\nCSeq: 1 BYE\n", "BYE/UNKNOWN*1" },
		{ "BYE sip:a SIP/2.0\n\nACK sip:a SIP/2.0\nCSeq: 1 ACK\n\n", "BYE/UNKNOWN*1 ACK/ACK*1" },
		{ "BYE sip:a SIP/2.0\nTo: x\n\nCSeq: 1 BYE\n", "BYE/UNKNOWN*1" },
	};
	struct fixture fixture;
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		setup(&fixture, 0, false);
		read_text(&fixture, logs[i].text);
		assert_ends(&fixture, logs[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies_without_a_length),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_quoted_messages),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_many_wrong_lengths),
		cmocka_unit_test(test_bodies_that_are_left_out),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_a_record_near_its_message),
		cmocka_unit_test(test_claims_and_glue),
		cmocka_unit_test(test_lines_may_be_spaced),
		cmocka_unit_test(test_multipart_in_multipart),
		cmocka_unit_test(test_lines_that_were_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
