// SPDX-License-Identifier: BSD-2-Clause
/* Descriptors that pass from one process to another: none is mixed up, and none is left open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook/descriptors.h"

static int ends[2];

static int open_ends(void **state)
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int close_ends(void **state)
{
	descriptors__close(ends, 2);
	return 0;
}

static unsigned int count_open(void)
{
	DIR *own = opendir("/proc/self/fd");
	unsigned int count = 0;

	assert_non_null(own);
	while (readdir(own))
		count++;
	closedir(own);
	return count;
}

static ino_t inode_of(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	return status.st_ino;
}

static void each_arrives_in_its_place(void **state)
{
	for (unsigned int set = 0; set < 1U << 3; set++) {
		const int message = 4711;
		int sent[3], received[3] = { -2, -2, -2 }, again = 0;

		for (int i = 0; i < 3; i++) {
			int pair[2];

			assert_int_equal(pipe(pair), 0);
			close(pair[1]);
			sent[i] = pair[0];
			if (set & 1U << i)
				continue;
			close(pair[0]);
			sent[i] = -1;
		}
		assert_int_equal(descriptors__send(ends[0], &message, sizeof(message), sent, 3), 0);
		assert_int_equal(descriptors__receive(ends[1], &again, sizeof(again), received, 3), 1);
		assert_int_equal(again, message);
		for (int i = 0; i < 3; i++) {
			assert_int_equal(received[i] >= 0, sent[i] >= 0);
			if (sent[i] < 0)
				continue;
			assert_int_equal(inode_of(received[i]), inode_of(sent[i]));
			assert_int_equal(fcntl(received[i], F_GETFD), FD_CLOEXEC);
		}
		descriptors__close(sent, 3);
		descriptors__close(received, 3);
	}
}

/* A message of another size, more descriptors than are expected, and none at all. */
static void what_is_not_expected_is_closed(void **state)
{
	const int message[2] = { 1, 2 }, fds[2] = { -1, ends[0] };
	unsigned int before = count_open();
	int again = 0, received[2];

	assert_int_equal(descriptors__send(ends[0], message, sizeof(message), fds, 2), 0);
	assert_int_equal(descriptors__receive(ends[1], &again, sizeof(again), received, 2), -EPROTO);
	assert_int_equal(descriptors__send(ends[0], message, sizeof(message[0]), fds, 2), 0);
	assert_int_equal(descriptors__receive(ends[1], &again, sizeof(again), received, 1), -EPROTO);
	assert_int_equal(descriptors__send(ends[0], message, sizeof(message[0]), NULL, 0), 0);
	assert_int_equal(descriptors__receive(ends[1], &again, sizeof(again), received, 2), 1);
	assert_int_equal(received[0], -1);
	assert_int_equal(received[1], -1);
	assert_int_equal(send(ends[0], "x", 1, 0), 1);
	assert_int_equal(descriptors__receive(ends[1], &again, sizeof(again), received, 2), -EPROTO);
	assert_int_equal(count_open(), before);
}

static void an_end_that_is_closed(void **state)
{
	int message = 1, received[1];

	close(ends[0]);
	ends[0] = -1;
	assert_int_equal(descriptors__receive(ends[1], &message, sizeof(message), received, 1), 0);
	assert_int_equal(descriptors__send(ends[1], &message, sizeof(message), NULL, 0), -EPIPE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_ends, close_ends)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_arrives_in_its_place),
		TEST(what_is_not_expected_is_closed),
		TEST(an_end_that_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
