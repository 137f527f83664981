// SPDX-License-Identifier: BSD-2-Clause
/* Notices as lines, as they pass from one process to another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/notices.h"

#define SIZE 128

static void all_that_fit_come_back(void **state)
{
	struct notices notices = {}, again = {};
	char lines[SIZE];

	memset(lines, 'x', sizeof(lines));
	assert_int_equal(notices__add(&notices, "%s: no packet for %dm", "eth0", 10), 0);
	assert_int_equal(notices__add(&notices, "TLS on 8443"), 0);
	notices__join(&notices, lines, sizeof(lines));
	assert_string_equal(lines, "eth0: no packet for 10m\nTLS on 8443\n");
	for (size_t i = strlen(lines); i < sizeof(lines); i++)
		assert_int_equal(lines[i], 0);
	assert_int_equal(notices__split(lines, sizeof(lines), &again), 0);
	assert_int_equal(again.count, 2);
	assert_string_equal(again.list[0], "eth0: no packet for 10m");
	assert_string_equal(again.list[1], "TLS on 8443");
	notices__clear(&notices);
	notices__clear(&again);
}

static void none_are_no_lines(void **state)
{
	struct notices notices = {}, again = {};
	char lines[SIZE];

	notices__join(&notices, lines, sizeof(lines));
	assert_string_equal(lines, "");
	assert_int_equal(notices__split(lines, sizeof(lines), &again), 0);
	assert_int_equal(again.count, 0);
}

/* Of any length, and however many: what does not fit is counted, and no line is cut. */
static void what_does_not_fit_is_counted(void **state)
{
	for (int length = 1; length < 2 * SIZE; length++) {
		struct notices notices = {}, again = {};
		char lines[SIZE], text[2 * SIZE] = "", last[32];

		memset(text, 'a', (size_t)length);
		for (int i = 0; i < 100; i++)
			assert_int_equal(notices__add(&notices, "%s", text), 0);
		notices__join(&notices, lines, sizeof(lines));
		assert_int_equal(lines[SIZE - 1], 0);
		assert_int_equal(notices__split(lines, sizeof(lines), &again), 0);
		assert_true(again.count >= 1);
		for (size_t i = 0; i + 1 < again.count; i++)
			assert_string_equal(again.list[i], text);
		snprintf(last, sizeof(last), "%zu more", 100 - (again.count - 1));
		assert_string_equal(again.list[again.count - 1], last);
		notices__clear(&notices);
		notices__clear(&again);
	}
}

/* Somebody else may have written them. */
static void lines_that_are_not_whole_end_there(void **state)
{
	struct notices notices = {};

	assert_int_equal(notices__split("one\ntwo", 7, &notices), 0);
	assert_int_equal(notices.count, 1);
	assert_string_equal(notices.list[0], "one");
	assert_int_equal(notices__split("one\ntwo\n", 4, &notices), 0);
	assert_int_equal(notices.count, 2);
	notices__clear(&notices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_fit_come_back),
		cmocka_unit_test(none_are_no_lines),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(lines_that_are_not_whole_end_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
