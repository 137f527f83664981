// SPDX-License-Identifier: BSD-2-Clause
/* Tests of torn.c: which message goes on where. tests/cli/test_log_forms.py has logs with such messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/torn.h"

/* A path between hosts of these numbers. */
static struct message_path path_of(unsigned char source, __u16 source_port, unsigned char target, __u16 target_port)
{
	struct message_path path = { .transport = SIP_TRANSPORT_TCP,
				     .ends = { .has_source = true,
					       .has_target = true,
					       .source_port = source_port,
					       .target_port = target_port } };

	path.ends.source.s6_addr[15] = source;
	path.ends.target.s6_addr[15] = target;
	return path;
}

static void use(struct torn_messages *messages, const struct message_path *path)
{
	struct torn_message *place = torn__place(messages);

	assert_false(place->is_used);
	torn__use(messages, place, path);
}

static void test_paths(void **state)
{
	const struct message_path there = path_of(1, 5070, 2, 5060), back = path_of(2, 5060, 1, 5070),
				  elsewhere = path_of(1, 5071, 2, 5060);
	struct message_path received = there, sent = there;
	struct torn_messages messages = { 0 };

	received.has_direction = sent.has_direction = true;
	received.direction = LINK_IN;
	sent.direction = LINK_OUT;
	assert_null(torn__find(&messages, &there, false));
	use(&messages, &there);
	use(&messages, &received);
	assert_ptr_equal(torn__find(&messages, &there, false), &messages.list[0]);
	assert_ptr_equal(torn__find(&messages, &received, false), &messages.list[1]);
	assert_null(torn__find(&messages, &sent, false));
	assert_null(torn__find(&messages, &back, false));
	assert_null(torn__find(&messages, &elsewhere, false));
	torn__release(&messages, &messages.list[0]);
	assert_null(torn__find(&messages, &there, false));
	torn__free(&messages);
}

/* A fragment has no ports; of several messages, the last one goes on. */
static void test_fragments(void **state)
{
	const struct message_path first = path_of(1, 5070, 2, 5060), second = path_of(1, 5071, 2, 5060),
				  fragment = path_of(1, 0, 2, 0), other = path_of(1, 0, 3, 0);
	struct torn_messages messages = { 0 };

	use(&messages, &first);
	use(&messages, &second);
	assert_null(torn__find(&messages, &fragment, false));
	assert_ptr_equal(torn__find(&messages, &fragment, true), &messages.list[1]);
	assert_null(torn__find(&messages, &other, true));
	torn__free(&messages);
}

static void test_the_oldest_gives_way(void **state)
{
	struct torn_messages messages = { 0 };
	struct message_path path;
	__u16 port;

	for (port = 1; port <= TORN_MAX; port++) {
		path = path_of(1, port, 2, 5060);
		use(&messages, &path);
	}
	assert_ptr_equal(torn__place(&messages), &messages.list[0]);
	torn__release(&messages, &messages.list[0]);
	use(&messages, &path);
	assert_ptr_equal(torn__place(&messages), &messages.list[1]);
	torn__free(&messages);
}

static void test_what_is_behind_a_packet(void **state)
{
	assert_true(torn__may_be_behind_packet(FORM_PACKETS, "", 0));
	assert_true(torn__may_be_behind_packet(FORM_PACKETS | FORM_DOTS, "##", 2));
	assert_false(torn__may_be_behind_packet(FORM_PACKETS, "##", 2));
	assert_false(torn__may_be_behind_packet(FORM_PACKETS | FORM_DOTS, ".", 1));
	assert_false(torn__may_be_behind_packet(FORM_DOTS, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_what_is_behind_a_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
