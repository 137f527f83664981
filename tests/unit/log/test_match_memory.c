// SPDX-License-Identifier: BSD-2-Clause
/* Tests of match_memory.c: which patterns suit, which lines are remembered, and which are taken for the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/match_memory.h"

#define PATTERNS 5U

static const struct match found = { .is_match = true, .end = 4, .count = 1, .values = { { .from = 1, .length = 3 } } };

static const struct match *find(struct match_memory *memory, const char *line)
{
	return match_memory__find(memory, PATTERNS, line, strlen(line));
}

static void assert_found(const struct match *match)
{
	struct match other;

	assert_non_null(match);
	other = *match;
	assert_true(other.serial > 0);
	other.serial = 0;
	assert_memory_equal(&other, &found, sizeof(found));
}

static void keep(struct match_memory *memory, const char *line)
{
	(void)find(memory, line);
	match_memory__keep(memory, &found);
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
		assert_true(match_memory__suits(alike[i]));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(match_memory__suits(others[i]));
}

static void test_digits_may_differ(void **state)
{
	struct match_memory memory = { 0 };
	const struct match *match;
	uint64_t serial;

	assert_null(find(&memory, "at 12:00:05 from 192.0.2.1"));
	keep(&memory, "at 12:00:05 from 192.0.2.1");
	match = find(&memory, "at 23:59:60 from 198.7.6.5");
	assert_found(match);
	serial = match->serial;
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.10"));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2."));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.x"));
	assert_null(find(&memory, "at 12:00:0: from 192.0.2.1"));
	assert_null(find(&memory, "at 12:00:0/ from 192.0.2.1"));
	assert_null(find(&memory, "at 12.00:05 from 192.0.2.1"));
	assert_null(find(&memory, "at 12:00:05 from 192.0.2.\xb1"));
	keep(&memory, "5");
	assert_int_not_equal(find(&memory, "7")->serial, serial);
	assert_null(find(&memory, "x"));
	match_memory__free(&memory);
}

/* What some patterns found says nothing of others. */
static void test_other_patterns(void **state)
{
	struct match_memory memory = { 0 };

	keep(&memory, "line");
	assert_null(match_memory__find(&memory, PATTERNS | 2, "line", 4));
	assert_null(match_memory__find(&memory, PATTERNS & 1, "line", 4));
	assert_non_null(match_memory__find(&memory, PATTERNS, "line", 4));
	match_memory__free(&memory);
}

static void test_versions_may_not_differ(void **state)
{
	struct match_memory memory = { 0 };

	keep(&memory, "12/13 INVITE sip:5 SIP/2.0");
	assert_non_null(find(&memory, "14/15 INVITE sip:6 SIP/2.0"));
	assert_null(find(&memory, "12/13 INVITE sip:5 SIP/2.1"));
	assert_null(find(&memory, "12/13 INVITE sip:5 SIP/3.0"));
	keep(&memory, "SIP/2.0 200 SIP/1");
	assert_non_null(find(&memory, "SIP/2.0 180 SIP/1"));
	assert_null(find(&memory, "SIP/2.0 180 SIP/2"));
	assert_null(find(&memory, "SIP/3.0 180 SIP/1"));
	match_memory__free(&memory);
}

/* Lines that come in the same order are found sooner, but no others for them. */
static void test_lines_in_order(void **state)
{
	static const char *const lines[] = { "a 1", "from 192.0.2.1 to 192.0.2.2", "x SIP/2.0", "four",
					     "twelve bytes" };
	static const char *const others[] = { "b 1", "from 192.0.2.1 to 192.0.2:2", "x SIP/2.1", "foul",
					      "twelve bites" };
	struct match_memory memory = { 0 };
	size_t count = sizeof(lines) / sizeof(*lines), i;

	for (i = 0; i < 3 * count; i++) {
		if (i < count) {
			keep(&memory, lines[i]);
			continue;
		}
		assert_null(find(&memory, others[i % count]));
		assert_null(match_memory__find(&memory, PATTERNS | 2, lines[i % count], strlen(lines[i % count])));
		assert_found(find(&memory, lines[i % count]));
	}
	match_memory__free(&memory);
}

static void test_many_lines_are_kept(void **state)
{
	struct match_memory memory = { 0 };
	char line[] = "line aa";
	unsigned int i, known = 0;

	for (i = 0; i < MATCH_MEMORY_LINES / 4; i++) {
		line[5] = (char)('A' + i / 26);
		line[6] = (char)('a' + i % 26);
		keep(&memory, line);
		assert_non_null(find(&memory, line));
	}
	for (i = 0; i < MATCH_MEMORY_LINES / 4; i++) {
		line[5] = (char)('A' + i / 26);
		line[6] = (char)('a' + i % 26);
		known += find(&memory, line) != NULL;
	}
	assert_true(known > MATCH_MEMORY_LINES / 8);
	match_memory__free(&memory);
}

static void test_long_lines_are_not_kept(void **state)
{
	struct match_memory memory = { 0 };
	char line[MATCH_MEMORY_LENGTH + 2];

	memset(line, 'x', sizeof(line));
	line[MATCH_MEMORY_LENGTH + 1] = '\0';
	keep(&memory, line);
	assert_null(find(&memory, line));
	keep(&memory, line + 1);
	assert_non_null(find(&memory, line + 1));
	match_memory__free(&memory);
}

static void test_empty_lines_are_not_kept(void **state)
{
	struct match_memory memory = { 0 };

	keep(&memory, "");
	assert_null(find(&memory, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_digits_may_differ),
		cmocka_unit_test(test_other_patterns),
		cmocka_unit_test(test_versions_may_not_differ),
		cmocka_unit_test(test_lines_in_order),
		cmocka_unit_test(test_many_lines_are_kept),
		cmocka_unit_test(test_long_lines_are_not_kept),
		cmocka_unit_test(test_empty_lines_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
