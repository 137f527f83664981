// SPDX-License-Identifier: BSD-2-Clause
/* Tests of forms.c: the table is complete, and its example lines are of their forms. tests/cli/test_log_forms.py has logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "log/forms.h"
#include "log/literal.h"
#include "log/pattern.h"

static bool matches(const struct form_line *line, const char *text)
{
	char error[PATTERN_ERROR_SIZE];
	struct pattern *pattern;
	struct literal literal;
	int result;

	assert_int_equal(pattern__new(line->pattern, false, &pattern, error), 0);
	result = pattern__match(pattern, text, strlen(text));
	assert_in_range(result, 0, 1);
	pattern__free(pattern);
	if (line->literal) {
		literal = literal__either(line->literal, line->other);
		result = result && literal__is_in(&literal, text, strlen(text));
	}
	return result && (!line->first || strchr(line->first, text[0]));
}

static void test_examples(void **state)
{
	const struct form_line *line;
	size_t i;

	for (i = 0; i < forms_count; i++) {
		bool is_matched = !forms[i].lines[0].role;

		for (line = forms[i].lines; line < forms[i].lines + FORMS_LINES_MAX && line->role; line++)
			is_matched |= matches(line, forms[i].example);
		if (!is_matched)
			fail_msg("%s: its example is not matched", forms[i].name);
	}
}

/* A form that is tried has a line that begins its records, with a text that a log can be searched for. */
static void test_the_table_is_complete(void **state)
{
	size_t i, j;

	for (i = 0; i < forms_count; i++) {
		assert_true(forms[i].name && forms[i].what && forms[i].example);
		assert_true(forms[i].lines[0].role == FORM_BEGINS || &forms[i] == forms__plain());
		for (j = 0; j < i; j++)
			assert_string_not_equal(forms[i].name, forms[j].name);
	}
}

static void test_names(void **state)
{
	const char *nearest = NULL;

	assert_ptr_equal(forms__find("plain", &nearest), forms__plain());
	assert_null(forms__find("tcpdmup", &nearest));
	assert_string_equal(nearest, "tcpdump");
	assert_null(forms__find("", &nearest));
	assert_null(nearest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_the_table_is_complete),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
