// SPDX-License-Identifier: BSD-2-Clause
/* Tests of suggestion.c: which known word a mistyped one is taken for, and when for none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/suggestion.h"

static const char *suggest(const char *word)
{
	static const char *const known[] = { "attach",
					     "count",
					     "show",
					     "diff",
					     "status",
					     "max-links",
					     "no-header",
					     "server-port",
					     "INVITE",
					     "UPDATE",
					     "REGISTER",
					     "REFER",
					     "a-word-of-more-than-32-characters" };
	struct suggestion suggestion = suggestion__start(word);

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		suggestion__consider(&suggestion, known[i]);
	return suggestion.best;
}

static void close_words_are_suggested(void **state)
{
	static const struct {
		const char *typed, *wanted;
	} cases[] = {
		{ "attahc", "attach" },
		{ "attacch", "attach" },
		{ "ettach", "attach" },
		{ "cuont", "count" },
		{ "conut", "count" },
		{ "sow", "show" },
		{ "dif", "diff" },
		{ "statsu", "status" },
		{ "maxlinks", "max-links" },
		{ "no-haeders", "no-header" },
		{ "INVTE", "INVITE" },
		{ "invite", "INVITE" },
		{ "serverport", "server-port" },
		{ "REGITSER", "REGISTER" },
		{ "REFFER", "REFER" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_non_null(suggest(cases[i].typed));
		assert_string_equal(suggest(cases[i].typed), cases[i].wanted);
	}
}

static void distant_words_are_not(void **state)
{
	static const char *const typed[] = {
		"", "x", "bogus", "list", "cxxnt", "PUBLISH", "a-word-of-more-than-32-character"
	};

	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++)
		assert_null(suggest(typed[i]));
}

static void the_first_of_equally_close_words_is_suggested(void **state)
{
	struct suggestion suggestion = suggestion__start("count");

	suggestion__consider(&suggestion, "mount");
	suggestion__consider(&suggestion, "court");
	assert_string_equal(suggestion.best, "mount");
	suggestion__consider(&suggestion, "count");
	assert_string_equal(suggestion.best, "count");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(close_words_are_suggested),
		cmocka_unit_test(distant_words_are_not),
		cmocka_unit_test(the_first_of_equally_close_words_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
