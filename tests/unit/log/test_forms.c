// SPDX-License-Identifier: BSD-2-Clause
/* Tests of forms.c: the table is complete, and its example lines are of their forms. tests/cli/test_log_forms.py has logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
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

/* Writes the address and port of an end that the last match found. */
static void write_end(const struct pattern *pattern, enum pattern_group address, enum pattern_group port, char *at)
{
	const char *value;
	size_t length = pattern__value(pattern, address, &value);

	at += strlen(at);
	if (length)
		at += sprintf(at, " %.*s", (int)length, value);
	length = pattern__value(pattern, port, &value);
	if (length)
		sprintf(at, "/%.*s", (int)length, value);
}

/* Writes which ends the form finds in a line: of both the source first, or " from" and the source alone. */
static void find_ends(const struct form *form, const char *text, char *ret_ends)
{
	const struct form_line *line = form->lines, *end = line + FORMS_LINES_MAX;
	char error[PATTERN_ERROR_SIZE];
	struct pattern *pattern;

	*ret_ends = '\0';
	while (line < end && line->role && (line->role != FORM_BEGINS || !matches(line, text)))
		line++;
	if (line == end || !line->role)
		return;
	assert_int_equal(pattern__new(line->pattern, false, &pattern, error), 0);
	assert_int_equal(pattern__match(pattern, text, strlen(text)), 1);
	strcpy(ret_ends, line->way == FORM_RECEIVED ? " from" : "");
	write_end(pattern, PATTERN_SRC, PATTERN_SPORT, ret_ends);
	write_end(pattern, PATTERN_DST, PATTERN_DPORT, ret_ends);
	write_end(pattern, PATTERN_PEER, PATTERN_PEERPORT, ret_ends);
	pattern__free(pattern);
}

/* The addresses of URIs are no ends where there are others. */
static void test_ends_among_uris(void **state)
{
	static const char *const forms_used[] = { "kamailio", "opensips" }, *const prefixes[] = {
		"<script>: ", "Jan  5 12:00:00 [18] "
	};
	static const struct {
		const char *text, *ends;
	} lines[] = {
		{ "REGISTER from sip:10.9.9.9 to sip:10.8.8.8 (192.0.2.1:5070 udp)", " from 192.0.2.1/5070" },
		{ "from sip:10.9.9.9:5060 to sips:10.8.8.8 (udp:192.0.2.1:5070) INVITE sip:b SIP/2.0",
		  " from 192.0.2.1/5070" },
		{ "from sip:a@10.9.9.9 to sip:b@10.8.8.8 [192.0.2.1:5070]", " from 192.0.2.1/5070" },
		{ "from sip:10.9.9.9 to sip:[2001:db8::8] ([2001:db8::1]:5070)", " from 2001:db8::1/5070" },
		{ "from <sip:10.9.9.9> to <sip:10.8.8.8>: from ip 192.0.2.1:5070", " from 192.0.2.1/5070" },
		{ "from sip:10.9.9.9 to sip:10.8.8.8: udp 192.0.2.1:5070 -> 192.0.2.2:5060",
		  " 192.0.2.1/5070 192.0.2.2/5060" },
		{ "sip:a@10.9.9.9 from 192.0.2.1:5070 to udp:192.0.2.2:5060", " 192.0.2.1/5070 192.0.2.2/5060" },
		{ "from sip:192.0.2.1:5070 to sip:192.0.2.2", " 192.0.2.1/5070 192.0.2.2" },
		{ "received from 192.0.2.1:5070", " from 192.0.2.1/5070" },
	};
	const struct form *form;
	const char *nearest;
	char text[200], ends[200];
	size_t i, j;

	for (i = 0; i < sizeof(forms_used) / sizeof(forms_used[0]); i++) {
		form = forms__find(forms_used[i], &nearest);
		for (j = 0; j < sizeof(lines) / sizeof(lines[0]); j++) {
			snprintf(text, sizeof(text), "%s%s", prefixes[i], lines[j].text);
			find_ends(form, text, ends);
			if (strcmp(ends, lines[j].ends) != 0)
				fail_msg("%s:%s", text, ends);
		}
	}
	find_ends(forms__find("arrow", &nearest), "sip:10.9.9.9 192.0.2.1:5070 -> 192.0.2.2:5060", ends);
	assert_string_equal(ends, " 192.0.2.1/5070 192.0.2.2/5060");
	find_ends(forms__find("arrow", &nearest), "sip:192.0.2.1:5070 -> sip:192.0.2.2:5060", ends);
	assert_string_equal(ends, " 192.0.2.1/5070 192.0.2.2/5060");
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
		cmocka_unit_test(test_ends_among_uris),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
