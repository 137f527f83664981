// SPDX-License-Identifier: BSD-2-Clause
/* Tests of match_memory.c: which patterns and lines are remembered, and which lines are taken for the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/match_memory.h"

static const struct match found = { .is_match = true, .end = 4, .count = 1, .values = { { .from = 1, .length = 3 } } };

static const struct match *find(struct match_memory *memory, const char *line)
{
	return match_memory__find(memory, line, strlen(line));
}

static void keep(struct match_memory *memory, const char *line)
{
	match_memory__keep(memory, line, strlen(line), &found);
}

static bool is_remembered(const char *pattern)
{
	struct match_memory memory = { 0 };

	match_memory__begin(&memory, pattern);
	keep(&memory, "line");
	return find(&memory, "line") != NULL;
}

static void test_patterns(void **state)
{
	static const char *const alike[] = {
		"^\\d+:\\S*$", "a{2,}b{3}", "[0-9A-F]+", "[^0-9]", "SIP/2\\.0 \\w", "a{,x"
	};
	static const char *const others[] = { "5060",      "[A-Z0-9]",  "(\\d)\\1",  "\\x30",
					      "\\k<time>", "(?P=time)", "SIP/2\\.1", "(*UCP)\\d+",
					      "x{2",       "\\Q1\\E",   "[1-9]",     "a\\" };
	size_t i;

	for (i = 0; i < sizeof(alike) / sizeof(*alike); i++)
		assert_true(is_remembered(alike[i]));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(is_remembered(others[i]));
}

static void test_digits_may_differ(void **state)
{
	struct match_memory memory = { 0 };
	const struct match *match;

	match_memory__begin(&memory, "\\d");
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.1"));
	keep(&memory, "at 12:00:05 from 192.0.2.1");
	match = find(&memory, "at 23:59:60 from 198.7.6.5");
	assert_non_null(match);
	assert_memory_equal(match, &found, sizeof(found));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.10"));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2."));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.x"));
	assert_null(find(&memory, "at 12:00:0: from 192.0.2.1"));
	assert_null(find(&memory, "at 12:00:0/ from 192.0.2.1"));
	assert_null(find(&memory, "at 12.00:05 from 192.0.2.1"));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.\xb1"));
	keep(&memory, "5");
	assert_non_null(find(&memory, "7"));
	assert_null(find(&memory, "x"));
}

static void test_lines_with_a_version_are_not_kept(void **state)
{
	struct match_memory memory = { 0 };

	match_memory__begin(&memory, "SIP/2\\.0");
	keep(&memory, "SIP/2.0");
	assert_null(find(&memory, "SIP/2.0"));
}

static void test_the_rest_may_differ(void **state)
{
	struct match_memory memory = { 0 };

	match_memory__begin(&memory, "^p\\d:");
	match_memory__ignore_rest(&memory);
	keep(&memory, "p12: this");
	assert_non_null(find(&memory, "p34: that, which is longer"));
	assert_null(find(&memory, "p12:x"));
	assert_null(find(&memory, "p12:"));
	keep(&memory, "p12:");
	assert_non_null(find(&memory, "p34:"));
	assert_null(find(&memory, "p34:x"));
}

static void test_the_oldest_gives_way(void **state)
{
	struct match_memory memory = { 0 };
	char line[] = "line a";
	int i;

	match_memory__begin(&memory, "x");
	for (i = 0; i <= MATCH_MEMORY_LINES; i++) {
		line[sizeof(line) - 2] = (char)('a' + i);
		keep(&memory, line);
		assert_non_null(find(&memory, line));
	}
	assert_null(find(&memory, "line a"));
	assert_non_null(find(&memory, "line b"));
}

static void test_long_lines_are_not_kept(void **state)
{
	struct match_memory memory = { 0 };
	char line[MATCH_MEMORY_LENGTH + 2];

	match_memory__begin(&memory, "x");
	memset(line, 'x', sizeof(line));
	line[MATCH_MEMORY_LENGTH + 1] = '\0';
	keep(&memory, line);
	assert_null(find(&memory, line));
	keep(&memory, line + 1);
	assert_non_null(find(&memory, line + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_digits_may_differ),
		cmocka_unit_test(test_lines_with_a_version_are_not_kept),
		cmocka_unit_test(test_the_rest_may_differ),
		cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_long_lines_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
