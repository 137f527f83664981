// SPDX-License-Identifier: BSD-2-Clause
/* Tests of tally.c: what is counted, and who decides the direction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/tally.h"
#include "unit/fixtures.h"

static const struct message invite = { .type = "INVITE", .method = "INVITE", .via = SIP_TRANSPORT_TCP };

static enum link_direction direction_of(bool obeys_direction, const struct link_rules *rules,
					const struct message_path *path)
{
	struct tally tally = { .rules = rules, .counters = counters__new(), .obeys_direction = obeys_direction };
	enum link_direction direction;

	assert_int_equal(tally__count(&tally, &invite, path), 0);
	assert_int_equal(tally.messages, 1);
	assert_int_equal(tally.placed, path != NULL);
	direction = counters__link(tally.counters, 0)->cells[0].direction;
	counters__free(tally.counters);
	return direction;
}

/* Both ends decide, unless the user says what the direction is, or wants that of the host. */
static void test_directions(void **state)
{
	const struct link_rules by_server = { 0 }, by_host = { .direction = LINK_DIRECTION_HOST };
	struct message_path path = {
		.ends = { .has_source = true, .has_target = true, .source_port = 5070, .target_port = 5060 },
		.has_direction = true,
		.direction = LINK_OUT
	};

	path.ends.source = fixture__address("192.0.2.1");
	path.ends.target = fixture__address("192.0.2.2");
	assert_int_equal(direction_of(false, &by_server, &path), LINK_IN);
	assert_int_equal(direction_of(true, &by_server, &path), LINK_OUT);
	assert_int_equal(direction_of(false, &by_host, &path), LINK_OUT);
	path.ends.has_source = false;
	assert_int_equal(direction_of(false, &by_server, &path), LINK_OUT);
	assert_int_equal(direction_of(false, &by_server, NULL), LINK_BOTH);
}

static void test_lines_that_were_not_taken(void **state)
{
	struct tally tally = { .line = 7 };
	char text[2 * TALLY_TEXT_SIZE];

	memset(text, 'x', sizeof(text));
	text[1] = '\0';
	tally__note_untaken(&tally, text, sizeof(text));
	tally.line = 8;
	tally__note_untaken(&tally, "y", 1);
	assert_int_equal(tally.untaken, 2);
	assert_int_equal(tally.first_untaken, 7);
	assert_int_equal(strlen(tally.untaken_text), TALLY_TEXT_SIZE - 1);
	assert_memory_equal(tally.untaken_text, "x?x", 3);
	tally__begin_log(&tally);
	assert_int_equal(tally.untaken, 0);
}

/* Without counters, for a trial, nothing but the numbers changes. */
static void test_trials(void **state)
{
	struct tally tally = { 0 };

	assert_int_equal(tally__count(&tally, &invite, NULL), 0);
	tally__count_reason(&tally, SIPBPF_REASON_MALFORMED);
	assert_int_equal(tally.messages, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_lines_that_were_not_taken),
		cmocka_unit_test(test_trials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
