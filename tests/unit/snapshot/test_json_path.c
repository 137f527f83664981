// SPDX-License-Identifier: BSD-2-Clause
/* Tests of json_path.c: places in JSON text by their names, and names by their places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "snapshot/json_path.h"

static const char text[] = "{\"a\": [1, {\"b\": \"]}\\\",\", \"c\": {\"d\": 0}}, [[5]]], \"e\": -1}";

/* Each path, and the text from its place on. */
static void test_places_have_names(void **state)
{
	static const char *const cases[][2] = {
		{ "", "{\"a\": [1" },
		{ "a", "\"a\": [1" },
		{ "a[0]", "1, {" },
		{ "a[1]", "{\"b\"" },
		{ "a[1].b", "\"b\"" },
		{ "a[1].c", "\"c\"" },
		{ "a[1].c.d", "\"d\"" },
		{ "a[2]", "[[5]]" },
		{ "a[2][0][0]", "5]]]" },
		{ "e", "\"e\": -1}" },
		{ "f", "{\"a\": [1" },   /* none: what would hold it */
		{ "a[1].bc", "{\"b\"" }, /* b is another member */
		{ "a[1].c.x", "\"c\": {\"d\"" },
		{ "a[3]", "\"a\": [1" },
	};
	size_t i, offset;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		offset = json_path__find(text, strlen(text), cases[i][0]);
		if (strncmp(text + offset, cases[i][1], strlen(cases[i][1])) != 0)
			fail_msg("%s: %s", cases[i][0], text + offset);
	}
}

/* The path of what ends before a piece of the text. */
static void test_names_have_places(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"a\"", "" },          { "\": [1", "" },        { ": [1", "a" },         { "1, {", "a" },
		{ ", {\"b\"", "a[0]" },    { "\"b\"", "a[1]" },     { ": \"]}", "a[1].b" },  { "}\\\"", "a[1].b" },
		{ ", \"c\"", "a[1].b" },   { ": 0}}", "a[1].c.d" }, { "}}, [", "a[1].c.d" }, { "}, [", "a[1].c" },
		{ "]]], ", "a[2][0][0]" }, { ", \"e\"", "a" },
	};
	char path[JSON_PATH_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_path__at(text, (size_t)(strstr(text, cases[i][0]) - text), path);
		if (strcmp(path, cases[i][1]) != 0)
			fail_msg("before %s: %s", cases[i][0], path);
	}
	json_path__at(text, strlen(text), path);
	assert_string_equal(path, "");
}

/* Nothing is read behind the end, and long names and deep values are cut. */
static void test_wrong_text(void **state)
{
	char path[JSON_PATH_SIZE], *copy;
	size_t length, i;

	srandom(1);
	for (i = 0; i < 20000; i++) {
		length = (size_t)random() % 40;
		copy = malloc(length + 1); /* of this size, for the sanitizer */
		for (size_t j = 0; j < length; j++)
			copy[j] = "{}[]\",:\\a 1\n"[random() % 12];
		json_path__at(copy, length, path);
		assert_true(json_path__find(copy, length, path) <= length);
		free(copy);
	}
	copy = calloc(1, 1001);
	memset(copy, 'x', 1000);
	copy[0] = '{';
	copy[1] = copy[500] = '"';
	json_path__at(copy, 1000, path);
	assert_int_equal(strlen(path), JSON_PATH_SIZE - 1);
	(void)json_path__find(copy, 1000, path);
	free(copy);
	json_path__at("[[[[[[[[{\"a\"", 12, path);
	assert_string_equal(path, "[0][0][0][0]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places_have_names),
		cmocka_unit_test(test_names_have_places),
		cmocka_unit_test(test_wrong_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
