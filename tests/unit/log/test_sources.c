// SPDX-License-Identifier: BSD-2-Clause
/* Tests of sources.c: which programs are remembered, and what is said when one is forgotten too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/sources.h"

static const struct link_rules rules;
static struct tally tally;

static int finish(void *context, struct source *source)
{
	return assembly__finish(source->lines.assembly);
}

static struct sources *new_sources(void)
{
	struct sources *sources = calloc(1, sizeof(*sources));

	assert_non_null(sources);
	tally = (struct tally){ .rules = &rules };
	sources->tally = &tally;
	sources->has_records = true;
	sources->finish = finish;
	return sources;
}

static void free_sources(struct sources *sources)
{
	assert_int_equal(sources__finish(sources), 0);
	sources__free(sources);
	free(sources);
}

static struct source *find(struct sources *sources, const char *name)
{
	struct source *source = NULL;

	assert_int_equal(sources__find(sources, name, strlen(name), &source), 0);
	assert_non_null(source->lines.assembly);
	return source;
}

/* Finds programs by their numbers. */
static void find_many(struct sources *sources, int from, int to)
{
	char name[32];

	for (; from < to; from++) {
		snprintf(name, sizeof(name), "host p[%d]", from);
		assert_true(source__is_named(find(sources, name), name, strlen(name)));
	}
}

static void test_programs_are_told_apart(void **state)
{
	struct sources *sources = new_sources();
	struct source *one = find(sources, "one"), *none = find(sources, "");
	char longer[SOURCE_NAME_SIZE + 2];

	assert_ptr_not_equal(one, none);
	assert_ptr_equal(find(sources, "one"), one);
	assert_ptr_equal(find(sources, ""), none);
	assert_true(source__is_named(one, "one", 3));
	assert_false(source__is_named(one, "on", 2));
	assert_false(source__is_named(one, "two", 3));
	snprintf(longer, sizeof(longer), "%0*d", SOURCE_NAME_SIZE + 1, 1);
	one = find(sources, longer);
	assert_ptr_equal(find(sources, longer), one);
	assert_false(source__is_named(one, longer, strlen(longer)));
	longer[SOURCE_NAME_SIZE] = '2';
	assert_ptr_not_equal(find(sources, longer), one);
	free_sources(sources);
}

static void read_line(struct source *source, const char *line)
{
	assert_int_equal(assembly__read(source->lines.assembly, line, strlen(line), 1), 0);
}

static void test_the_most_silent_one_gives_way(void **state)
{
	struct sources *sources = new_sources();

	find_many(sources, 0, SOURCES_MAX);
	read_line(find(sources, "host p[1]"), "BYE sip:a SIP/2.0");
	read_line(find(sources, "host p[0]"), "BYE sip:a SIP/2.0");
	find_many(sources, 2, SOURCES_MAX);
	assert_int_equal(tally.messages, 0);
	find(sources, "another");
	assert_int_equal(tally.messages, 1);
	assert_int_equal(assembly__state(find(sources, "host p[0]")->lines.assembly) & ASSEMBLY_IN_HEADERS,
			 ASSEMBLY_IN_HEADERS);
	assert_int_equal(assembly__state(find(sources, "host p[1]")->lines.assembly) & ASSEMBLY_IN_HEADERS, 0);
	find_many(sources, 3, SOURCES_MAX);
	assert_int_equal(tally.cut_off, 1); /* the others had nothing to finish */
	free_sources(sources);
}

static void test_what_is_cut_off_is_told(void **state)
{
	struct sources *sources = new_sources();
	struct source *source = find(sources, "in headers");

	read_line(source, "BYE sip:a SIP/2.0");
	read_line(source, "CSeq: 2 BYE");
	source = find(sources, "in a record that tells an end");
	assert_int_equal(assembly__begin_record(source->lines.assembly), 0);
	assembly__path(source->lines.assembly)->ends.has_source = true;
	source = find(sources, "in a record that tells none");
	assert_int_equal(assembly__begin_record(source->lines.assembly), 0);
	source = find(sources, "done");
	read_line(source, "BYE sip:a SIP/2.0");
	read_line(source, "CSeq: 2 BYE");
	read_line(source, "");
	assert_int_equal(tally.messages, 1);
	tally.line = 7;
	find_many(sources, 0, SOURCES_MAX - 3);
	assert_int_equal(tally.cut_off, 1);
	assert_int_equal(tally.messages, 2); /* with what was known */
	tally.line = 8;
	find_many(sources, SOURCES_MAX, SOURCES_MAX + 10);
	assert_int_equal(tally.cut_off, 2);
	assert_int_equal(tally.first_cut_off, 7);
	free_sources(sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs_are_told_apart),
		cmocka_unit_test(test_the_most_silent_one_gives_way),
		cmocka_unit_test(test_what_is_cut_off_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
