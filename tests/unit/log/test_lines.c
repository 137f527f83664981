// SPDX-License-Identifier: BSD-2-Clause
/* Tests of lines.c: where lines end, and what is kept of very long ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/lines.h"

#include "stream_source.h"

/* The lines of a text, joined by "|", each with the length of its end. */
static void assert_lines(const char *text, const char *wanted)
{
	struct lines *of_text = NULL, *of_stream = NULL;
	FILE *in = fmemopen((void *)text, strlen(text) + 1, "r");
	char got[256], *at = got;
	struct line line, other;
	int result;

	(void)setvbuf(in, NULL, _IONBF, 0);
	assert_int_equal(lines__of_text(text, strlen(text), &of_text), 0);
	assert_int_equal(lines__new(STREAM_SOURCE(in), &of_stream), 0);
	*at = '\0';
	while ((result = lines__next(of_text, &line)) > 0) {
		at += sprintf(at, "%.*s/%zu|", (int)line.length, line.text, line.ending);
		if (line.ending) { /* the stream has a NUL behind the last one */
			assert_int_equal(lines__next(of_stream, &other), 1);
			assert_int_equal(other.length, line.length);
			assert_memory_equal(other.text, line.text, line.length);
		}
	}
	assert_int_equal(result, 0);
	assert_string_equal(got, wanted);
	lines__free(of_text);
	lines__free(of_stream);
	fclose(in);
}

static void test_line_ends(void **state)
{
	assert_lines("", "");
	assert_lines("\n", "/1|");
	assert_lines("a\nb", "a/1|b/0|");
	assert_lines("a\r\n\r\nb\r\n", "a/2|/2|b/2|");
	assert_lines("a\r\r\n\r\r\nb\r", "a/3|/3|b/0|");
	assert_lines("a\rb\n", "a\rb/1|");
}

static void test_a_byte_order_mark(void **state)
{
	assert_lines("\xef\xbb\xbf"
		     "a\n\xef\xbb\xbf"
		     "b\n",
		     "a/1|\xef\xbb\xbf"
		     "b/1|");
	assert_lines("\xef\xbb\xbf", "/0|");
}

static void put(FILE *file, char character, size_t count)
{
	while (count--)
		putc(character, file);
}

/* Lines around the limit, and around the ends of what is read at once. */
static void test_long_lines(void **state)
{
	static const size_t lengths[] = { LINES_LENGTH_MAX - 1, LINES_LENGTH_MAX, LINES_LENGTH_MAX + 1,
					  LINES_SAMPLE_MAX - 1, LINES_SAMPLE_MAX, LINES_SAMPLE_MAX + 1,
					  5 * LINES_SAMPLE_MAX };
	unsigned long long first;
	struct lines *lines;
	struct line line;
	FILE *file;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		file = tmpfile();
		fputs("before\n", file);
		put(file, 'x', lengths[i]);
		fputs("\nafter\n", file);
		rewind(file);
		assert_int_equal(lines__new(STREAM_SOURCE(file), &lines), 0);
		assert_int_equal(lines__next(lines, &line), 1);
		assert_int_equal(lines__next(lines, &line), 1);
		assert_int_equal(line.length, lengths[i] < LINES_LENGTH_MAX ? lengths[i] : LINES_LENGTH_MAX);
		assert_int_equal(line.text[0], 'x');
		assert_int_equal(line.text[line.length - 1], 'x');
		assert_int_equal(lines__cut(lines, &first), lengths[i] > LINES_LENGTH_MAX);
		assert_int_equal(first, lengths[i] > LINES_LENGTH_MAX ? 2 : 0);
		assert_int_equal(lines__next(lines, &line), 1);
		assert_int_equal(line.length, strlen("after"));
		assert_memory_equal(line.text, "after", line.length);
		assert_int_equal(lines__number(lines), 3);
		assert_int_equal(lines__next(lines, &line), 0);
		lines__free(lines);
		fclose(file);
	}
}

/* Looking ahead changes nothing, wherever it is done. */
static void test_samples(void **state)
{
	FILE *file = tmpfile();
	struct lines *lines;
	struct line line;
	const char *text;
	char wanted[16];
	int i;

	for (i = 0; i < 500000; i++)
		fprintf(file, "%d\n", i);
	rewind(file);
	assert_int_equal(lines__new(STREAM_SOURCE(file), &lines), 0);
	for (i = 0; i < 500000; i++) {
		if (i % 10007 == 0)
			assert_true(lines__sample(lines, &text) > 0);
		assert_int_equal(lines__next(lines, &line), 1);
		sprintf(wanted, "%d", i);
		assert_int_equal(line.length, strlen(wanted));
		assert_memory_equal(line.text, wanted, line.length);
	}
	assert_int_equal(lines__sample(lines, &text), 0);
	assert_int_equal(lines__next(lines, &line), 0);
	lines__free(lines);
	fclose(file);
}

static void test_errors(void **state)
{
	FILE *folder = fopen("/", "r");
	struct lines *lines;
	struct line line;

	assert_int_equal(lines__new(STREAM_SOURCE(folder), &lines), 0);
	assert_int_equal(lines__next(lines, &line), -EISDIR);
	assert_int_equal(lines__number(lines), 0);
	lines__free(lines);
	lines__free(NULL);
	fclose(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends),  cmocka_unit_test(test_a_byte_order_mark),
		cmocka_unit_test(test_long_lines), cmocka_unit_test(test_samples),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
