// SPDX-License-Identifier: BSD-2-Clause
/* Tests of prefix_memory.c: which lines begin alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/prefix_memory.h"

static const struct match *find(struct prefix_memory *memory, const char *line)
{
	return prefix_memory__find(memory, line, strlen(line));
}

static void keep(struct prefix_memory *memory, const char *line, size_t end)
{
	const struct match found = { .is_match = true, .end = end };

	prefix_memory__keep(memory, line, strlen(line), &found);
}

static void test_the_rest_may_differ(void **state)
{
	struct prefix_memory memory = { 0 };

	assert_null(find(&memory, "p12: this"));
	keep(&memory, "p12: this", 4);
	assert_int_equal(find(&memory, "p34: that, which is longer")->end, 4);
	assert_non_null(find(&memory, "p34: "));
	assert_null(find(&memory, "p12:x"));
	assert_null(find(&memory, "p12:"));
	keep(&memory, "p12:", 4);
	assert_non_null(find(&memory, "p34:"));
	assert_null(find(&memory, "p34:x"));
}

static void test_digits_may_differ(void **state)
{
	struct prefix_memory memory = { 0 };

	keep(&memory, "at 12:00:05 host1 program[4311]: text", 31);
	assert_non_null(find(&memory, "at 13:01:16 host2 program[9999]: other"));
	assert_null(find(&memory, "at 13:01:16 host2 program[99999]: other"));
	assert_null(find(&memory, "at 13:01:16 hostx program[9999]: other"));
	assert_null(find(&memory, "at 13:01:16 host2 Program[9999]: other"));
}

static void test_the_oldest_gives_way(void **state)
{
	struct prefix_memory memory = { 0 };
	char line[] = "program a: text";
	int i;

	for (i = 0; i <= PREFIX_MEMORY_PREFIXES; i++) {
		line[8] = (char)('a' + i);
		keep(&memory, line, 10);
		assert_non_null(find(&memory, line));
	}
	assert_null(find(&memory, "program a: text"));
	assert_non_null(find(&memory, "program b: text"));
}

static void test_what_is_not_kept(void **state)
{
	static const struct match none = { .is_match = false };
	struct prefix_memory memory = { 0 };
	char line[PREFIX_MEMORY_LENGTH + 3];

	prefix_memory__keep(&memory, "line", 4, &none);
	assert_null(find(&memory, "line"));
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	keep(&memory, line, PREFIX_MEMORY_LENGTH);
	assert_null(find(&memory, line));
	keep(&memory, line, PREFIX_MEMORY_LENGTH - 1);
	assert_non_null(find(&memory, line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rest_may_differ),
		cmocka_unit_test(test_digits_may_differ),
		cmocka_unit_test(test_the_oldest_gives_way),
		cmocka_unit_test(test_what_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
