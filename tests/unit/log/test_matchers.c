// SPDX-License-Identifier: BSD-2-Clause
/* Tests of matchers.c: the quick answer is never wrong about a line that matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/matchers.h"

#include "rounds.h"

#define ALL (1U << FORM_BEGINS | 1U << FORM_ADDS | 1U << FORM_ENDS)

static struct matchers matchers;

static void make(const char *form)
{
	const char *nearest;

	assert_int_equal(matchers__make(&matchers, forms__find(form, &nearest), NULL), 0);
}

static int role_of(unsigned int due, const char *line)
{
	const struct matcher *matcher;

	return matchers__match(&matchers, due, line, strlen(line), &matcher) ? (int)matcher__role(matcher) : 0;
}

static void test_roles(void **state)
{
	make("sipdump");
	assert_int_equal(role_of(ALL, "===================="), FORM_BEGINS);
	assert_int_equal(role_of(ALL, "srcip: 192.0.2.1"), FORM_ADDS);
	assert_int_equal(role_of(ALL, "||||||||||||||||||||"), FORM_ENDS);
	assert_int_equal(role_of(ALL, "To: <sip:bob@192.0.2.2>"), 0);
	assert_int_equal(role_of(ALL, ""), 0);
	assert_int_equal(role_of(1U << FORM_BEGINS, "srcip: 192.0.2.1"), 0); /* not due */
	matchers__free(&matchers);
}

static void test_a_users_pattern(void **state)
{
	char why[PATTERN_ERROR_SIZE];
	struct pattern *pattern;

	assert_int_equal(pattern__new("^at (?<time>\\S+)", true, &pattern, why), 0);
	assert_int_equal(matchers__make(&matchers, forms__plain(), pattern), 0);
	assert_int_equal(role_of(ALL, "at 12:00:00"), FORM_BEGINS);
	assert_int_equal(role_of(ALL, "on Monday"), 0);
	matchers__free(&matchers);
	pattern__free(pattern);
}

/* Appends a line of a log: the example of the form, a line in which its literal is elsewhere, or one of a message. */
static size_t put_line(char *to, const struct form *form)
{
	static const char *const lines[] = { "Via: SIP/2.0/UDP 192.0.2.1",
					     "a=sendrecv",
					     "",
					     "---",
					     "-----",
					     "   ----------",
					     "Contact: <sip:[::1]>",
					     " 0(1) INFO: <",
					     "U -> S",
					     "SIP read from",
					     "||||||||||",
					     "tag: rcv",
					     "x -> y => z" };
	size_t choice = (size_t)rand() % (sizeof(lines) / sizeof(*lines) + 1);

	return (size_t)sprintf(to, "%s\n", choice ? lines[choice - 1] : form->example);
}

/* Asks for each line of a text, whose beginning is somewhere in the log, unless a line is passed over as the reader may. */
static void ask(const char *text, size_t length, unsigned long long offset)
{
	struct matchers_text whole = { .text = text, .end = text + length, .offset = offset };
	const char *line, *feed;
	const struct matcher *matcher;
	unsigned int due;

	for (line = text; (feed = memchr(line, '\n', (size_t)(whole.end - line))); line = feed + 1) {
		due = (unsigned int)rand() & ALL;
		if (rand() % 3 && !matchers__may_match(&matchers, due, &whole, line, feed))
			assert_int_equal(matchers__match(&matchers, due, line, (size_t)(feed - line), &matcher), 0);
	}
}

/* A matcher may name the second byte too, so what is known of lines with the same first byte says nothing of its own. */
static void test_second_bytes(void **state)
{
	static const char text[] = "Unsupported: x\nUDP 192.0.2.1:5070\n";
	const char *line = strchr(text, '\n') + 1;
	struct matchers_text whole = { .text = text, .end = text + strlen(text), .offset = 1 };

	make("opensips");
	assert_false(matchers__may_match(&matchers, ALL, &whole, text, line - 1));
	assert_true(matchers__may_match(&matchers, ALL, &whole, line, line + strlen(line) - 1));
	matchers__free(&matchers);
}

/* The log comes in texts that end anywhere; what is behind the last line of one begins the next. */
static void test_the_quick_answer(void **state)
{
	char text[8192];
	size_t length, used, round, i;
	unsigned long long offset;
	const char *feed;

	for (i = 0; i < forms_count; i++) {
		make(forms[i].name);
		length = 0;
		offset = 0;
		for (round = 0; round < rounds(200); round++) {
			while (length < sizeof(text) / 2)
				length += put_line(text + length, &forms[i]);
			used = (size_t)rand() % length;
			ask(text, used, offset);
			feed = memrchr(text, '\n', used);
			used = feed ? (size_t)(feed - text) + 1 : 0;
			memmove(text, text + used, length - used);
			length -= used;
			offset += used;
		}
		matchers__free(&matchers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_a_users_pattern),
		cmocka_unit_test(test_second_bytes),
		cmocka_unit_test(test_the_quick_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
