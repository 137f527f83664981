// SPDX-License-Identifier: BSD-2-Clause
/* Tests of body.c: which bodies may hold SIP, and when a Content-Length fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "log/body.h"

static void test_types(void **state)
{
	static const struct {
		const char *type;
		enum body_kind kind;
	} types[] = {
		{ "application/sdp", BODY_OTHER },
		{ "Application/SDP;x=y", BODY_OTHER },
		{ "message/sipfrag", BODY_SIP },
		{ "message/sip", BODY_SIP },
		{ "application/sip", BODY_SIP },
		{ "multipart/mixed;boundary=b", BODY_MULTIPART },
		{ "text/plain", BODY_TEXT },
		{ "", BODY_TEXT },
		{ "application/pidf+xml", BODY_OPAQUE },
	};
	struct body body = { 0 };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		body__set_type(&body, types[i].type, strlen(types[i].type));
		assert_int_equal(body.kind, types[i].kind);
	}
}

static void test_boundaries(void **state)
{
	static const char *const types[] = { "multipart/mixed;boundary=b-1", "multipart/mixed; Boundary=\"b-1\"; x=y" };
	struct body body = { 0 };
	size_t i;

	for (i = 0; i < 2; i++) {
		body__set_type(&body, types[i], strlen(types[i]));
		assert_string_equal(body.boundary, "b-1");
		assert_true(body__is_boundary(&body, "--b-1", 5));
		assert_true(body__is_boundary(&body, "--b-1--", 7));
		assert_false(body__is_last_boundary("--b-1", 5));
		assert_true(body__is_last_boundary("--b-1--", 7));
		assert_false(body__is_boundary(&body, "--b-2", 5));
		assert_false(body__is_boundary(&body, "-b-1", 4));
	}
	body__set_type(&body, "multipart/mixed;", 16);
	assert_true(body__is_boundary(&body, "--any", 5));
	assert_false(body__is_boundary(&body, "--", 2));
	body__add_type(&body, " boundary=folded", 16);
	assert_string_equal(body.boundary, "folded");
}

static enum body_fit hold(struct body *body, const char *line, size_t ending, bool is_start_line)
{
	enum body_fit fit = BODY_UNDECIDED;

	assert_int_equal(body__hold(body, line, strlen(line), ending, is_start_line, &fit), 0);
	return fit;
}

/* As it was sent, as it was logged, and without its last line end. */
static void test_lengths_that_fit(void **state)
{
	static const size_t lengths[] = { 10, 8, 8, 7, 10, 8 };
	static const size_t endings[] = { 1, 1, 2, 1, 3, 3 };
	struct body body = { .kind = BODY_TEXT };
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		assert_true(body__begin(&body, lengths[i]));
		assert_int_equal(hold(&body, "abc", endings[i], false), BODY_UNDECIDED);
		assert_int_equal(hold(&body, "def", endings[i], false), BODY_FITS);
	}
	body__free(&body);
}

static void test_lengths_that_do_not_fit(void **state)
{
	struct body body = { .kind = BODY_TEXT };

	assert_true(body__begin(&body, 6));
	assert_int_equal(hold(&body, "abc", 1, false), BODY_UNDECIDED);
	assert_int_equal(hold(&body, "defghi", 1, false), BODY_MISFITS);
	assert_memory_equal(body.lines.text, "abc\ndefghi\n", body.lines.length);
	assert_false(body__begin(&body, 0));
	assert_false(body__begin(&body, BODY_LENGTH_MAX + 1));
	assert_true(body__begin(&body, BODY_LENGTH_MAX));
	body.kind = BODY_OTHER;
	assert_false(body__begin(&body, 6));
	body__free(&body);
}

/* A log may leave bodies out. Then a start line comes first, which no picture or part begins with. */
static void test_bodies_that_are_left_out(void **state)
{
	struct body body = { .kind = BODY_OPAQUE };

	assert_true(body__begin(&body, 1000));
	assert_int_equal(hold(&body, "SIP/2.0 200 OK", 1, true), BODY_MISFITS);
	assert_true(body__begin(&body, 1000));
	assert_int_equal(hold(&body, "<a>", 1, false), BODY_UNDECIDED);
	assert_int_equal(hold(&body, "SIP/2.0 200 OK", 1, true), BODY_UNDECIDED);
	body.kind = BODY_SIP;
	assert_true(body__begin(&body, 1000));
	assert_int_equal(hold(&body, "SIP/2.0 200 OK", 1, true), BODY_UNDECIDED);
	body__free(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_lengths_that_fit),
		cmocka_unit_test(test_lengths_that_do_not_fit),
		cmocka_unit_test(test_bodies_that_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
