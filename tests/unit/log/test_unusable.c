// SPDX-License-Identifier: BSD-2-Clause
/* Tests of unusable.c: how many values, and which of them are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/unusable.h"

static void test_values(void **state)
{
	static struct unusable unusable;
	char text[1024] = "untouched";
	int i;

	assert_int_equal(unusable__describe(&unusable, PATTERN_SRC, text, sizeof(text)), 0);
	assert_string_equal(text, "untouched");
	unusable__note(&unusable, PATTERN_SRC, "a", 1, "x.log", 3);
	assert_int_equal(unusable__describe(&unusable, PATTERN_SRC, text, sizeof(text)), 1);
	assert_string_equal(text, "1 value of src could not be used: 'a' in x.log, line 3");
	for (i = 0; i < 6; i++)
		unusable__note(&unusable, PATTERN_SRC, "bc\0d", 4, "x.log", 4);
	assert_int_equal(unusable__describe(&unusable, PATTERN_SRC, text, sizeof(text)), 7);
	assert_string_equal(text, "7 values of src could not be used: 'a' in x.log, line 3; 'bc?d' in x.log, line 4; "
				  "'bc?d' in x.log, line 4; 'bc?d' in x.log, line 4; 'bc?d' in x.log, line 4; ...");
	assert_int_equal(unusable__describe(&unusable, PATTERN_DST, text, sizeof(text)), 0);
}

/* However long values and names are, and however little room there is. */
static void test_room(void **state)
{
	static struct unusable unusable;
	char value[1000], text[UNUSABLE_TEXT_SIZE];
	int i;

	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (i = 0; i < 6; i++)
		unusable__note(&unusable, PATTERN_TIME, value, strlen(value), value, 1);
	assert_non_null(strstr(unusable.examples[PATTERN_TIME][4], "vvv...' in vvv"));
	assert_int_equal(unusable__describe(&unusable, PATTERN_TIME, text, sizeof(text)), 6);
	assert_in_range(strlen(text), 1, sizeof(text) - 1);
	assert_int_equal(unusable__describe(&unusable, PATTERN_TIME, text, 8), 6);
	assert_string_equal(text, "6 value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
