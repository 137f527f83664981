// SPDX-License-Identifier: BSD-2-Clause
/* See clock.h. */
#include "base/clock.h"

#include <stdio.h>

#define SECOND ((__u64)CLOCK_SECOND)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static __s64 nanoseconds_of(const struct timespec *time)
{
	return (__s64)time->tv_sec * CLOCK_SECOND + time->tv_nsec;
}

static struct timespec time_of(__s64 nanoseconds)
{
	struct timespec time = { .tv_sec = nanoseconds / CLOCK_SECOND, .tv_nsec = nanoseconds % CLOCK_SECOND };

	if (time.tv_nsec < 0) {
		time.tv_nsec += CLOCK_SECOND;
		time.tv_sec--;
	}
	return time;
}

struct clock_moment clock__now(void)
{
	struct timespec elapsed;
	struct clock_moment now;

	clock_gettime(CLOCK_REALTIME, &now.real);
	clock_gettime(CLOCK_BOOTTIME, &elapsed);
	now.elapsed = nanoseconds_of(&elapsed);
	return now;
}

__s64 clock__set_by(const struct clock_moment *before, const struct clock_moment *after)
{
	return nanoseconds_of(&after->real) - nanoseconds_of(&before->real) - (after->elapsed - before->elapsed);
}

void clock__correct(struct clock_moment *before, const struct clock_moment *after)
{
	before->real = time_of(nanoseconds_of(&before->real) + clock__set_by(before, after));
}

const char *clock__duration(__u64 nanoseconds, char ret_text[CLOCK_DURATION_SIZE])
{
	if (nanoseconds < 2 * MINUTE)
		snprintf(ret_text, CLOCK_DURATION_SIZE, "%llus", (unsigned long long)(nanoseconds / SECOND));
	else if (nanoseconds < 2 * HOUR)
		snprintf(ret_text, CLOCK_DURATION_SIZE, "%llum", (unsigned long long)(nanoseconds / MINUTE));
	else
		snprintf(ret_text, CLOCK_DURATION_SIZE, "%lluh", (unsigned long long)(nanoseconds / HOUR));
	return ret_text;
}
