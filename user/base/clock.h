/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moments by two clocks: the one that people read, which may be set, and the one that only ever advances, also while the
 * host sleeps (CLOCK_REALTIME and CLOCK_BOOTTIME, clock_gettime(2)).
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <linux/types.h>
#include <time.h>

#define CLOCK_SECOND 1000000000LL /* in nanoseconds */
#define CLOCK_DURATION_SIZE 32

struct clock_moment {
	struct timespec real; /* UTC */
	__s64 elapsed;        /* nanoseconds since boot */
};

struct clock_moment clock__now(void);

/*
 * Returns by how many nanoseconds the clock that people read was set between two moments: more than 0 when it was set
 * forward.
 */
__s64 clock__set_by(const struct clock_moment *before, const struct clock_moment *after);

/* Gives an earlier moment the time that it has by the clock as it is now. */
void clock__correct(struct clock_moment *before, const struct clock_moment *after);

/* Writes "90s", "10m" or "3h": a duration in a unit of which there are at least two. Returns ret_text. */
const char *clock__duration(__u64 nanoseconds, char ret_text[CLOCK_DURATION_SIZE]);

#endif
