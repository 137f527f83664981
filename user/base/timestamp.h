/* SPDX-License-Identifier: BSD-2-Clause */
/* Points in time as text and back. */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stdbool.h>
#include <time.h>

#define TIMESTAMP_SIZE sizeof("2026-01-01T00:00:00.000+01:00")
#define TIMESTAMP_CLOCK_SIZE 32

enum timestamp_zone { TIMESTAMP_LOCAL, TIMESTAMP_UTC };

/* Returns whether the time is known: zero stands for unknown. */
static inline bool timestamp__is_known(const struct timespec *time)
{
	return time->tv_sec || time->tv_nsec;
}

static inline bool timestamp__is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/*
 * Widens the range from start to end, each of which may be unknown, so that it includes this time. Does nothing if the
 * time is unknown.
 */
void timestamp__widen(struct timespec *start, struct timespec *end, const struct timespec *time);

/*
 * Formats a time as RFC 3339 in UTC, to the millisecond, or to the second if the milliseconds are 0:
 * "2026-01-31T12:34:56Z". Returns 0, or -ERANGE with ret_text untouched if the year does not have four digits.
 */
int timestamp__format(const struct timespec *time, char ret_text[TIMESTAMP_SIZE]);

/* Does the same in this time zone; local time has its offset from UTC: "2026-01-31T12:34:56+01:00". */
int timestamp__format_zone(const struct timespec *time, enum timestamp_zone zone, char ret_text[TIMESTAMP_SIZE]);

/* Writes "2026-01-31 12:34:56", or in UTC "2026-01-31 12:34:56Z", or "" for an unknown time. Returns ret_text. */
const char *timestamp__clock(const struct timespec *time, enum timestamp_zone zone,
			     char ret_text[TIMESTAMP_CLOCK_SIZE]);

/*
 * Parses a date and a time of day with T or a space between them. A fraction of a second may follow, after a point or
 * comma, then the offset from UTC: Z, +01:00 or the like. Without an offset the time is local. Returns 0, or -EINVAL
 * with *ret_time untouched.
 */
int timestamp__parse(const char *text, struct timespec *ret_time);

#endif
