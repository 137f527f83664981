// SPDX-License-Identifier: BSD-2-Clause
/* Tests of message.c: texts that are messages or not, and where they went. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "classify/message.h"

static void test_texts(void **state)
{
	static const struct {
		const char *text, *type, *method;
		enum sip_transport via;
	} cases[] = {
		{ "INVITE sip:a SIP/2.0\r\nTo: a\r\nCSeq: 1 INVITE\r\nv: SIP/2.0/tls b\r\n\r\n", "INVITE", "INVITE",
		  SIP_TRANSPORT_TLS },
		{ "INVITE sip:a SIP/2.0\nt: <sip:b>;tag=1\nCSeq: 1 INVITE\n\n", "ReINVITE", "INVITE",
		  SIP_TRANSPORT_NONE },
		{ " \r\n\t\nSIP/2.0 180 Ringing\nCSeq: 1 INVITE\nVia: SIP/2.0/UDP c", "180", "INVITE",
		  SIP_TRANSPORT_UDP },
		{ "SIP/2.0 200 OK", "200", "UNKNOWN", SIP_TRANSPORT_NONE },
		{ "FOO sip:a SIP/2.0\nCSeq: 1 BAR\n", "FOO", "BAR", SIP_TRANSPORT_NONE },
		{ "ABCDEFGHIJKLMNOPQRSTUVW sip:a SIP/2.0\n", "ABCDEFGHIJKLMNOPQRSTUVW", "UNKNOWN", SIP_TRANSPORT_NONE },
		{ "ABCDEFGHIJKLMNOPQRSTUVWX sip:a SIP/2.0\n", "UNKNOWN", "UNKNOWN", SIP_TRANSPORT_NONE },
	};
	struct message message;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(message__parse(cases[i].text, strlen(cases[i].text), &message), 0);
		assert_string_equal(message.type, cases[i].type);
		assert_string_equal(message.method, cases[i].method);
		assert_int_equal(message.via, cases[i].via);
	}
}

static void test_what_is_none(void **state)
{
	struct message message = { .type = "same" };

	assert_int_equal(message__parse("", 0, &message), -ENOMSG);
	assert_int_equal(message__parse(" \r\n", 3, &message), -ENOMSG);
	assert_int_equal(message__parse("\0\0", 2, &message), -ENOMSG);
	assert_int_equal(message__parse("GET / HTTP/1.1\r\n\r\n", 18, &message), -ENOMSG);
	assert_int_equal(message__parse("INVITE sip:a SIP/7.0\r\n", 22, &message), -EBADMSG);
	assert_int_equal(message__parse("INVITE sip:a", 12, &message), -ENOMSG);
	assert_string_equal(message.type, "same");
}

static void test_paths(void **state)
{
	const struct link_rules rules = { 0 };
	struct message_path path = { 0 };
	enum link_direction direction;
	struct link link;

	message__find_link(&rules, &path, SIP_TRANSPORT_NONE, &link, &direction);
	assert_int_equal(direction, LINK_BOTH);
	assert_int_equal(link.server_end, LINK_END_UNNAMED);
	assert_int_equal(link.client_end, LINK_END_UNNAMED);
	assert_int_equal(link.transport, SIP_TRANSPORT_UDP);

	assert_int_equal(link__parse_address("10.0.0.2", &path.ends.source), 0);
	path.ends.has_source = true;
	path.ends.source_port = 5060;
	path.ends.target_port = 7;
	message__find_link(&rules, &path, SIP_TRANSPORT_WS, &link, &direction);
	assert_int_equal(direction, LINK_BOTH);
	assert_memory_equal(&link.client, &path.ends.source, 16);
	assert_int_equal(link.server_end, LINK_END_UNNAMED);
	assert_int_equal(link.client_port, 5060);
	assert_int_equal(link.transport, SIP_TRANSPORT_WS);

	assert_int_equal(link__parse_address("10.0.0.1", &path.ends.target), 0);
	path.ends.has_target = true;
	path.transport = SIP_TRANSPORT_TCP;
	message__find_link(&rules, &path, SIP_TRANSPORT_UDP, &link, &direction);
	assert_int_equal(direction, LINK_OUT);
	assert_memory_equal(&link.server, &path.ends.source, 16);
	assert_int_equal(link.transport, SIP_TRANSPORT_TCP);

	path.has_direction = true;
	path.direction = LINK_IN;
	message__find_link(&rules, &path, SIP_TRANSPORT_TLS, &link, &direction);
	assert_int_equal(direction, LINK_IN);
	assert_int_equal(link.server_port, 7);
	assert_int_equal(link.transport, SIP_TRANSPORT_TLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
