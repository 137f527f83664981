// SPDX-License-Identifier: BSD-2-Clause
/* Tests of output_file.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output_file.h"

static char folder[] = "/tmp/test_output_file.XXXXXX";
static char path[sizeof(folder) + sizeof("/file")];

static int make_folder(void **state)
{
	umask(022);
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int remove_file(void **state)
{
	unlink(path);
	return 0;
}

static int remove_folder(void **state)
{
	return rmdir(folder);
}

static void write_text(unsigned int flags, unsigned int mode, const char *text)
{
	FILE *out = NULL;

	assert_int_equal(output_file__open(path, flags, mode, &out), 0);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static void assert_content(const char *wanted)
{
	char text[64] = "";
	FILE *in = fopen(path, "re");

	assert_non_null(in);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	assert_string_equal(text, wanted);
}

static void assert_mode(mode_t wanted)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, wanted);
}

static void test_content_is_replaced_or_continued(void **state)
{
	write_text(0, 0640, "a long line\n");
	write_text(0, 0640, "one\n");
	assert_content("one\n");
	write_text(OUTPUT_FILE_APPENDS, 0640, "two\n");
	write_text(OUTPUT_FILE_APPENDS | OUTPUT_FILE_NEVER_WAITS, 0640, "three\n");
	assert_content("one\ntwo\nthree\n");
}

static void test_new_files_get_the_mode_and_old_ones_keep_theirs(void **state)
{
	write_text(0, 0640, "");
	assert_mode(0640);
	write_text(0, 0644, "");
	write_text(OUTPUT_FILE_APPENDS, 0600, "");
	assert_mode(0640);
	unlink(path);
	write_text(OUTPUT_FILE_APPENDS, 0666, "");
	assert_mode(0644);
}

static void test_a_fifo_that_nobody_reads_is_an_error(void **state)
{
	FILE *out = NULL;
	int reader;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(output_file__open(path, OUTPUT_FILE_NEVER_WAITS, 0640, &out), -ENXIO);
	assert_null(out);
	assert_non_null(strstr(output_file__error(-ENXIO), "start its reader first"));

	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(output_file__open(path, OUTPUT_FILE_NEVER_WAITS, 0640, &out), 0);
	assert_false(fcntl(fileno(out), F_GETFL) & O_NONBLOCK);
	fclose(out);
	close(reader);
}

static void test_errors_are_told(void **state)
{
	FILE *out = NULL;

	assert_int_equal(output_file__open(folder, 0, 0640, &out), -EISDIR);
	assert_int_equal(output_file__open("/nowhere/file", 0, 0640, &out), -ENOENT);
	assert_null(out);
	assert_string_equal(output_file__error(-EFBIG), strerror(EFBIG));
	assert_string_equal(output_file__error(-EINTR), "nobody reads what is written to it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_content_is_replaced_or_continued, remove_file),
		cmocka_unit_test_teardown(test_new_files_get_the_mode_and_old_ones_keep_theirs, remove_file),
		cmocka_unit_test_teardown(test_a_fifo_that_nobody_reads_is_an_error, remove_file),
		cmocka_unit_test_teardown(test_errors_are_told, remove_file),
	};

	return cmocka_run_group_tests_name("output_file", tests, make_folder, remove_folder);
}
