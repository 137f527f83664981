// SPDX-License-Identifier: BSD-2-Clause
/* Writing by the loop: readers that are slow, gone or asleep, and the signals that end the waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/loop.h"

#define LOOKS 5 /* in a row at which the writer waits: it is full */
#define LOOK_MICROSECONDS 20000
#define PATIENCE_MILLISECONDS 120000 /* before a writer that nothing interrupts is ended */

static const char data[65536];

static void stop_with(void *context, __u64 signal)
{
	struct loop *loop = *(struct loop **)context;

	assert_int_equal(signal, SIGUSR1);
	loop__stop(loop);
}

static int make_loop(void **state)
{
	static const int signals[] = { SIGUSR1 };
	static struct loop *loop;

	assert_int_equal(loop__new(&loop), 0);
	assert_int_equal(loop__add_signals(loop, signals, 1, stop_with, &loop), 0);
	*state = loop;
	return 0;
}

static int free_loop(void **state)
{
	loop__free(*state);
	return 0;
}

/* Writes until that fails. Returns the error. */
static int fill(struct loop *loop, int fd)
{
	ssize_t length;

	do
		length = loop__write(loop, fd, data, sizeof(data));
	while (length > 0);
	return (int)length;
}

static bool sleeps(pid_t pid)
{
	char path[32], state = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	(void)fclose(file);
	return state == 'S';
}

/* Sends the signal when the writer waits, and then waits itself until the writer closes the other end of the pipe. */
static void interrupt_writer(pid_t writer, int pipe_end)
{
	struct pollfd closed = { .fd = pipe_end };
	int looks = 0;

	while (looks < LOOKS) {
		usleep(LOOK_MICROSECONDS);
		looks = sleeps(writer) ? looks + 1 : 0;
	}
	kill(writer, SIGUSR1);
	if (poll(&closed, 1, PATIENCE_MILLISECONDS) == 0)
		kill(writer, SIGKILL);
	_exit(0);
}

/* The write ends, and the loop's handler still gets the signal. */
static void expect_interruption(struct loop *loop, int fd)
{
	pid_t writer = getpid(), pid;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[1]);
		interrupt_writer(writer, fds[0]);
	}
	assert_int_equal(fill(loop, fd), -EINTR);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(loop__run(loop), 0);
}

static void a_signal_interrupts_a_full_pipe(void **state)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	expect_interruption(*state, fds[1]);
	/* And again, so that the first left nothing behind. */
	expect_interruption(*state, fds[1]);
	close(fds[0]);
	close(fds[1]);
}

/* A terminal takes less than a write has, whatever poll() says. */
static void a_signal_interrupts_a_terminal_that_nobody_reads(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal;
	struct termios raw;

	if (master < 0 || grantpt(master) || unlockpt(master)) {
		print_message("no pseudo terminals: %s\n", strerror(errno));
		skip();
	}
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(terminal >= 0);
	assert_int_equal(tcgetattr(terminal, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(terminal, TCSANOW, &raw), 0);
	expect_interruption(*state, terminal);
	close(terminal);
	close(master);
}

static void a_pending_signal_does_not_cut_what_is_read(void **state)
{
	char path[] = "/tmp/sipbpf-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	kill(getpid(), SIGUSR1);
	for (int i = 0; i < 10; i++)
		assert_true(loop__write(*state, fd, data, sizeof(data)) > 0);
	assert_int_equal(loop__run(*state), 0);
	close(fd);
}

static void a_reader_that_is_gone_is_an_error(void **state)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(fill(*state, fds[1]), -EPIPE);
	close(fds[1]);
}

struct counted {
	struct loop *loop;
	int count;
};

static void count_and_stop(void *context, __u64 unused)
{
	struct counted *counted = context;

	counted->count++;
	loop__stop(counted->loop);
}

/* Also one whose number was another's before. */
static void a_descriptor_that_is_removed_is_not_handled(void **state)
{
	struct counted removed = { *state, 0 }, kept = { *state, 0 };
	int one[2], other[2];

	assert_int_equal(pipe(one), 0);
	assert_int_equal(pipe(other), 0);
	assert_int_equal(loop__add(*state, one[0], count_and_stop, &removed), 0);
	assert_int_equal(loop__add(*state, other[0], count_and_stop, &kept), 0);
	loop__remove(*state, one[0]);
	loop__remove(*state, one[0]);
	assert_int_equal(write(one[1], "x", 1), 1);
	assert_int_equal(write(other[1], "x", 1), 1);
	assert_int_equal(loop__run(*state), 0);
	assert_int_equal(loop__run(*state), 0);
	assert_int_equal(removed.count, 0);
	assert_int_equal(kept.count, 2);
	loop__remove(*state, other[0]);
	assert_int_equal(loop__add(*state, one[0], count_and_stop, &removed), 0);
	assert_int_equal(loop__run(*state), 0);
	assert_int_equal(removed.count, 1);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(other[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_loop, free_loop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signal_interrupts_a_full_pipe),
		TEST(a_signal_interrupts_a_terminal_that_nobody_reads),
		TEST(a_pending_signal_does_not_cut_what_is_read),
		TEST(a_reader_that_is_gone_is_an_error),
		TEST(a_descriptor_that_is_removed_is_not_handled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
