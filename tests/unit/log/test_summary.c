// SPDX-License-Identifier: BSD-2-Clause
/* Tests of summary.c: the message of a line that tells of one, read for the first time and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/summary.h"

#define PATTERN "^(?:(?<request>[^ ]+) x(?<dialog>, in-dialog)?|(?<status>\\d+)(?: (?<cseq>[A-Z]+))?)$"

static const struct link_rules rules;

static __u64 count_of(const struct counters *counters, const char *type, const char *method)
{
	const struct counter_link *link = counters__links_count(counters) ? counters__link(counters, 0) : NULL;
	__u32 i;

	for (i = 0; link && i < link->cells_count; i++) {
		if (!strcmp(counters__type_name(counters, link->cells[i].type), type) &&
		    !strcmp(counters__type_name(counters, link->cells[i].method), method))
			return link->cells[i].count;
	}
	return 0;
}

/* Reads a line as a record, twice, and compares what was counted: "TYPE/METHOD*N" by blanks. */
static void assert_twice(const char *line, const char *wanted, unsigned long long untaken)
{
	struct counters *counters = counters__new();
	struct tally tally = { .rules = &rules, .counters = counters };
	struct summary_memory memory = { 0 };
	const struct counter_link *link;
	struct assembly *assembly;
	struct pattern *pattern;
	char why[PATTERN_ERROR_SIZE], got[256] = "";
	__u32 i;

	assert_int_equal(pattern__new(PATTERN, false, &pattern, why), 0);
	assert_int_equal(assembly__new(0, true, &tally, &assembly), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(pattern__match(pattern, line, strlen(line)), 1);
		assert_int_equal(assembly__begin_record(assembly), 0);
		assert_int_equal(summary__read(&memory, assembly, pattern), 0);
	}
	assert_int_equal(assembly__finish(assembly), 0);
	if (counters__links_count(counters)) {
		link = counters__link(counters, 0);
		assert_int_equal(link->cells_count, 1);
		snprintf(got, sizeof(got), "%s/%s*%llu", counters__type_name(counters, link->cells[0].type),
			 counters__type_name(counters, link->cells[0].method),
			 (unsigned long long)link->cells[0].count);
	}
	assert_string_equal(got, wanted);
	assert_int_equal(tally.untaken, untaken);
	assembly__free(assembly);
	pattern__free(pattern);
	counters__free(counters);
}

static void test_messages(void **state)
{
	assert_twice("INVITE x", "INVITE/INVITE*2", 0);
	assert_twice("INVITE x, in-dialog", "ReINVITE/INVITE*2", 0);
	assert_twice("FOO x", "FOO/FOO*2", 0);
	assert_twice("foo x", "foo/foo*2", 0);
	assert_twice("200", "200/UNKNOWN*2", 0);
	assert_twice("200 INVITE", "200/INVITE*2", 0);
	assert_twice("180 FOO", "180/FOO*2", 0);
	assert_twice("IN/VITE x", "", 2);
	assert_twice("2000", "", 0);
}

static void test_messages_are_not_mixed_up(void **state)
{
	static const struct {
		const char *line, *type, *method;
	} lines[] = {
		{ "BYE x", "BYE", "BYE" },          { "BYE x, in-dialog", "BYE", "BYE" },
		{ "INVITE x", "INVITE", "INVITE" }, { "200 BYE", "200", "BYE" },
		{ "200 INVITE", "200", "INVITE" },  { "INVITE x, in-dialog", "ReINVITE", "INVITE" },
		{ "200", "200", "UNKNOWN" },        { "201", "201", "UNKNOWN" },
		{ "201 BYE", "201", "BYE" },
	};
	struct counters *counters = counters__new();
	struct tally tally = { .rules = &rules, .counters = counters };
	struct summary_memory memory = { 0 };
	struct assembly *assembly;
	struct pattern *pattern;
	char why[PATTERN_ERROR_SIZE];
	__u64 before;
	size_t i;

	assert_int_equal(pattern__new(PATTERN, false, &pattern, why), 0);
	assert_int_equal(assembly__new(0, true, &tally, &assembly), 0);
	for (i = 0; i < 5 * sizeof(lines) / sizeof(*lines); i++) {
		const char *line = lines[i * 7 % (sizeof(lines) / sizeof(*lines))].line;
		const char *type = lines[i * 7 % (sizeof(lines) / sizeof(*lines))].type;
		const char *method = lines[i * 7 % (sizeof(lines) / sizeof(*lines))].method;

		before = count_of(counters, type, method);
		assert_int_equal(pattern__match(pattern, line, strlen(line)), 1);
		assert_int_equal(assembly__begin_record(assembly), 0);
		assert_int_equal(summary__read(&memory, assembly, pattern), 0);
		assert_int_equal(count_of(counters, type, method), before + 1);
	}
	assembly__free(assembly);
	pattern__free(pattern);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_messages_are_not_mixed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
