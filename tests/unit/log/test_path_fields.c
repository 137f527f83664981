// SPDX-License-Identifier: BSD-2-Clause
/* Tests of path_fields.c: which end a value belongs to, and values that come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log/path_fields.h"

static struct path_fields fields;

static int enter(struct message_path *path, enum pattern_group group, const char *text)
{
	return path_fields__enter(&fields, group, text, strlen(text), path);
}

static void assert_address(const struct in6_addr *address, const char *wanted)
{
	char text[INET6_ADDRSTRLEN];

	assert_string_equal(link__address_text(address, text), wanted);
}

static void test_each_group_has_its_end(void **state)
{
	struct message_path path = { 0 };

	assert_int_equal(enter(&path, PATTERN_SRC, "192.0.2.1"), 0);
	assert_int_equal(enter(&path, PATTERN_SPORT, "5070"), 0);
	assert_int_equal(enter(&path, PATTERN_DST, "[2001:db8::2]"), 0);
	assert_int_equal(enter(&path, PATTERN_DPORT, "sip"), 0);
	assert_int_equal(enter(&path, PATTERN_TRANSPORT, "tcp"), 0);
	assert_int_equal(enter(&path, PATTERN_TIME, "noon"), 0);
	assert_true(path.ends.has_source && path.ends.has_target && !path.has_direction);
	assert_address(&path.ends.source, "192.0.2.1");
	assert_address(&path.ends.target, "2001:db8::2");
	assert_int_equal(path.ends.source_port, 5070);
	assert_int_equal(path.ends.target_port, 5060);
	assert_int_equal(path.transport, SIP_TRANSPORT_TCP);
}

static void test_the_direction_tells_the_end(void **state)
{
	struct message_path sent = { 0 }, received = { 0 };

	assert_int_equal(enter(&sent, PATTERN_DIRECTION, "sent"), 0);
	assert_int_equal(enter(&sent, PATTERN_PEER, "192.0.2.1"), 0);
	assert_int_equal(enter(&sent, PATTERN_PEERPORT, "5070"), 0);
	assert_true(sent.has_direction && sent.direction == LINK_OUT && sent.ends.has_target && !sent.ends.has_source);
	assert_int_equal(sent.ends.target_port, 5070);
	assert_int_equal(enter(&received, PATTERN_DIRECTION, "received"), 0);
	assert_int_equal(enter(&received, PATTERN_PEER, "192.0.2.1"), 0);
	assert_int_equal(enter(&received, PATTERN_PEERPORT, "5070"), 0);
	assert_true(received.direction == LINK_IN && received.ends.has_source && !received.ends.has_target);
	assert_int_equal(received.ends.source_port, 5070);
}

static void test_an_own_end_for_all_addresses_is_unknown(void **state)
{
	struct message_path path = { 0 };

	assert_int_equal(enter(&path, PATTERN_SRC, "0.0.0.0"), 0);
	assert_int_equal(enter(&path, PATTERN_DST, "::"), 0);
	assert_false(path.ends.has_source || path.ends.has_target);
	assert_int_equal(enter(&path, PATTERN_PEER, "0.0.0.0"), 0);
	assert_true(path.ends.has_source);
}

static void test_what_is_no_value(void **state)
{
	static const enum pattern_group groups[] = { PATTERN_SRC,       PATTERN_SPORT,    PATTERN_DST,
						     PATTERN_DPORT,     PATTERN_PEER,     PATTERN_PEERPORT,
						     PATTERN_DIRECTION, PATTERN_TRANSPORT };
	struct message_path path = { 0 }, untouched = { 0 };
	size_t i;

	for (i = 0; i < 2 * sizeof(groups) / sizeof(*groups); i++) /* twice: it must not be remembered as one */
		assert_int_equal(enter(&path, groups[i / 2], "nothing"), -EINVAL);
	assert_memory_equal(&path, &untouched, sizeof(path));
}

/* Far more addresses than can be remembered, so that they displace each other; and a long one, which is not kept. */
static void test_many_values(void **state)
{
	char text[80], wanted[INET6_ADDRSTRLEN];
	struct message_path path;
	int i;

	for (i = 0; i < 20000; i++) {
		path = (struct message_path){ 0 };
		snprintf(wanted, sizeof(wanted), "192.0.%d.%d", i % 100 / 10, i % 7);
		assert_int_equal(enter(&path, PATTERN_SRC, wanted), 0);
		assert_address(&path.ends.source, wanted);
		snprintf(text, sizeof(text), "2001:db8:1111:2222:3333:4444:5555:%x%%interface%d", i % 50 + 1, i % 3);
		snprintf(wanted, sizeof(wanted), "2001:db8:1111:2222:3333:4444:5555:%x", i % 50 + 1);
		assert_int_equal(enter(&path, PATTERN_DST, text), 0);
		assert_address(&path.ends.target, wanted);
		assert_int_equal(enter(&path, PATTERN_DIRECTION, i % 2 ? "in" : "out"), 0);
		assert_int_equal(path.direction, i % 2 ? LINK_IN : LINK_OUT);
		assert_int_equal(enter(&path, PATTERN_TRANSPORT, i % 3 ? "udp" : "tls"), 0);
		assert_int_equal(path.transport, i % 3 ? SIP_TRANSPORT_UDP : SIP_TRANSPORT_TLS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_group_has_its_end),
		cmocka_unit_test(test_the_direction_tells_the_end),
		cmocka_unit_test(test_an_own_end_for_all_addresses_is_unknown),
		cmocka_unit_test(test_what_is_no_value),
		cmocka_unit_test(test_many_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
