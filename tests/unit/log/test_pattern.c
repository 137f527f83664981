// SPDX-License-Identifier: BSD-2-Clause
/* Tests of pattern.c and literal.h: groups, limits, and the texts that lines must hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log/literal.h"
#include "log/pattern.h"

static char error[PATTERN_ERROR_SIZE];

static struct pattern *new_pattern(const char *text)
{
	struct pattern *pattern = NULL;

	assert_int_equal(pattern__new(text, true, &pattern, error), 0);
	return pattern;
}

static void assert_value(const struct pattern *pattern, enum pattern_group group, const char *wanted)
{
	const char *value = "";
	size_t length = pattern__value(pattern, group, &value);

	assert_int_equal(length, strlen(wanted));
	assert_memory_equal(value, wanted, length);
}

static void test_groups(void **state)
{
	struct pattern *pattern = new_pattern("^(?:to (?<peer>\\S+)|at (?<peer>\\S+)|(?<time>.*))$");

	assert_int_equal(pattern__match(pattern, "to a", 4), 1);
	assert_value(pattern, PATTERN_PEER, "a");
	assert_value(pattern, PATTERN_TIME, "");
	assert_value(pattern, PATTERN_SRC, "");
	assert_int_equal(pattern__match(pattern, "at bcd", 6), 1);
	assert_value(pattern, PATTERN_PEER, "bcd");
	assert_int_equal(pattern__match(pattern, "noon", 4), 1);
	assert_value(pattern, PATTERN_PEER, "");
	assert_value(pattern, PATTERN_TIME, "noon");
	assert_int_equal(pattern__match(pattern, "", 0), 1);
	assert_value(pattern, PATTERN_TIME, "");
	pattern__free(pattern);
	pattern__free(NULL);
}

/* A line like the one before has its values at the same places, whatever its digits are. */
static void test_lines_that_are_alike(void **state)
{
	struct pattern *pattern = NULL;

	assert_int_equal(pattern__new("^at (?<time>\\d+):(?<src>\\d+)?", false, &pattern, error), 0);
	assert_int_equal(pattern__match(pattern, "at 12:34", 8), 1);
	assert_int_equal(pattern__match(pattern, "at 56:78", 8), 1);
	assert_value(pattern, PATTERN_TIME, "56");
	assert_value(pattern, PATTERN_SRC, "78");
	assert_int_equal(pattern__match(pattern, "at 9:", 5), 1);
	assert_value(pattern, PATTERN_TIME, "9");
	assert_value(pattern, PATTERN_SRC, "");
	assert_int_equal(pattern__match(pattern, "in 12:34", 8), 0);
	assert_int_equal(pattern__match(pattern, "in 13:35", 8), 0);
	assert_value(pattern, PATTERN_TIME, "");
	pattern__free(pattern);
}

/* What tells of the path in lines that differ in digits alone. */
static void test_paths(void **state)
{
	static const struct {
		const char *pattern, *line;
		const char *path; /* NULL: none */
	} cases[] = {
		{ "^(?<transport>\\w) (?<time>\\S+) (?<src>\\S+):(?<sport>\\d+)$", "U 12:00 192.0.2.1:5060",
		  "192.0.2.1:5060" },
		{ "^(?<transport>\\w+) (?<src>\\S+) -> (?<dst>\\S+)", "udp6 ::1 -> ::2 x", "udp6 ::1 -> ::2" },
		{ "^(?<src>\\S+) (?<time>\\S+) (?<dst>\\S+)$", "::1 12:00 ::2", NULL },
		{ "^(?<time>\\S+) (?<direction>\\S+)$", "12:00 sent", NULL },
	};
	struct pattern *pattern;
	const struct match *match;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pattern = new_pattern(cases[i].pattern);
		assert_int_equal(pattern__match(pattern, cases[i].line, strlen(cases[i].line)), 1);
		match = pattern__found(pattern);
		assert_ptr_equal(pattern__line(pattern), cases[i].line);
		assert_int_equal(match->path_length, cases[i].path ? strlen(cases[i].path) : 0);
		if (cases[i].path)
			assert_memory_equal(cases[i].line + match->path_from, cases[i].path, match->path_length);
		pattern__free(pattern);
	}
}

static void test_names(void **state)
{
	struct pattern *pattern = NULL;

	assert_int_equal(pattern__new("(?<start>x)", true, &pattern, error), -EINVAL);
	assert_string_equal(error,
			    "unknown group 'start'; the groups are time, src, sport, dst, dport, peer, peerport, "
			    "direction, transport");
	assert_null(pattern);
	assert_int_equal(pattern__new("(?<start>x)", false, &pattern, error), 0);
	pattern__free(pattern);
	pattern = NULL;
	assert_int_equal(pattern__new("a)", true, &pattern, error), -EINVAL);
	assert_non_null(strstr(error, ", at character 2"));
	assert_null(pattern);
	assert_string_equal(pattern__group_name(PATTERN_SOURCE), "source");
}

static void test_a_line_that_takes_too_long(void **state)
{
	struct pattern *pattern = new_pattern("^(a+)+$");
	static const char line[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

	assert_int_equal(pattern__match(pattern, line, strlen(line)), -EINVAL);
	pattern__problem(pattern, error);
	assert_string_equal(error, "match limit exceeded");
	assert_int_equal(pattern__match(pattern, "aa", 2), 1);
	pattern__free(pattern);
}

/* Each line is cheap enough, but there are very many. */
/* What a pattern of ours takes grows with the length of the line, not with its square. */
static void test_steps_of_our_own_patterns(void **state)
{
	static const char text[] = "^(?:.*?x(?<time>\\d))?.*?to (?<peer>\\S+)";
	struct pattern *ours = NULL, *users = new_pattern(text);
	char line[3000];
	size_t i;

	assert_int_equal(pattern__new(text, false, &ours, error), 0);
	memset(line, 'x', sizeof(line));
	assert_int_equal(pattern__match(ours, line, sizeof(line)), 0);
	memcpy(line + sizeof(line) - 4, "to a", 4);
	assert_int_equal(pattern__match(ours, line, sizeof(line)), 1);
	assert_value(ours, PATTERN_PEER, "a");
	for (i = 1; i < sizeof(line); i += 2)
		line[i] = '1';
	assert_int_equal(pattern__match(ours, line, sizeof(line)), -EINVAL);
	assert_int_equal(pattern__match(users, line, sizeof(line)), 0);
	pattern__free(ours);
	pattern__free(users);
}

static void test_the_budget(void **state)
{
	struct pattern *pattern = new_pattern("^(a|aa)+$");
	static const char line[] = "aaaaaaaaaaaaaaaaaaaaaaaab";
	int i, result = 0;

	for (i = 0; i < 100 && !result; i++)
		result = pattern__match(pattern, line, strlen(line));
	assert_int_equal(result, 0);
	pattern__set_budget(pattern, 20000000);
	for (i = 0; i < 1000000 && !result; i++)
		result = pattern__match(pattern, line, strlen(line));
	assert_int_equal(result, -ETIME);
	pattern__problem(pattern, error);
	assert_non_null(strstr(error, "seconds"));
	pattern__free(pattern);
}

static void test_literals(void **state)
{
	static const char *const texts[] = { "-----", " -> ", "<script>: ", "a", "ransmitting " };
	char line[64];
	size_t i, before, length;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct literal literal = literal__of(texts[i]);

		for (before = 0; before < 20; before++) {
			length = (size_t)sprintf(line, "%*s%s.", (int)before, "", texts[i]);
			assert_true(literal__is_in(&literal, line, length));
			assert_true(literal__is_in(&literal, line, length - 1));
			assert_false(literal__is_in(&literal, line, length - 2));
		}
		assert_false(literal__is_in(&literal, texts[i], 0));
	}
}

static void test_literals_of_two_texts(void **state)
{
	const struct literal literal = literal__either("->", "=>");

	assert_true(literal__is_in(&literal, "a -> b", 6));
	assert_true(literal__is_in(&literal, "a => b", 6));
	assert_true(literal__is_in(&literal, "> <a> =>", 8));
	assert_false(literal__is_in(&literal, "a -= <b>", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_lines_that_are_alike),
		cmocka_unit_test(test_literals_of_two_texts),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_a_line_that_takes_too_long),
		cmocka_unit_test(test_steps_of_our_own_patterns),
		cmocka_unit_test(test_the_budget),
		cmocka_unit_test(test_literals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
