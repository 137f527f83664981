// SPDX-License-Identifier: BSD-2-Clause
/* Tests of dump.c: where the payload begins behind headers that are printed as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/dump.h"
#include "log/start_line.h"

#define IPV4 "E..H....@...Ha@bHa@b"                     /* 20 bytes */
#define IPV4_OPTIONS "F..H....@...Ha@bHa@babcd"         /* 24 bytes */
#define IPV6 "`....H..abcdefghijklmnopabcdefghijklmnop" /* 40 bytes */
#define UDP "abcdefgX"
#define TCP_SHORT "aabbccccddddP.abccdd"             /* 20 bytes */
#define TCP_WORD "aabbccccdddd`.abccddabcd"          /* 24 bytes */
#define TCP_TIMES "aabbccccdddd..abccddabcdabcdAAAX" /* 32 bytes */
#define TCP_LONG "aabbccccdddd..abccdd......................AX"
#define REST " sip:b@c.d SIP/2.0"

/* Adds all lines but the last one, and returns the method that begins with the payload in that; "": there is none. */
static const char *method_of(enum sip_transport transport, const char *lines)
{
	static char method[64];
	struct dump dump = { 0 };
	size_t from, to, place = 0;
	const char *end;

	for (; (end = strchr(lines, '\n')); lines = end + 1)
		dump__add_line(&dump, lines, (size_t)(end - lines));
	assert_true(start_line__find_method(lines, strlen(lines), &from, &to));
	if (!dump__find_payload(&dump, transport, lines, from, to, &place))
		return "";
	snprintf(method, sizeof(method), "%.*s", (int)(to - place), lines + place);
	return method;
}

static void test_headers_end_where_they_say(void **state)
{
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV4 UDP "INVITE" REST), "INVITE");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV4 UDP "XINVITE" REST), "XINVITE");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV4 UDP "foo" REST), "foo");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV4_OPTIONS UDP "f-o" REST), "f-o");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV6 UDP "FOO" REST), "FOO");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 TCP_SHORT "foo" REST), "foo");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 TCP_WORD "FOO" REST), "FOO");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 TCP_TIMES "FOO" REST), "FOO");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV6 TCP_TIMES "XINVITE" REST), "XINVITE");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 TCP_LONG "FOO" REST), "FOO");
}

/* A line feed in the headers is printed as one, and a carriage return before it is not printed. */
static void test_line_feeds_in_headers(void **state)
{
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "E..H....@...Ha@bH\n@babcdefgXfoo" REST), "foo");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "E..H....@...Ha@b\n\n@babcdefgXfoo" REST), "foo");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "E..H....@...Ha@bHa@babcdef\nfoo" REST), "oo");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "E..H....@...Ha@bHa@babcdef\nINVITE" REST), "INVITE");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "E..H....@...Ha@bHa@babcdefg\nINVITE" REST), "INVITE");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 "aabbccc\ndddd..abccddabcdabcdAAAXBYE" REST), "BYE");
}

static void test_what_is_no_packet(void **state)
{
	char lines[2 * DUMP_HEADERS_MAX] = IPV4 UDP;

	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "INVITE" REST), "");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, "x" IPV4 UDP "INVITE" REST), "");
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, IPV4 UDP "\nINVITE" REST), "");
	assert_string_equal(method_of(SIP_TRANSPORT_TCP, IPV4 UDP "INVITE" REST), "");
	assert_string_equal(method_of(SIP_TRANSPORT_SCTP, IPV4 UDP "INVITE" REST), "");
	memset(lines + strlen(lines), '.', DUMP_HEADERS_MAX);
	strcpy(lines + DUMP_HEADERS_MAX, "\nmore\nINVITE" REST);
	assert_string_equal(method_of(SIP_TRANSPORT_UDP, lines), "");
}

/* Returns what is behind the headers of the line; "": it is elsewhere. */
static const char *rest_of(enum sip_transport transport, bool is_fragment, const char *line)
{
	const struct dump dump = { 0 };
	size_t place;

	return dump__find_rest(&dump, transport, is_fragment, line, strlen(line), &place) ? line + place : "";
}

static void test_payloads_of_any_kind(void **state)
{
	assert_string_equal(rest_of(SIP_TRANSPORT_UDP, false, IPV4 UDP "b@c"), "b@c");
	assert_string_equal(rest_of(SIP_TRANSPORT_UDP, true, IPV4 "b@c"), "b@c");
	assert_string_equal(rest_of(SIP_TRANSPORT_UDP, true,
				    IPV6 "fragment"
					 "b@c"),
			    "b@c");
	assert_string_equal(rest_of(SIP_TRANSPORT_TCP, false, IPV4 TCP_SHORT "b@c"), "b@c");
	assert_string_equal(rest_of(SIP_TRANSPORT_TCP, false, IPV6 TCP_TIMES "b@c"), "b@c");
	assert_string_equal(rest_of(SIP_TRANSPORT_TCP, false, IPV4 TCP_SHORT), "");
	assert_string_equal(rest_of(SIP_TRANSPORT_TCP, false, IPV4), "");
	assert_string_equal(rest_of(SIP_TRANSPORT_UDP, false, "b@c"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers_end_where_they_say),
		cmocka_unit_test(test_line_feeds_in_headers),
		cmocka_unit_test(test_payloads_of_any_kind),
		cmocka_unit_test(test_what_is_no_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
