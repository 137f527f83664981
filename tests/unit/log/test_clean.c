// SPDX-License-Identifier: BSD-2-Clause
/* Tests of clean.c: what programs do to lines, undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "log/clean.h"

static void assert_colours(const char *text, const char *wanted)
{
	char copy[128];
	size_t length = strlen(text);

	memcpy(copy, text, length);
	assert_int_equal(clean__colours(copy, length), strlen(wanted));
	assert_memory_equal(copy, wanted, strlen(wanted));
}

static void test_colours(void **state)
{
	assert_colours("", "");
	assert_colours("plain", "plain");
	assert_colours("\x1b[1m\x1b[31mINVITE \x1b[0msip:a\x1b[;m", "INVITE sip:a");
	assert_colours("a\x1b", "a");
	assert_colours("a\x1b[", "a");
	assert_colours("a\x1b[12", "a");
	assert_colours("a\x1b(b", "ab");
	assert_colours("\x1b[K\x1b[K", "");
}

static void assert_split(enum clean_split split, const char *text, const char *first, const char *rest)
{
	size_t length = strlen(text), at = 0;

	assert_int_equal(clean__split(split, text, length, &at), strlen(first));
	assert_memory_equal(text, first, strlen(first));
	assert_string_equal(text + at, rest);
}

static void test_splits(void **state)
{
	assert_split(CLEAN_WHOLE, "a#012b\\nc", "a#012b\\nc", "");
	assert_split(CLEAN_OCTAL, "a#015#012b#012", "a", "b#012");
	assert_split(CLEAN_OCTAL, "a#015#015#012", "a", "");
	assert_split(CLEAN_OCTAL, "#012a", "", "a");
	assert_split(CLEAN_OCTAL, "a#015", "a", "");
	assert_split(CLEAN_OCTAL, "a#01", "a#01", "");
	assert_split(CLEAN_OCTAL, "", "", "");
	assert_split(CLEAN_BACKSLASH, "a\\r\\nb", "a", "b");
	assert_split(CLEAN_BACKSLASH, "a\\nb", "a", "b");
}

/* wanted is NULL if the line is no part of a message. */
static void assert_line(unsigned int traits, bool is_in_headers, const char *text, const char *wanted)
{
	enum clean_shape shape = CLEAN_UNKNOWN;
	size_t length = strlen(text);

	assert_int_equal(clean__line(traits, &shape, is_in_headers, &text, &length), wanted != NULL);
	if (wanted) {
		assert_int_equal(length, strlen(wanted));
		assert_memory_equal(text, wanted, length);
	}
}

static void test_lines(void **state)
{
	assert_line(0, true, "a.", "a.");
	assert_line(0, true, " \t ", "");
	assert_line(FORM_DOTS, true, "a.", "a");
	assert_line(FORM_DOTS, true, ".", "");
	assert_line(FORM_DOTS, true, "", "");
	assert_line(FORM_INDENT, true, "   To: x", "To: x");
	assert_line(FORM_INDENT, true, "    folded", " folded");
	assert_line(FORM_INDENT, true, "   ", "");
	assert_line(FORM_INDENT, true, "other", NULL);
	assert_line(FORM_INDENT, false, "BYE sip:a SIP/2.0", "BYE sip:a SIP/2.0");
	assert_line(FORM_INDENT, false, "-----", NULL);
	assert_line(FORM_NAME, true, "  JsSIP:Transport To: x", "To: x");
	assert_line(FORM_NAME, true, "  JsSIP:Transport", "");
	assert_line(FORM_NAME, true, "To: x", "To: x");
}

static void test_trees(void **state)
{
	assert_line(FORM_TREE, false, "    Request-Line: BYE sip:a SIP/2.0", "BYE sip:a SIP/2.0");
	assert_line(FORM_TREE, false, "    Status-Line: SIP/2.0 200 OK", "SIP/2.0 200 OK");
	assert_line(FORM_TREE, false, "        Method: BYE", NULL);
	assert_line(FORM_TREE, true, "        CSeq: 1 BYE", "CSeq: 1 BYE");
	assert_line(FORM_TREE, true, "        [Generated]", NULL);
	assert_line(FORM_TREE, true, "            Part: 1", NULL);
	assert_line(FORM_TREE, true, "        ", NULL);
	assert_line(FORM_TREE, true, "    Message Header", NULL);
	assert_line(FORM_TREE, true, "    Message Body", "");
	assert_line(FORM_TREE, true, "", "");
	assert_line(FORM_TREE, false, "        Request-Line: BYE sip:a SIP/2.0", NULL);
}

/* If the first line has a tab, only those with one count; numbers never do. */
static void test_tabs(void **state)
{
	static const struct {
		const char *text, *wanted;
	} indented[] = { { "\tBYE", "BYE" }, { "\t", "" }, { "E..BYE", NULL }, { "\t0x0000:  4500", NULL } },
	  as_is[] = { { "E..BYE", "E..BYE" }, { "\tfolded", "\tfolded" }, { "", "" } };
	enum clean_shape shape = CLEAN_UNKNOWN;
	const char *text;
	size_t i, length;

	for (i = 0; i < 4; i++) {
		text = indented[i].text;
		length = strlen(text);
		assert_int_equal(clean__line(FORM_TAB, &shape, true, &text, &length), indented[i].wanted != NULL);
		assert_true(!indented[i].wanted || length == strlen(indented[i].wanted));
	}
	assert_int_equal(shape, CLEAN_INDENTED);
	shape = CLEAN_UNKNOWN;
	for (i = 0; i < 3; i++) {
		text = as_is[i].text;
		length = strlen(text);
		assert_true(clean__line(FORM_TAB, &shape, true, &text, &length));
		assert_int_equal(length, strlen(as_is[i].wanted));
	}
	assert_int_equal(shape, CLEAN_AS_IS);
}

/* A message that is not indented stays as it is; in one that is, other lines belong to other programs. */
static void test_indents(void **state)
{
	static const struct {
		const char *text, *wanted;
	} as_is[] = { { "-----", NULL },
		      { "SIP/2.0 200 OK", "SIP/2.0 200 OK" },
		      { "   folded", "   folded" },
		      { "x", "x" } },
	  indented[] = {
		  { "   -----", "-----" }, { "BYE sip:a SIP/2.0", NULL }, { "   To: x", "To: x" }, { "x", NULL }
	  };
	enum clean_shape shape = CLEAN_UNKNOWN;
	const char *text;
	size_t i, length;

	for (i = 0; i < 8; i++) {
		if (i == 4)
			shape = CLEAN_UNKNOWN;
		text = i < 4 ? as_is[i].text : indented[i - 4].text;
		length = strlen(text);
		assert_int_equal(clean__line(FORM_INDENT, &shape, i % 4 > 1, &text, &length),
				 (i < 4 ? as_is[i].wanted : indented[i - 4].wanted) != NULL);
		assert_true(i >= 4 || !as_is[i].wanted || length == strlen(as_is[i].wanted));
		assert_true(i < 4 || !indented[i - 4].wanted || length == strlen(indented[i - 4].wanted));
	}
}

/* What begins no message keeps what is left of its blanks: it may be a fold. */
static void test_margins(void **state)
{
	static const struct {
		bool may_begin;
		const char *text, *wanted;
	} lines[] = {
		{ true, "  x", "  x" },
		{ true, "  SIP/2.0 200 OK", "SIP/2.0 200 OK" },
		{ false, "  To: x", "To: x" },
		{ false, "   folded", " folded" },
		{ false, " x", "x" },
		{ false, "    BYE sip:a SIP/2.0", "  BYE sip:a SIP/2.0" },
		{ false, "", "" },
		{ true, "\tBYE sip:a SIP/2.0", "BYE sip:a SIP/2.0" },
		{ true, "BYE sip:a SIP/2.0", "BYE sip:a SIP/2.0" },
		{ false, " folded", " folded" },
	};
	size_t margin = 0, i, length;
	const char *text;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		text = lines[i].text;
		length = strlen(text);
		clean__margin(&margin, lines[i].may_begin, &text, &length);
		assert_int_equal(length, strlen(lines[i].wanted));
		assert_memory_equal(text, lines[i].wanted, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours), cmocka_unit_test(test_splits),  cmocka_unit_test(test_lines),
		cmocka_unit_test(test_indents), cmocka_unit_test(test_margins), cmocka_unit_test(test_trees),
		cmocka_unit_test(test_tabs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
