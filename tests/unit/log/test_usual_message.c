// SPDX-License-Identifier: BSD-2-Clause
/* Tests of usual_message.c: what it reads, which is the same as what message__parse() finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/start_line.h"
#include "log/usual_message.h"

#include "rounds.h"

#define TEXT_SIZE 1024

/* Returns whether the lines are read; if so, message__parse() must find the same. */
static bool read_lines(const char *lines, struct message *ret_message)
{
	char text[TEXT_SIZE + USUAL_MESSAGE_ROOM] = { 0 };
	size_t length = strlen(lines);
	struct message parsed;

	memcpy(text, lines, length);
	if (!usual_message__read(text, length, ret_message))
		return false;
	memcpy(text + length, "\r\n", 2);
	assert_int_equal(message__parse(text, sizeof(text), &parsed), 0);
	if (memcmp(&parsed, ret_message, sizeof(parsed)) != 0)
		fail_msg("%s/%s/%d rather than %s/%s/%d: %s", ret_message->type, ret_message->method, ret_message->via,
			 parsed.type, parsed.method, parsed.via, lines);
	return true;
}

static void assert_read(const char *lines, const char *type, const char *method, enum sip_transport via)
{
	struct message message;

	if (!read_lines(lines, &message))
		fail_msg("not read: %s", lines);
	assert_string_equal(message.type, type);
	assert_string_equal(message.method, method);
	assert_int_equal(message.via, via);
}

#define VIA "Via: SIP/2.0/UDP a;branch=1\r\n"

static void test_usual_messages(void **state)
{
	assert_read("BYE sip:a SIP/2.0\r\n" VIA "To: b\r\nCSeq: 1 BYE\r\n", "BYE", "BYE", SIP_TRANSPORT_UDP);
	assert_read("INVITE sip:a SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nVia: SIP/2.0/TLS a\r\n", "INVITE",
		    "INVITE", SIP_TRANSPORT_TLS);
	assert_read("INVITE sip:a SIP/2.0\r\n" VIA "To: b c <sip:b>;tag=1\r\nCSeq: 1234567890 INVITE\r\n", "ReINVITE",
		    "INVITE", SIP_TRANSPORT_UDP);
	assert_read("SIP/2.0 180\r\n" VIA "Via: SIP/2.0/WSS b\r\nCSeq: 1 INVITE\r\n", "180", "INVITE",
		    SIP_TRANSPORT_UDP);
	assert_read("SIP/2.0 200 OK\r\n" VIA "To: <b>;tag=1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n", "200",
		    "REGISTER", SIP_TRANSPORT_UDP);
}

static void test_others_are_left(void **state)
{
	static const char *const others[] = {
		"BYE sip:a SIP/2.0\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA,
		"BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA "CSeq: BYE\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA "CSeq: 1 FOO\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA "CSeq: 1 BYES\r\n",
		"BYES sip:a SIP/2.0\r\n" VIA "CSeq: 1 BYE\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA "cseq: 1 BYE\r\n",
		"BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDPA a\r\nCSeq: 1 BYE\r\n",
		"BYE sip:a SIP/2.0\r\nv: SIP/2.0/UDP a\r\nCSeq: 1 BYE\r\n",
		"BYE sip:a SIP/2.0\r\n" VIA " folded\r\nCSeq: 1 BYE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: \"<>;tag=1\" <b>\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: b;tag=1\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: <b>;x;tag=1\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: <b>;tag=\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "t: <b>;tag=1\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: a;tag=1 <b>\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: a;x <b>;tag=1\r\nCSeq: 1 INVITE\r\n",
		"INVITE sip:a SIP/2.0\r\n" VIA "To: b\r\nCSeq: 1 ReINVITE\r\n",
		"ReINVITE sip:a SIP/2.0\r\n" VIA "To: b\r\nCSeq: 1 INVITE\r\n",
	};
	struct message message;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (read_lines(others[i], &message))
			fail_msg("read: %s", others[i]);
	}
}

static const char *choose(const char *const *parts, size_t count)
{
	return parts[(size_t)rand() % count];
}

#define CHOOSE(parts) choose(parts, sizeof(parts) / sizeof(*(parts)))

/* Lines of any order and form, in which bytes change by chance. */
static void put_lines(char *text)
{
	static const char *const starts[] = { "BYE sip:a SIP/2.0", "INVITE sip:a SIP/2.0", "SIP/2.0 200 OK",
					      "SIP/2.0 699",       "FOO sip:a SIP/2.0",    "ReINVITE sip:a SIP/2.0" };
	static const char *const headers[] = { "Via: SIP/2.0/UDP a",
					       "Via: SIP/2.0/WS a",
					       "Via: SIP/2.0/WSS\t",
					       "Via:SIP/2.0/TCP a",
					       "v: SIP/2.0/TCP a",
					       "CSeq: 1 INVITE",
					       "CSeq: 7 BYE",
					       "CSeq: 7 BYE ",
					       "CSeq: 8 FOO",
					       "CSeq: 9999999999 BYE",
					       "CSeq: 00000000000 ACK",
					       "cseq: 9 ACK",
					       "CSeq : 1 PING",
					       "To: <sip:b>",
					       "To: <sip:b>;tag=1",
					       "To: b",
					       "To: <b>;tag=",
					       "To: \"<b>;tag=1\" <c>",
					       "To : <b>",
					       "t: <b>;tag=1",
					       " ;tag=1",
					       "Content-Length: 0",
					       "Content-Type: x",
					       "Contact: <sip:c>",
					       "To: a <b>;tag=-",
					       "To: a <b>;tag=9,",
					       "To: <b>>;tag=9",
					       "To: a;tag=1 <b>",
					       "To: a;x <b>;tag=1",
					       "CSeq: 1 ReINVITE" };
	char *to = text + sprintf(text, "%s\r\n", CHOOSE(starts));
	int count = rand() % 4;

	if (rand() % 2)
		to += sprintf(to, VIA "CSeq: 1 INVITE\r\n");
	while (count--)
		to += sprintf(to, "%s\r\n", CHOOSE(headers));
	to = strchr(text, '\r') + 2;
	if (*to && !(rand() % 4))
		to[(size_t)rand() % (strlen(to) - 1)] = " \t:<>;=\"a1"[rand() % 10];
	if (*to && text[strlen(text) - 2] != '\r')
		strcpy(text + strlen(text) - 1, "\r\n");
}

/* Bytes that change make neither a line end nor a start line. */
static bool is_whole(const char *text)
{
	const char *end = strchr(text, '\r'), *at;

	for (at = text; (at = strchr(at, '\r')); at++) {
		if (at[1] != '\n')
			return false;
	}
	for (at = text; (at = strchr(at, '\n')); at++) {
		if (at[-1] != '\r')
			return false;
	}
	return start_line__is_certain(text, (size_t)(end - text));
}

static void test_any_message(void **state)
{
	unsigned int count, read = 0;
	struct message message;
	char text[TEXT_SIZE];

	for (count = 0; count < rounds(100000); count++) {
		put_lines(text);
		if (is_whole(text))
			read += read_lines(text, &message);
	}
	assert_true(read > count / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual_messages),
		cmocka_unit_test(test_others_are_left),
		cmocka_unit_test(test_any_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
