// SPDX-License-Identifier: BSD-2-Clause
/* See progress.h. */
#include "command/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SIZE_MIN (16 * 1000 * 1000)
#define REDRAW_INTERVAL 100000000ULL /* nanoseconds */
#define UPDATES_PER_CLOCK 256        /* the clock is read once in so many updates; a power of two */
#define BAR_WIDTH 40

struct progress progress__start(__u64 size)
{
	bool is_wanted = size > SIZE_MIN && isatty(STDERR_FILENO);

	return (struct progress){ .size = is_wanted ? size : 0 };
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (__u64)time.tv_sec * 1000000000ULL + (__u64)time.tv_nsec;
}

static void draw(const struct progress *progress, __u64 offset)
{
	static const char bar[BAR_WIDTH + 1] = "########################################";
	double part = (double)offset / (double)progress->size;
	int filled;

	if (part > 1) /* the file has grown since */
		part = 1;
	filled = (int)(part * BAR_WIDTH);
	fprintf(stderr, "\r[%.*s%*s] %3d %%", filled, bar, BAR_WIDTH - filled, "", (int)(part * 100));
	fflush(stderr);
}

void progress__update(struct progress *progress, __u64 offset)
{
	__u64 time;

	if (!progress->size || progress->updates++ & (UPDATES_PER_CLOCK - 1))
		return;
	time = now();
	if (time < progress->next_time)
		return;
	progress->next_time = time + REDRAW_INTERVAL;
	progress->is_shown = true;
	draw(progress, offset);
}

void progress__clear(struct progress *progress)
{
	if (progress->is_shown)
		fprintf(stderr, "\r\033[K");
	progress->is_shown = false;
}
