// SPDX-License-Identifier: BSD-2-Clause
/* Tests of text.c: what a terminal may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void assert_printable(const char *text, const char *wanted, size_t width)
{
	size_t got;
	char *printable = text__printable(text, &got);

	assert_string_equal(printable, wanted);
	assert_int_equal(got, width);
	free(printable);
}

static void test_plain_text_stays(void **state)
{
	assert_printable("", "", 0);
	assert_printable("X-METHOD.!%*_+`'~", "X-METHOD.!%*_+`'~", 17);
	assert_printable("a \\x1b \" z", "a \\x1b \" z", 10);
}

static void test_utf8_stays(void **state)
{
	assert_printable("\xc2\xa0", "\xc2\xa0", 1);
	assert_printable("K\xc3\xb6ln", "K\xc3\xb6ln", 4);
	assert_printable("\xe2\x82\xac\xf0\x9f\x93\x9e\xf4\x8f\xbf\xbf", "\xe2\x82\xac\xf0\x9f\x93\x9e\xf4\x8f\xbf\xbf",
			 3);
}

static void test_control_characters_are_escaped(void **state)
{
	assert_printable("\x1b[2J", "\\x1b[2J", 7);
	assert_printable("\r\n\t\x01\x1f", "\\x0d\\x0a\\x09\\x01\\x1f", 20);
	assert_printable("\x7f", "\\x7f", 4);
	assert_printable("\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f", 24);
}

static void test_invisible_characters_are_escaped(void **state)
{
	assert_printable("\xc2\xad", "\\xc2\\xad", 8);                    /* soft hyphen */
	assert_printable("\xe2\x80\x8b", "\\xe2\\x80\\x8b", 12);          /* zero width space */
	assert_printable("\xef\xbb\xbf", "\\xef\\xbb\\xbf", 12);          /* byte order mark */
	assert_printable("\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81", 16); /* tag */
}

/* All that Unicode calls Bidi_Control. */
static void test_direction_controls_are_escaped(void **state)
{
	static const char *const controls[] = {
		"\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
		"\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
	};
	char *printable;
	size_t width, i;

	for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		printable = text__printable(controls[i], &width);
		assert_int_equal(width, 4 * strlen(controls[i]));
		assert_memory_equal(printable, "\\x", 2);
		free(printable);
	}
	assert_printable("\xd8\x9b\xd8\x9d", "\xd8\x9b\xd8\x9d", 2); /* their neighbours */
	assert_printable("\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf", 2);
}

static void test_what_is_no_utf8_is_escaped(void **state)
{
	assert_printable("\x80", "\\x80", 4);
	assert_printable("\xff"
			 "A",
			 "\\xffA", 5);
	assert_printable("\xc3", "\\xc3", 4); /* cut off */
	assert_printable("\xe2\x82", "\\xe2\\x82", 8);
	assert_printable("\xc3"
			 "A",
			 "\\xc3A", 5);
	assert_printable("\xc0\xaf", "\\xc0\\xaf", 8); /* overlong */
	assert_printable("\xe0\x80\xaf", "\\xe0\\x80\\xaf", 12);
	assert_printable("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf", 16);
	assert_printable("\xed\xa0\x80", "\\xed\\xa0\\x80", 12);          /* surrogate */
	assert_printable("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16); /* beyond the last */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text_stays),
		cmocka_unit_test(test_utf8_stays),
		cmocka_unit_test(test_control_characters_are_escaped),
		cmocka_unit_test(test_invisible_characters_are_escaped),
		cmocka_unit_test(test_direction_controls_are_escaped),
		cmocka_unit_test(test_what_is_no_utf8_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
