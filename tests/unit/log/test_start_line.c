// SPDX-License-Identifier: BSD-2-Clause
/* Tests of start_line.c: which lines may be start lines, and where one begins behind other text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "classify/message.h"
#include "log/start_line.h"

static void test_possible_lines(void **state)
{
	static const char *const possible[] = { "SIP/2.0 200 OK", "INVITE sip:a SIP/2.0", "a/b sip/7",
						"Via: SIP/2.0/UDP a" };
	static const char *const others[] = { "", "/", "IP/2.0", "To: <sip:a>", "a=rtpmap:8 PCMA/8000", "SIP" };
	size_t i;

	for (i = 0; i < sizeof(possible) / sizeof(*possible); i++)
		assert_true(start_line__is_possible(possible[i], strlen(possible[i])));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(start_line__is_possible(others[i], strlen(others[i])));
}

static void test_likely_lines(void **state)
{
	static const char *const likely[] = { "SIP/2.0 200 OK", "INVITE sip:a SIP/2.0", "sip/2.0 100" };
	static const char *const others[] = { "", "SIP/2.0", "Via: SIP/2.0/UDP a", "To: <sip:a>" };
	size_t i;

	for (i = 0; i < sizeof(likely) / sizeof(*likely); i++)
		assert_true(start_line__is_likely(likely[i], strlen(likely[i])));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(start_line__is_likely(others[i], strlen(others[i])));
}

/* What stands alone is found from its first byte on. */
static void test_lines_alone(void **state)
{
	static const char *const alone[] = { "SIP/2.0 200 OK", "INVITE sip:a SIP/2.0", "FOO sip:a SIP/2.0" };
	static const char *const others[] = { "xINVITE sip:a SIP/2.0",
					      "XINVITE sip:a SIP/2.0",
					      "x SIP/2.0 200 OK",
					      "INVITE tel:1 SIP/2.0",
					      "SIP/2.0 200 INVITE sip:a SIP/2.0",
					      "" };
	size_t i, offset, from;

	for (i = 0; i < sizeof(alone) / sizeof(*alone); i++) {
		assert_true(start_line__is_alone(alone[i], strlen(alone[i])));
		assert_true(start_line__find(alone[i], strlen(alone[i]), &offset, &from));
		assert_int_equal(offset, 0);
		assert_int_equal(from, 0);
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(start_line__is_alone(others[i], strlen(others[i])));
}

/* What is certain is a start line for the classifier too. */
static void test_certain_lines(void **state)
{
	static const char *const certain[] = { "SIP/2.0 200 OK", "SIP/2.0 699", "SIP/2.0 100 ", "INVITE sip:a SIP/2.0",
					       "X sip: SIP/2.0" };
	static const char *const others[] = { "",
					      "SIP/2.0 2000",
					      "SIP/2.0 700 No",
					      "SIP/2.0  200 OK",
					      "INVITE  sip:a SIP/2.0",
					      "INVITE sip:a b SIP/2.0",
					      "INVITE sip:a\x01 SIP/2.0",
					      "INVITE sip:a SIP/2.1",
					      "invite sip:a SIP/2.0",
					      "INVITE tel:1 SIP/2.0",
					      " sip:a SIP/2.0" };
	struct message message;
	size_t i;

	for (i = 0; i < sizeof(certain) / sizeof(*certain); i++) {
		assert_true(start_line__is_certain(certain[i], strlen(certain[i])));
		assert_int_equal(message__parse(certain[i], strlen(certain[i]), &message), 0);
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(start_line__is_certain(others[i], strlen(others[i])));
}

static void test_lines_behind_other_text(void **state)
{
	static const struct {
		const char *line, *start, *from; /* NULL: there is none */
	} lines[] = {
		{ "INVITE sip:a SIP/2.0", "INVITE sip:a SIP/2.0", "INVITE sip:a SIP/2.0" },
		{ "\x01Z......PINVITE sip:a SIP/2.0", "INVITE sip:a SIP/2.0", "Z......PINVITE sip:a SIP/2.0" },
		{ "...PRACK sip:a SIP/2.0", "PRACK sip:a SIP/2.0", "...PRACK sip:a SIP/2.0" },
		{ "..\x01QWERTY sip:a SIP/2.0", "QWERTY sip:a SIP/2.0", "QWERTY sip:a SIP/2.0" },
		{ "x SIP/2.0 200 OK", "SIP/2.0 200 OK", "SIP/2.0 200 OK" },
		{ "..>..SIP/2.0 100 Trying", "SIP/2.0 100 Trying", "SIP/2.0 100 Trying" },
		{ "INVITE  sip:a SIP/2.0", NULL, NULL },
		{ "INVITE sip:a SIP/2.0 ", NULL, NULL },
		{ "invite sip:a SIP/2.0", NULL, NULL },
		{ "INVITE a SIP/2.0", NULL, NULL },
		{ " SIP/2.0", NULL, NULL },
		{ "a SIP/2.0", NULL, NULL },
		{ "SIP/2.0 20 OK", NULL, NULL },
		{ "SIP/2.0/UDP 200", NULL, NULL },
		{ "", NULL, NULL },
	};
	size_t i, offset, from;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		bool is_found = start_line__find(lines[i].line, strlen(lines[i].line), &offset, &from);

		assert_int_equal(is_found, lines[i].start != NULL);
		if (is_found) {
			assert_string_equal(lines[i].line + offset, lines[i].start);
			assert_string_equal(lines[i].line + from, lines[i].from);
		}
	}
}

static void test_lines_that_were_meant(void **state)
{
	static const char *const meant[] = { "> INVITE sip:a SIP/2.0", "x SIP/2.0 404 Not Found",
					     "INVITE sips:a SIP/2.0 HTTP", "OPTIONS  tel:+1 SIP/2.0.",
					     "\"SIP/2.0 200" };
	static const char *const others[] = { "",
					      "Via: SIP/2.0/UDP a",
					      "it uses SIP/2.0 now",
					      "SIP/2.0",
					      "INVITE sip:a SIP/2.01",
					      "HTTP/1.1 200 OK",
					      "SIP/2.0 2000" };
	size_t i;

	for (i = 0; i < sizeof(meant) / sizeof(*meant); i++)
		assert_true(start_line__is_meant(meant[i], strlen(meant[i])));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(start_line__is_meant(others[i], strlen(others[i])));
}

/* All bytes before the URI that a method may have. */
static void test_methods(void **state)
{
	static const char line[] = "a@.b-INVITE sip:c@d SIP/2.0", response[] = "x SIP/2.0 200 OK";
	size_t from = 0, to = 0;

	assert_true(start_line__find_method(line, strlen(line), &from, &to));
	assert_int_equal(from, 2);
	assert_int_equal(to, 11);
	assert_false(start_line__find_method(line, strlen(line) - 1, &from, &to));
	assert_false(start_line__find_method(line + to, strlen(line + to), &from, &to));
	assert_false(start_line__find_method(response, strlen(response), &from, &to));
	assert_true(start_line__is_known_method("INVITE", 6));
	assert_false(start_line__is_known_method("XINVITE", 7));
	assert_false(start_line__is_known_method("NVITE", 5));
	assert_false(start_line__is_known_method("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_possible_lines),
		cmocka_unit_test(test_likely_lines),
		cmocka_unit_test(test_certain_lines),
		cmocka_unit_test(test_lines_alone),
		cmocka_unit_test(test_lines_behind_other_text),
		cmocka_unit_test(test_lines_that_were_meant),
		cmocka_unit_test(test_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
