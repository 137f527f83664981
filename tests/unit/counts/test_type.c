// SPDX-License-Identifier: BSD-2-Clause
/* The names of message types. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "counts/type.h"

static void test_methods(void **state)
{
	char text[TYPE_TEXT_SIZE];

#define X(id, name) assert_string_equal(type__text(SIP_TYPE_##id, text), name);
	SIP_METHOD_LIST(X)
#undef X
}

static void test_status_codes(void **state)
{
	char text[TYPE_TEXT_SIZE], expected[TYPE_TEXT_SIZE];
	unsigned int code;

	for (code = SIP_TYPE_STATUS_MIN; code <= SIP_TYPE_STATUS_MAX; code++) {
		(void)snprintf(expected, sizeof(expected), "%u", code);
		assert_string_equal(type__text(code, text), expected);
	}
}

/* Numbers between and beyond, and those of extension methods, whose names are not known here. */
static void test_others(void **state)
{
	static const unsigned int others[] = { 0, SIP_TYPE_METHODS_END, 99, 700, 1023, 1024, 0xffff, 0xffffffff };
	char text[TYPE_TEXT_SIZE];
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_string_equal(type__text(others[i], text), "UNKNOWN");
}

static void methods_are_known(void **state)
{
	static const char *const known[] = { "INVITE", "ReINVITE", "PING", "UNKNOWN" };
	static const char *const unknown[] = { "", "invite", "INVTE", "FOO", "200" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_true(type__is_known_method(known[i]));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		assert_false(type__is_known_method(unknown[i]));
}

static void a_mistyped_method_is_suggested(void **state)
{
	assert_string_equal(type__suggest_method("INVTE"), "INVITE");
	assert_string_equal(type__suggest_method("register"), "REGISTER");
	assert_null(type__suggest_method("FOO"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_status_codes),
		cmocka_unit_test(test_others),
		cmocka_unit_test(methods_are_known),
		cmocka_unit_test(a_mistyped_method_is_suggested),
	};

	return cmocka_run_group_tests_name("type", tests, NULL, NULL);
}
