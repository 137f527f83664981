// SPDX-License-Identifier: BSD-2-Clause
/* Tests of reader.c: programs whose lines are mixed, and what matched lines do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/reader.h"
#include "log/sources.h"

#define PREFIX "Jan  5 12:00:00 host "

static const struct link_rules rules;

/* Reads a text in a form, and stores what was found. */
static void read_split(const char *form, enum clean_split split, const char *text, size_t length,
		       struct tally *ret_tally)
{
	const char *nearest;
	struct tally tally = { .rules = &rules };
	struct reader_settings settings = {
		.form = forms__find(form, &nearest), .split = split, .tally = &tally, .name = "a.log"
	};
	struct reader *reader;
	struct lines *lines;
	struct line line;

	assert_int_equal(envelope__find(text, length, &settings.envelope), 0);
	assert_int_equal(reader__new(&settings, &reader), 0);
	assert_int_equal(lines__of_text(text, length, &lines), 0);
	while (lines__next(lines, &line) > 0)
		assert_int_equal(reader__read(reader, &line), 0);
	assert_int_equal(reader__finish(reader), 0);
	reader__free(reader);
	lines__free(lines);
	envelope__free(settings.envelope);
	*ret_tally = tally;
}

static void read_text(const char *form, const char *text, size_t length, struct tally *ret_tally)
{
	read_split(form, CLEAN_WHOLE, text, length, ret_tally);
}

/* Each of so many programs writes the lines of its own message in turn. */
static struct tally read_mixed(int programs)
{
	static const char *const message[] = { "BYE sip:a SIP/2.0", "CSeq: 2 BYE", "" };
	struct tally tally;
	size_t length = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);
	int i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < programs; j++)
			fprintf(out, PREFIX "p[%d]: %s\n", j, message[i]);
	}
	fclose(out);
	read_text("plain", text, length, &tally);
	free(text);
	return tally;
}

static void assert_mixed(int programs, unsigned long long cut_off)
{
	struct tally tally = read_mixed(programs);

	assert_int_equal(tally.messages, programs);
	assert_int_equal(tally.cut_off, cut_off);
}

static void test_programs_are_mixed(void **state)
{
	assert_mixed(1, 0);
	assert_mixed(2, 0);
	assert_mixed(SOURCES_MAX, 0);
	assert_mixed(SOURCES_MAX + 1, SOURCES_MAX + 1); /* each counts with what is known */
}

static void test_records(void **state)
{
	static const char text[] =
		"--end msg--\n12:00:00.1 x .TX 9 bytes Request msg BYE/cseq=2 (t) to UDP 192.0.2.1:5060:\n"
		"BYE sip:a SIP/2.0\nCSeq: 2 BYE\n\n\n--end msg--\n"
		"12:00:00.2 x .TX 9 bytes Request msg BYE/cseq=2 (t) to UDP 192.0.2.1:5060:\nnothing\n";
	struct tally tally;

	read_text("pjsua", text, strlen(text), &tally);
	assert_int_equal(tally.records, 2);
	assert_int_equal(tally.empty, 1);
	assert_int_equal(tally.messages, 1);
	assert_int_equal(tally.placed, 1);
	assert_int_equal(tally.undated, 2);
	reader__free(NULL);
}

/* What holds several lines holds all of a record, also if none of them needed a closer look. */
static void test_lines_in_a_line_end_a_record(void **state)
{
	static const char text[] = " 1(2) INFO: <script>: from 192.0.2.1:5060\nBYE sip:a SIP/2.0\nCSeq: 2 BYE\n"
				   "A: b#015#012C: d\nACK sip:a SIP/2.0\n\n";
	struct tally tally;

	read_split("kamailio", CLEAN_OCTAL, text, strlen(text), &tally);
	assert_int_equal(tally.messages, 2);
	assert_int_equal(tally.placed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs_are_mixed),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_lines_in_a_line_end_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
