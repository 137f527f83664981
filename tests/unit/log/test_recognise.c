// SPDX-License-Identifier: BSD-2-Clause
/* Tests of recognise.c: the form is the one that explains most; tests/cli/test_log_forms.py has logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/recognise.h"

#define BYE "BYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n"
#define NGREP "U 192.0.2.1:5070 -> 192.0.2.2:5060 #1\n"
#define LONG_SIZE (1024 * 1024)

static struct recognised recognise(const char *text, const char *form)
{
	struct recognised recognised = { 0 };
	const char *nearest;

	assert_int_equal(recognise__form(text, strlen(text), form ? forms__find(form, &nearest) : NULL, &recognised),
			 0);
	return recognised;
}

static void test_the_form_that_explains_most(void **state)
{
	struct recognised recognised = recognise("", NULL);

	assert_ptr_equal(recognised.form, forms__plain());
	assert_int_equal(recognised.messages, 0);
	recognised = recognise(NGREP, NULL); /* a record without a message explains nothing */
	assert_ptr_equal(recognised.form, forms__plain());
	recognised = recognise(NGREP BYE BYE, NULL);
	assert_string_equal(recognised.form->name, "ngrep");
	assert_int_equal(recognised.messages, 2);
	recognised = recognise(
		"----- 2026-01-05 12:00:00\nUDP message sent (9 bytes):\n\n" BYE NGREP BYE NGREP BYE NGREP BYE, NULL);
	assert_string_equal(recognised.form->name, "ngrep");
}

/* Some programs are told to log the message and nothing else. Then its start line is in a line of theirs. */
static void test_forms_without_ends(void **state)
{
	static const struct {
		const char *text, *form;
		size_t messages;
	} logs[] = {
		{ " 0(17) INFO: <core> [main.c:3055]: main(): processes\n 1(18) NOTICE: <script>: " BYE
		  " 1(18) NOTICE: <script>: " BYE,
		  "kamailio", 2 },
		{ "Jan  5 12:00:00 h kamailio[18]: NOTICE: <script>: " BYE, "kamailio", 1 },
		{ "Jan  5 12:00:00 h kamailio[18]: NOTICE: <script>: BYE sip:a SIP/2.0#015#012CSeq: 2 "
		  "BYE#015#012#015#012\n",
		  "kamailio", 1 },
		{ "Jan  5 12:00:00 [18] " BYE "Jan  5 12:00:01 [19] " BYE, "opensips", 2 },
		{ "Jan  5 12:00:00 [18] proxy ready\n" BYE "Jan  5 12:00:01 [19] next\n" BYE, "plain", 2 },
		{ " 1(18) NOTICE: <script>: ready\n" BYE, "plain", 1 },
		{ "Jan  5 12:00:00 h p[1]: " BYE, "plain", 1 },
		{ "BYE sip:a SIP/2.0\nSubject: <script>: SIP/2.0 200 OK\nCSeq: 2 BYE\n\n" BYE, "plain", 2 },
	};
	struct recognised recognised;
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		recognised = recognise(logs[i].text, NULL);
		assert_string_equal(recognised.form->name, logs[i].form);
		assert_int_equal(recognised.messages, logs[i].messages);
		envelope__free(recognised.envelope);
	}
}

/* A form that does not undo what a program does to lines takes parts of bodies for messages, which is no merit. */
static void test_bodies_are_no_merit(void **state)
{
	struct recognised recognised = recognise(NGREP "NOTIFY sip:a SIP/2.0.\nCSeq: 2 NOTIFY.\n"
						       "Content-Type: message/sipfrag.\nContent-Length: 16.\n.\n"
						       "SIP/2.0 200 OK.\n\n" NGREP BYE,
						 NULL);

	assert_string_equal(recognised.form->name, "ngrep");
	assert_int_equal(recognised.messages, 2);
}

static void test_a_form_with_other_line_ends(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r\r\n" };
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(text, sizeof(text), "U 192.0.2.1:5070 -> 192.0.2.2:5060%s%sBYE sip:a SIP/2.0%sCSeq: 2 BYE%s%s",
			 ends[i], ends[i], ends[i], ends[i], ends[i]);
		assert_string_equal(recognise(text, NULL).form->name, "sipgrep");
	}
}

static void test_a_form_that_is_given(void **state)
{
	struct recognised recognised = recognise(NGREP BYE, "sipp");

	assert_string_equal(recognised.form->name, "sipp");
	assert_int_equal(recognised.messages, 0);
}

static void test_envelopes_and_splits(void **state)
{
	struct recognised recognised =
		recognise("Jan  5 12:00:00 h p: BYE sip:a SIP/2.0#015#012CSeq: 2 BYE#015#012\n", NULL);

	assert_int_equal(recognised.split, CLEAN_OCTAL);
	assert_non_null(recognised.envelope);
	assert_int_equal(recognised.messages, 1);
	envelope__free(recognised.envelope);
	recognised = recognise("x \"BYE sip:a SIP/2.0\\r\\nCSeq: 2 BYE\\r\\n\"\n", NULL);
	assert_int_equal(recognised.split, CLEAN_BACKSLASH);
	assert_null(recognised.envelope);
	assert_int_equal(recognised.messages, 1);
}

static void append(char *text, const char *part, size_t times)
{
	size_t length = strlen(text), i;

	for (i = 0; i < times; i++, length += strlen(part))
		strcpy(text + length, part);
}

static void test_a_form_that_shows_late(void **state)
{
	static char text[LONG_SIZE];
	struct recognised recognised;

	append(text, "some line of the program\n", 10000);
	append(text, NGREP BYE, 1);
	recognised = recognise(text, NULL);
	assert_string_equal(recognised.form->name, "ngrep");
	assert_int_equal(recognised.messages, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_form_that_explains_most), cmocka_unit_test(test_a_form_with_other_line_ends),
		cmocka_unit_test(test_a_form_that_is_given),        cmocka_unit_test(test_envelopes_and_splits),
		cmocka_unit_test(test_a_form_that_shows_late),      cmocka_unit_test(test_forms_without_ends),
		cmocka_unit_test(test_bodies_are_no_merit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
