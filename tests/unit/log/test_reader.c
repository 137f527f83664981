// SPDX-License-Identifier: BSD-2-Clause
/* Tests of reader.c: programs whose lines are mixed, and what matched lines do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/reader.h"
#include "log/sources.h"

#define PREFIX "Jan  5 12:00:00 host "

static const struct link_rules rules;

/* Reads a text in a form, in the envelope that all of its lines have, if any, and stores what was found. */
static void read_split(const char *form, enum clean_split split, const char *text, size_t length,
		       struct tally *ret_tally)
{
	const char *nearest;
	struct tally tally = { .rules = &rules };
	struct reader_settings settings = {
		.form = forms__find(form, &nearest), .split = split, .tally = &tally, .name = "a.log"
	};
	struct reader *reader;
	struct lines *lines;
	struct envelope *envelope;
	struct line line;

	assert_int_equal(envelope__find(text, length, &envelope), 0);
	if (envelope && envelope__is_on_all_lines(envelope))
		settings.envelope = envelope;
	assert_int_equal(reader__new(&settings, &reader), 0);
	assert_int_equal(lines__of_text(text, length, &lines), 0);
	while (lines__next(lines, &line) > 0)
		assert_int_equal(reader__read(reader, &line), 0);
	assert_int_equal(reader__finish(reader), 0);
	reader__free(reader);
	lines__free(lines);
	envelope__free(envelope);
	*ret_tally = tally;
}

static void read_text(const char *form, const char *text, size_t length, struct tally *ret_tally)
{
	read_split(form, CLEAN_WHOLE, text, length, ret_tally);
}

/* Each of so many programs writes the lines of its own message in turn. */
static struct tally read_mixed(int programs)
{
	static const char *const message[] = { "BYE sip:a SIP/2.0", "CSeq: 2 BYE", "" };
	struct tally tally;
	size_t length = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);
	int i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < programs; j++)
			fprintf(out, PREFIX "p[%d]: %s\n", j, message[i]);
	}
	fclose(out);
	read_text("plain", text, length, &tally);
	free(text);
	return tally;
}

static void assert_mixed(int programs, unsigned long long cut_off)
{
	struct tally tally = read_mixed(programs);

	assert_int_equal(tally.messages, programs);
	assert_int_equal(tally.cut_off, cut_off);
}

static void test_programs_are_mixed(void **state)
{
	assert_mixed(1, 0);
	assert_mixed(2, 0);
	assert_mixed(SOURCES_MAX, 0);
	assert_mixed(SOURCES_MAX + 1, SOURCES_MAX + 1); /* each counts with what is known */
}

static void test_records(void **state)
{
	static const char text[] =
		"--end msg--\n12:00:00.1 x .TX 9 bytes Request msg BYE/cseq=2 (t) to UDP 192.0.2.1:5060:\n"
		"BYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n\n--end msg--\n"
		"12:00:00.2 x .TX 9 bytes Request msg BYE/cseq=2 (t) to UDP 192.0.2.1:5060:\nnothing\n";
	struct tally tally;

	read_text("pjsua", text, strlen(text), &tally);
	assert_int_equal(tally.records, 2);
	assert_int_equal(tally.empty, 1);
	assert_int_equal(tally.messages, 1);
	assert_int_equal(tally.placed, 1);
	assert_int_equal(tally.undated, 2);
	reader__free(NULL);
}

/* What holds several lines holds all of a record, also if none of them needed a closer look. */
static void test_lines_in_a_line_end_a_record(void **state)
{
	static const char text[] = " 1(2) INFO: <script>: from 192.0.2.1:5060\nBYE sip:a SIP/2.0\nCSeq: 2 BYE\n"
				   "A: b#015#012C: d\nACK sip:a SIP/2.0\n\n";
	struct tally tally;

	read_split("kamailio", CLEAN_OCTAL, text, strlen(text), &tally);
	assert_int_equal(tally.messages, 2);
	assert_int_equal(tally.placed, 1);
}

#define TSHARK "    1   0.000000    192.0.2.1 -> 192.0.2.2    "

/* A line may tell of several messages. */
static void test_summaries(void **state)
{
	static const struct {
		const char *line;
		unsigned int messages, untaken;
	} lines[] = {
		{ "SIP 9 Request: BYE sip:a | ", 1, 0 },
		{ "SIP 9 Request: BYE sip:a | Status: 200 OK | Request: INVITE sip:a, in-dialog | ", 3, 0 },
		{ "SIP 9 Status: 183 Session | Progress | , Status: 200 OK (BYE) | ", 2, 0 },
		{ "SIP 9 Unknown request: FOO sip:a | Unknown request: f-o.o sip:a | ", 2, 0 },
		{ "SIP 9 [TCP Previous segment not captured] , Status: 200 OK (BYE) | ", 1, 0 },
		{ "SIP 9 Request: BYE sip:[2001:db8::1][Malformed Packet]", 1, 0 },
		{ "SIP 9 Continuation", 0, 0 },
		{ "SIP 9 Keep alive", 0, 1 },
		{ "SIP 9 Request: B/E sip:a | Request: BYE sip:a | ", 1, 1 },
		{ "UDP 9 5060 -> 5060 Len=4", 0, 0 },
	};
	struct tally tally;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(text, sizeof(text), TSHARK "%s\n", lines[i].line);
		read_text("tshark-summary", text, strlen(text), &tally);
		if (tally.messages != lines[i].messages || tally.untaken != lines[i].untaken)
			fail_msg("%s: %llu messages, %llu not taken", text, tally.messages, tally.untaken);
		assert_int_equal(tally.placed, tally.messages);
	}
}

/* ---- bodies that quote records ---- */

/* How a form writes a message: what is before each line, and behind it, and what is around all of them. */
struct writer {
	const char *form, *head;
	const char *start, *header, *body; /* what is before the start line, headers and lines of the body */
	const char *end;
	const char *tail;
};

#define DASHES "------------------------------------------------------------------------\n"
#define ENDS "192.0.2.1:5060 -> 192.0.2.2:5060"

static const struct writer writers[] = {
	{ "sipp",
	  "----------------------------------------------- 2026-01-05 12:00:00.1\nUDP message sent (9 bytes):\n\n", "",
	  "", "", "\r\n", "\n" },
	{ "baresip", "#\nUDP " ENDS "\n", "", "", "", "\r\n", "\n" },
	{ "sipdump",
	  "====================\ntag: snd\nproto: udp ipv4\nsrcip: 192.0.2.1\nsrcport: 5060\ndstip: 192.0.2.2\n"
	  "dstport: 5060\n~~~~~~~~~~~~~~~~~~~~\n",
	  "", "", "", "\r\n", "||||||||||||||||||||\n" },
	{ "kamailio", " 1(4311) NOTICE: <script>: udp " ENDS "\n", "", "", "", "\r\n", "\n" },
	{ "opensips", "Jan  5 12:00:00 [4311] udp " ENDS "\n", "", "", "", "\r\n", "\n" },
	{ "chan_sip", "<--- SIP read from UDP:192.0.2.1:5060 --->\n", "", "", "", "\n", "<------------->\n" },
	{ "chan_sip", "Reliably Transmitting (NAT) to 192.0.2.1:5060:\n", "", "", "", "\n", "\n---\n" },
	{ "pjsip", "<--- Received SIP request (903 bytes) from UDP:192.0.2.1:5060 --->\n", "", "", "", "\n", "\n" },
	{ "sofia", "recv 903 bytes from udp/[192.0.2.1]:5060 at 12:00:00.105000:\n   " DASHES, "   ", "   ", "   ",
	  "\n", "   " DASHES },
	{ "sofia", "recv 903 bytes from udp/[192.0.2.1]:5060 at 12:00:00.105000:\n" DASHES, "", "", "", "\n", DASHES },
	{ "jssip", "2026-01-05T12:00:00.105Z JsSIP:Transport sending message:\n\n", "", "", "", "\n", "\n\n" },
	{ "sipjs", "Mon Jan 05 2026 12:00:00 GMT+0000 (UTC) | sip.Transport | Sending WebSocket message:\n", "", "", "",
	  "\n", "\n" },
	{ "pjsua", "12:00:00.1 x .TX 9 bytes Request msg X/cseq=1 (t) to UDP 192.0.2.1:5060:\n", "", "", "", "\r\n",
	  "\n--end msg--\n" },
	{ "linphone",
	  "2026-01-05 12:00:00:105 belle-sip-message-channel [0x1]: message sent to [UDP://192.0.2.1:5060], size: [9] "
	  "bytes\n",
	  "", "", "", "\n", "2026-01-05 12:00:00:106 belle-sip-message-channel [0x1] [9] bytes parsed\n" },
	{ "ejabberd", "2026-01-05 12:00:00.105 [debug] <0.500.0>@mod_sip:data_in:120 SIP [udp/in] " ENDS ":\n", "", "",
	  "", "\r\n", "2026-01-05 12:00:00.106 [debug] <0.500.0> next\n" },
	{ "audiocodes",
	  "12:00:00.105 [S=8012] (sip_stack)(2381) ---- Incoming SIP Message from 192.0.2.1:5060 to SIPInterface #0 "
	  "(A) "
	  "UDP TO(#1) ----\n",
	  "", "", "", "\n", " [Time:05-01@12:00:00.105]\n" },
	{ "cube", "*Jan  5 12:00:00.105: //-1/xxxxxxxxxxxx/SIP/Msg/ccsipDisplayMsg:\nSent:\n", "", "", "", "\n", "\n" },
	{ "twinkle", "+++ 5-1-2026 12:00:00.105000 INFO SIP ::send_sip_udp\nSend to: udp:192.0.2.1:5060\n", "", "", "",
	  "\n", "---\n" },
	{ "sipgrep", "U 2026/01/05 12:00:00.105000 " ENDS "\n\n", "", "", "", ".\n", "\n" },
	{ "ngrep", "U 2026/01/05 12:00:00.105000 " ENDS " #1\n", "", "", "", ".\n", "\n" },
	{ "sngrep", "2026/01/05 12:00:00.105000 " ENDS "\n", "", "", "", "\r\n", "\n\n" },
	{ "tcpdump", "12:00:00.105000 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP, length: 9\n", "", "", "", "\n", "" },
	{ "tcpdump", "12:00:00.105000 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP, length: 9\n", "\t", "\t", "\t", "\n",
	  "" },
	{ "tshark",
	  "Frame 1: 9 bytes\nInternet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2\n"
	  "User Datagram Protocol, Src Port: 5060, Dst Port: 5060\nSession Initiation Protocol\n",
	  "    Request-Line: ", "        ", "            ", "\n", "" },
	{ "arrow", "2026-01-05 12:00:00.1Z UDP " ENDS "\n", "", "", "", "\n", "\n" },
};

#define WRITERS (sizeof(writers) / sizeof(*writers))

/* A form without bodies, or without records, has nothing to quote. */
static bool may_quote(const struct form *form)
{
	return form != forms__plain() && strcmp(form->name, "tshark-summary") != 0;
}

/* Each line of a text, in the dress of a form. */
static void put_lines(FILE *out, const struct writer *writer, const char *before, const char *text)
{
	const char *end;

	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		fprintf(out, "%s%.*s%s", before, (int)(end - text), text, writer->end);
	}
}

/* Writes a record whose message has this body; its Content-Length is 0 if it is not to be told. */
static void put_record(FILE *out, const struct writer *writer, const char *body, size_t length)
{
	char text[64];

	fprintf(out, "%s", writer->head);
	put_lines(out, writer, writer->start, "MESSAGE sip:b@c.d SIP/2.0");
	put_lines(out, writer, writer->header, "CSeq: 1 MESSAGE");
	put_lines(out, writer, writer->header, "Content-Type: text/plain");
	snprintf(text, sizeof(text), "Content-Length: %zu", length);
	put_lines(out, writer, writer->header, text);
	put_lines(out, writer, strcmp(writer->form, "tshark") ? writer->header : "    Message Body", "\n");
	put_lines(out, writer, writer->body, body);
	fprintf(out, "%s", writer->tail);
}

/* A body that quotes a record of the form, and its length on the wire, where each line ends with CR LF. */
static size_t quote_record(const struct writer *writer, char *ret_body, size_t size)
{
	size_t length = (size_t)snprintf(ret_body, size,
					 "Look:\n%sINVITE sip:b@c.d SIP/2.0\nCSeq: 1 INVITE\n\n%sThat was it.\n",
					 writer->head, writer->tail),
	       lines = 0, i;

	assert_true(length < size);
	for (i = 0; i < length; i++)
		lines += ret_body[i] == '\n';
	return length + lines;
}

/* Writes two records; the first one has this body. */
static char *write_two(const struct writer *writer, const char *body, size_t length)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	put_record(out, writer, body, length);
	put_record(out, writer, "Bye.\n", strlen("Bye.\r\n"));
	fclose(out);
	return text;
}

/* Each line of a text, as syslog writes it. */
static char *envelop(const char *lines)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *end;

	for (; *lines; lines = end + 1) {
		end = strchr(lines, '\n');
		fprintf(out, PREFIX "p[1]: %.*s\n", (int)(end - lines), lines);
	}
	fclose(out);
	return text;
}

static void check_text(const struct writer *writer, const char *what, const char *text)
{
	struct tally tally;

	read_text(writer->form, text, strlen(text), &tally);
	if (tally.messages != 2 || tally.placed != 2)
		fail_msg("%s (%.20s): %s: %llu messages, %llu placed", writer->form, writer->head, what, tally.messages,
			 tally.placed);
}

static void check_two(const struct writer *writer, const char *what, const char *body, size_t length)
{
	char *text = write_two(writer, body, length), *enveloped = envelop(text);

	check_text(writer, what, text);
	check_text(writer, what, enveloped);
	free(enveloped);
	free(text);
}

static void test_records_are_quoted(void **state)
{
	char body[2048];
	size_t i, length;

	for (i = 0; i < WRITERS; i++) {
		length = quote_record(&writers[i], body, sizeof(body));
		check_two(&writers[i], "a record is quoted", body, length);
		body[strlen(body) - 1] = '\0';
		check_two(&writers[i], "its last line has no end", body, length - 2);
	}
}

/* Whatever a length says, it hides no record; if it does not fit, it cannot tell what is quoted either. */
static void test_lengths_hide_no_records(void **state)
{
	static const size_t lengths[] = { 7, 100, 500, 9999, 65536, 65537 };
	size_t i, j;

	for (i = 0; i < WRITERS; i++) {
		for (j = 0; j < sizeof(lengths) / sizeof(*lengths); j++)
			check_two(&writers[i], "a length is too long", "Hello.\n", lengths[j]);
		check_two(&writers[i], "the body is left out", "", 9999);
	}
}

/* Reads a message with a wrong length, so many with right ones, and one that quotes a record. Returns what counts. */
static unsigned long long count_behind_wrong(const struct writer *writer, unsigned int right)
{
	struct tally tally;
	char body[2048], *text;
	size_t size, length = quote_record(writer, body, sizeof(body));
	FILE *out = open_memstream(&text, &size);

	put_record(out, writer, "Hello.\n", 14);
	for (; right; right--)
		put_record(out, writer, "Bye.\n", strlen("Bye.\r\n"));
	put_record(out, writer, body, length);
	fclose(out);
	read_text(writer->form, text, size, &tally);
	free(text);
	return tally.messages;
}

/* A wrong length may end like a body by chance. So none is trusted to quote until as many were right as were wrong. */
static void test_wrong_lengths_cost_trust(void **state)
{
	unsigned long long counted;
	unsigned int right;
	size_t i;

	for (i = 0; i < WRITERS; i++) {
		if (*writers[i].body || !strcmp(writers[i].form, "sipgrep"))
			continue; /* an indent, or a dot behind a head, tells that it is quoted */
		for (right = 0; right < 2; right++) {
			counted = count_behind_wrong(&writers[i], right);
			if (counted != 3)
				fail_msg("%s (%.20s), %u right: %llu messages", writers[i].form, writers[i].head, right,
					 counted);
		}
	}
}

/* Nor do many, and reading lines again has an end. */
static void test_wrong_lengths_are_bounded(void **state)
{
	size_t size, i, j;
	struct tally tally;
	char *text;
	FILE *out;

	for (i = 0; i < WRITERS; i++) {
		out = open_memstream(&text, &size);
		for (j = 0; j < 2000; j++)
			put_record(out, &writers[i], "Hello.\n", 65536);
		fclose(out);
		read_text(writers[i].form, text, size, &tally);
		free(text);
		assert_int_equal(tally.messages, 2000);
		assert_int_equal(tally.placed, 2000);
	}
}

/* Each form that can quote its own records is in the table. */
static void test_forms_are_quoted(void **state)
{
	size_t i, j;

	for (i = 0; i < forms_count; i++) {
		for (j = 0; j < WRITERS && strcmp(writers[j].form, forms[i].name) != 0; j++)
			;
		if (may_quote(&forms[i]) != (j < WRITERS))
			fail_msg("%s: is it quoted?", forms[i].name);
	}
}

/* A header that names two ends begins no record, where a line holds all of it; what is behind the message may. */
static void test_lines_in_a_line_have_headers(void **state)
{
	static const char text[] = "x UDP 192.0.2.1:5060 -> 192.0.2.2:5060#012BYE sip:a SIP/2.0#012"
				   "X-Path: 192.0.2.7:5060 -> 192.0.2.8:5060#012CSeq: 2 BYE#012#012"
				   "UDP 192.0.2.1:5060 -> 192.0.2.2:5060#012ACK sip:a SIP/2.0#012CSeq: 1 ACK#012#012\n";
	struct tally tally;

	read_split("arrow", CLEAN_OCTAL, text, strlen(text), &tally);
	assert_int_equal(tally.records, 2);
	assert_int_equal(tally.messages, 2);
	assert_int_equal(tally.placed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs_are_mixed),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_lines_in_a_line_end_a_record),
		cmocka_unit_test(test_records_are_quoted),
		cmocka_unit_test(test_lengths_hide_no_records),
		cmocka_unit_test(test_wrong_lengths_cost_trust),
		cmocka_unit_test(test_wrong_lengths_are_bounded),
		cmocka_unit_test(test_forms_are_quoted),
		cmocka_unit_test(test_lines_in_a_line_have_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
