// SPDX-License-Identifier: BSD-2-Clause
/* Tests of prefix_memory.c: which lines begin alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/prefix_memory.h"

static int find(struct prefix_memory *memory, const char *line)
{
	return prefix_memory__find(memory, line, strlen(line));
}

static int keep(struct prefix_memory *memory, const char *beginning)
{
	return prefix_memory__keep(memory, beginning, strlen(beginning), false);
}

static void test_the_rest_may_differ(void **state)
{
	struct prefix_memory memory = { 0 };

	assert_int_equal(find(&memory, "p12: this"), -1);
	assert_int_equal(keep(&memory, "p12: "), 0);
	assert_int_equal(find(&memory, "p34: that, which is longer"), 0);
	assert_int_equal(find(&memory, "p34: "), 0);
	assert_int_equal(find(&memory, "p12:x"), -1);
	assert_int_equal(find(&memory, "p12:"), -1);
	assert_int_equal(prefix_memory__keep(&memory, "p12:", 4, true), 1);
	assert_int_equal(find(&memory, "p34:"), 1);
	assert_int_equal(find(&memory, "p34:x"), -1);
	assert_int_equal(find(&memory, "p34: x"), 0);
}

static void test_digits_may_differ(void **state)
{
	struct prefix_memory memory = { 0 };

	keep(&memory, "at 12:00:05 host1 program[4311]: ");
	assert_int_equal(find(&memory, "at 13:01:16 host2 program[9999]: other"), 0);
	assert_int_equal(find(&memory, "at 13:01:16 host2 program[99999]: other"), -1);
	assert_int_equal(find(&memory, "at 13:01:16 hostx program[9999]: other"), -1);
	assert_int_equal(find(&memory, "at 13:01:16 host2 Program[9999]: other"), -1);
}

static void test_the_oldest_gives_way(void **state)
{
	struct prefix_memory memory = { 0 };
	char line[] = "program a: text";
	int i;

	for (i = 0; i <= PREFIX_MEMORY_PLACES; i++) {
		line[8] = (char)('a' + i);
		assert_int_equal(prefix_memory__keep(&memory, line, strlen("program a: "), false),
				 i % PREFIX_MEMORY_PLACES);
		assert_int_equal(find(&memory, line), i % PREFIX_MEMORY_PLACES);
	}
	assert_int_equal(find(&memory, "program a: text"), -1);
	assert_int_equal(find(&memory, "program b: text"), 1);
}

static void test_long_ones_are_not_kept(void **state)
{
	struct prefix_memory memory = { 0 };
	char line[PREFIX_MEMORY_LENGTH + 2];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(keep(&memory, line), -1);
	assert_int_equal(find(&memory, line), -1);
	assert_int_equal(keep(&memory, line + 1), 0);
	assert_int_equal(find(&memory, line), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rest_may_differ),
		cmocka_unit_test(test_digits_may_differ),
		cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_long_ones_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
