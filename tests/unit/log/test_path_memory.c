// SPDX-License-Identifier: BSD-2-Clause
/* Tests of path_memory.c: which paths are remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/path_memory.h"

#define FROM 5 /* bytes before the path in a line */

static const struct message_path *find(const struct path_memory *memory, uint64_t serial, const char *line)
{
	const struct match match = { .serial = serial,
				     .path_from = FROM,
				     .path_length = (unsigned int)strlen(line) - FROM };

	return path_memory__find(memory, &match, line);
}

static void keep(struct path_memory *memory, uint64_t serial, const char *line, __u16 port)
{
	const struct match match = { .serial = serial,
				     .path_from = FROM,
				     .path_length = (unsigned int)strlen(line) - FROM };
	const struct message_path path = { .ends = { .source_port = port } };

	path_memory__keep(memory, &match, line, &path);
}

static void test_the_same_text(void **state)
{
	struct path_memory *memory = calloc(1, sizeof(*memory));

	assert_null(find(memory, 1, "from 192.0.2.1:5060 to 192.0.2.2:5070"));
	keep(memory, 1, "from 192.0.2.1:5060 to 192.0.2.2:5070", 5060);
	assert_int_equal(find(memory, 1, "FROM:192.0.2.1:5060 to 192.0.2.2:5070")->ends.source_port, 5060);
	assert_null(find(memory, 1, "from 192.0.2.1:5061 to 192.0.2.2:5070"));
	assert_null(find(memory, 1, "from 192.0.2.1:5060 to 192.0.2.2:507"));
	assert_null(find(memory, 2, "from 192.0.2.1:5060 to 192.0.2.2:5070"));
	free(memory);
}

/* A text that is short is told apart by no word, and a long one has no room; what is not remembered has no serial. */
static void test_what_is_not_kept(void **state)
{
	struct path_memory *memory = calloc(1, sizeof(*memory));
	char line[FROM + PATH_MEMORY_LENGTH + 2];

	memset(line, 'x', sizeof(line));
	line[FROM + PATH_MEMORY_LENGTH + 1] = '\0';
	keep(memory, 1, line, 1);
	assert_null(find(memory, 1, line));
	line[FROM + PATH_MEMORY_LENGTH] = '\0';
	keep(memory, 1, line, 1);
	assert_non_null(find(memory, 1, line));
	keep(memory, 0, line, 1);
	assert_null(find(memory, 0, line));
	keep(memory, 1, "from 1.2.3.4", 1);
	assert_null(find(memory, 1, "from 1.2.3.4"));
	keep(memory, 1, "from 1.2.3.40", 1);
	assert_non_null(find(memory, 1, "from 1.2.3.40"));
	free(memory);
}

static void test_many_paths(void **state)
{
	struct path_memory *memory = calloc(1, sizeof(*memory));
	const struct message_path *path;
	unsigned int i, known = 0;
	char line[64];

	for (i = 0; i < PATH_MEMORY_SIZE / 2; i++) {
		snprintf(line, sizeof(line), "from 192.0.2.1:%u to 192.0.2.2:5070", 10000 + i);
		keep(memory, 1, line, (__u16)i);
	}
	for (i = 0; i < PATH_MEMORY_SIZE / 2; i++) {
		snprintf(line, sizeof(line), "from 192.0.2.1:%u to 192.0.2.2:5070", 10000 + i);
		path = find(memory, 1, line);
		known += path != NULL;
		assert_true(!path || path->ends.source_port == i);
	}
	assert_true(known > PATH_MEMORY_SIZE / 4);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_text),
		cmocka_unit_test(test_what_is_not_kept),
		cmocka_unit_test(test_many_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
