// SPDX-License-Identifier: BSD-2-Clause
/* Limits of control groups, read from a folder that looks like the kernel's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory_limit.h"

static char folder[] = "/tmp/sipbpf-limits-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void make(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int make_folders(void **state)
{
	assert_non_null(mkdtemp(folder));
	make("a");
	make("a/b");
	make("memory");
	make("memory/c");
	put("memory.max", "max\n");
	return 0;
}

static int remove_folders(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

static __u64 limit_of(const char *groups)
{
	char path[PATH_MAX];

	put("groups", groups);
	snprintf(path, sizeof(path), "%s/groups", folder);
	return memory_limit__read(path, folder);
}

static void version_2(void **state)
{
	put("a/memory.max", "max\n");
	put("a/b/memory.max", "67108864\n");
	assert_int_equal(limit_of("0::/a/b\n"), 67108864);
	assert_int_equal(limit_of("0::/a\n"), 0);
	assert_int_equal(limit_of("0::/\n"), 0);
}

static void the_lowest_limit_above_counts(void **state)
{
	put("a/memory.max", "1048576\n");
	put("a/b/memory.max", "67108864\n");
	assert_int_equal(limit_of("0::/a/b\n"), 1048576);
	put("a/b/memory.max", "4096\n");
	assert_int_equal(limit_of("0::/a/b\n"), 4096);
}

static void version_1(void **state)
{
	put("memory/memory.limit_in_bytes", "9223372036854771712\n");
	put("memory/c/memory.limit_in_bytes", "33554432\n");
	assert_int_equal(limit_of("5:cpu:/x\n4:memory:/c\n0::/\n"), 33554432);
	assert_int_equal(limit_of("4:memory:/\n"), 0);
	assert_int_equal(limit_of("5:cpu:/c\n"), 0);
}

/* In the namespace of a container, or with groups that are not mounted. */
static void what_cannot_be_read_is_no_limit(void **state)
{
	assert_int_equal(limit_of("0::/../../elsewhere\n"), 0);
	assert_int_equal(limit_of("0::/gone\n"), 0);
	assert_int_equal(limit_of("nonsense\n:\n\n"), 0);
	assert_int_equal(limit_of(""), 0);
	assert_int_equal(memory_limit__read("/nonexistent", folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2),
		cmocka_unit_test(the_lowest_limit_above_counts),
		cmocka_unit_test(version_1),
		cmocka_unit_test(what_cannot_be_read_is_no_limit),
	};

	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
