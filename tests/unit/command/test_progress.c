/* SPDX-License-Identifier: BSD-2-Clause */
/* The progress bar, on a terminal of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/progress.h"

#define LARGE 100000000
#define SMALL 1000000

struct screen {
	int terminal; /* the side that reads what is written */
	int stderr_before;
	char text[4096];
};

/* Makes standard error a terminal. */
static void open_screen(struct screen *screen)
{
	int other;

	*screen = (struct screen){ .terminal = posix_openpt(O_RDWR | O_NOCTTY) };
	assert_true(screen->terminal >= 0);
	assert_int_equal(grantpt(screen->terminal), 0);
	assert_int_equal(unlockpt(screen->terminal), 0);
	other = open(ptsname(screen->terminal), O_RDWR | O_NOCTTY);
	assert_true(other >= 0);
	screen->stderr_before = dup(STDERR_FILENO);
	assert_int_equal(dup2(other, STDERR_FILENO), STDERR_FILENO);
	close(other);
}

/* Gives standard error back, and reads what came. */
static void close_screen(struct screen *screen)
{
	ssize_t length;
	size_t have = 0;

	assert_int_equal(fcntl(screen->terminal, F_SETFL, O_NONBLOCK), 0);
	while ((length = read(screen->terminal, screen->text + have, sizeof(screen->text) - 1 - have)) > 0)
		have += (size_t)length;
	assert_int_equal(dup2(screen->stderr_before, STDERR_FILENO), STDERR_FILENO);
	close(screen->stderr_before);
	close(screen->terminal);
}

static void a_bar_shows_the_part_that_is_read(void **state)
{
	struct progress progress;
	struct screen screen;

	open_screen(&screen);
	progress = progress__start(LARGE);
	progress__update(&progress, LARGE / 2);
	progress__clear(&progress);
	close_screen(&screen);
	assert_non_null(strstr(screen.text, "[####################                    ]  50 %"));
	assert_string_equal(screen.text + strlen(screen.text) - 4, "\r\033[K");
}

static void a_file_that_grows_is_never_more_than_whole(void **state)
{
	struct progress progress;
	struct screen screen;

	open_screen(&screen);
	progress = progress__start(LARGE);
	progress__update(&progress, 3ULL * LARGE);
	progress__clear(&progress);
	close_screen(&screen);
	assert_non_null(strstr(screen.text, "[########################################] 100 %"));
}

static void a_small_file_has_no_bar(void **state)
{
	struct progress progress;
	struct screen screen;

	open_screen(&screen);
	progress = progress__start(SMALL);
	progress__update(&progress, SMALL / 2);
	progress__clear(&progress);
	close_screen(&screen);
	assert_string_equal(screen.text, "");
}

static void updates_in_a_row_draw_once(void **state)
{
	struct progress progress;
	struct screen screen;
	size_t bars = 0;

	open_screen(&screen);
	progress = progress__start(LARGE);
	for (__u64 offset = 0; offset < 200; offset++)
		progress__update(&progress, offset);
	close_screen(&screen);
	for (const char *at = screen.text; (at = strchr(at, '[')); at++)
		bars++;
	assert_int_equal(bars, 1);
}

static void without_a_terminal_there_is_no_bar(void **state)
{
	int pipe_ends[2], before = dup(STDERR_FILENO);
	struct progress progress;
	char text[8];

	assert_int_equal(pipe2(pipe_ends, O_NONBLOCK), 0);
	assert_int_equal(dup2(pipe_ends[1], STDERR_FILENO), STDERR_FILENO);
	progress = progress__start(LARGE);
	progress__update(&progress, LARGE / 2);
	progress__clear(&progress);
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(read(pipe_ends[0], text, sizeof(text)), -1);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	close(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bar_shows_the_part_that_is_read),
		cmocka_unit_test(a_file_that_grows_is_never_more_than_whole),
		cmocka_unit_test(a_small_file_has_no_bar),
		cmocka_unit_test(updates_in_a_row_draw_once),
		cmocka_unit_test(without_a_terminal_there_is_no_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
