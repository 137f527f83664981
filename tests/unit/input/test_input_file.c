// SPDX-License-Identifier: BSD-2-Clause
/* Tests of input_file.c: plain and compressed files give the same bytes, and what is wrong with them is told. */
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
#include <unistd.h>
#include <zlib.h>

#include "input/input_file.h"

#define SIZE (1000 * 1000) /* more than the buffers hold */

static char path[] = "/tmp/test_input_file.XXXXXX";
static char bytes[SIZE]; /* what does not compress well */

static int make(void **state)
{
	unsigned int number = 1;
	int fd = mkstemp(path);

	for (size_t i = 0; i < SIZE; i++) {
		number = number * 1103515245 + 12345;
		bytes[i] = (char)(number >> 16 & 0x3f);
	}
	return close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

static void write_plain(const void *data, size_t size, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags);

	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

/* Appends a member of gzip. */
static void write_compressed(const char *data, size_t size)
{
	gzFile file = gzopen(path, "ae1");

	assert_int_equal(gzwrite(file, data, (unsigned int)size), size);
	assert_int_equal(gzclose(file), Z_OK);
}

static void make_empty(void)
{
	assert_int_equal(truncate(path, 0), 0);
}

static struct input_file *open_file(void)
{
	char error[INPUT_FILE_ERROR_SIZE];
	struct input_file *file;

	assert_int_equal(input_file__open(path, &file, error), 0);
	assert_string_equal(input_file__name(file), path);
	return file;
}

/* Asserts that the file holds so many of the bytes, then ends or has a problem. */
static void assert_holds(size_t size, const char *problem)
{
	static char got[SIZE + 1];
	struct input_file *file = open_file();
	FILE *stream = input_file__stream(file);

	assert_int_equal(fread(got, 1, sizeof(got), stream), size);
	assert_memory_equal(got, bytes, size);
	assert_int_equal(ftello(stream), size);
	assert_int_equal(input_file__offset(file), input_file__size(file));
	if (problem) {
		assert_true(ferror(stream));
		assert_non_null(strstr(input_file__problem(file), problem));
	} else {
		assert_false(ferror(stream));
		assert_null(input_file__problem(file));
	}
	input_file__close(file);
}

static void plain(void **state)
{
	for (size_t size = 0; size < 4; size++) {
		write_plain(bytes, size, O_TRUNC);
		assert_holds(size, NULL);
	}
	write_plain(bytes, SIZE, O_TRUNC);
	assert_holds(SIZE, NULL);
	write_plain("\x1f", 1, O_TRUNC); /* half a magic number */
	assert_int_equal(getc(input_file__stream(open_file())), 0x1f);
}

static void compressed(void **state)
{
	make_empty();
	write_compressed(bytes, SIZE);
	assert_holds(SIZE, NULL);
	make_empty();
	write_compressed("", 0);
	assert_holds(0, NULL);
}

static void several_members(void **state)
{
	static const char zeros[1000];

	make_empty();
	write_compressed(bytes, SIZE / 2);
	write_compressed("", 0);
	write_compressed(bytes + SIZE / 2, SIZE - SIZE / 2);
	assert_holds(SIZE, NULL);
	write_plain(zeros, sizeof(zeros), O_APPEND);
	assert_holds(SIZE, NULL);
	write_plain("xx", 2, O_APPEND);
	assert_holds(SIZE, "incorrect header check");
}

static void small_reads(void **state)
{
	struct input_file *file;
	const char *beginning;

	make_empty();
	write_compressed(bytes, SIZE);
	file = open_file();
	for (size_t i = 0; i < SIZE; i++) {
		assert_int_equal(getc(input_file__stream(file)), bytes[i]);
		if (i != 9)
			continue;
		assert_true(input_file__beginning(file, &beginning) > 9);
		assert_memory_equal(beginning, bytes, 10);
		assert_int_equal(ftello(input_file__stream(file)), 10);
	}
	assert_int_equal(getc(input_file__stream(file)), EOF);
	input_file__close(file);
}

/* Wherever it is cut: what stands before is read, and the cut is told. */
static void cut(void **state)
{
	struct input_file *file;
	size_t size, length;

	make_empty();
	write_compressed(bytes, 100);
	file = open_file();
	size = (size_t)input_file__size(file);
	input_file__close(file);
	while (--size >= 2) {
		static char got[SIZE];

		assert_int_equal(truncate(path, (off_t)size), 0);
		file = open_file();
		length = fread(got, 1, sizeof(got), input_file__stream(file));
		assert_true(length <= 100);
		assert_memory_equal(got, bytes, length);
		assert_true(ferror(input_file__stream(file)));
		assert_non_null(strstr(input_file__problem(file), "ends within it"));
		input_file__close(file);
	}
}

static void corrupt(void **state)
{
	make_empty();
	write_compressed(bytes, SIZE);
	{
		struct input_file *file = open_file();
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		/* The checksum at the end, so that all is read. */
		assert_int_equal(pwrite(fd, "\x00\x00\x00\x00", 4, (off_t)input_file__size(file) - 8), 4);
		close(fd);
		input_file__close(file);
	}
	assert_holds(SIZE, "incorrect data check");
}

static void cannot_be_opened(void **state)
{
	char error[INPUT_FILE_ERROR_SIZE];
	struct input_file *untouched = (struct input_file *)1, *file = untouched;

	assert_int_equal(input_file__open("/tmp/absent/file", &file, error), -ENOENT);
	assert_string_equal(error, "/tmp/absent/file: No such file or directory");
	assert_int_equal(input_file__open("/tmp", &file, error), -EISDIR);
	assert_string_equal(error, "/tmp: Is a directory; name the files in it");
	assert_ptr_equal(file, untouched);
	input_file__close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(compressed),
		cmocka_unit_test(several_members),
		cmocka_unit_test(small_reads),
		cmocka_unit_test(cut),
		cmocka_unit_test(corrupt),
		cmocka_unit_test(cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, make, remove_file);
}
