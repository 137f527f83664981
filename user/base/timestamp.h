/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments as text and back. */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stdbool.h>
#include <time.h>

#define TIMESTAMP_SIZE sizeof("2026-01-01T00:00:00.000Z")
#define TIMESTAMP_LOCAL_SIZE 32

/* Whether it is a moment at all: zero stands for none. */
static inline bool timestamp__is_known(const struct timespec *time)
{
	return time->tv_sec || time->tv_nsec;
}

static inline bool timestamp__is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Widens the time from start to end, if any is known, so that it holds this moment, if it is one. */
void timestamp__widen(struct timespec *start, struct timespec *end, const struct timespec *time);

/*
 * RFC 3339 in UTC, to the millisecond, or to the second if that is exact: "2026-01-31T12:34:56Z". Returns 0, or -ERANGE
 * for a moment that has no four-digit year, ret_text untouched.
 */
int timestamp__format(const struct timespec *time, char ret_text[TIMESTAMP_SIZE]);

/* "2026-01-31 12:34:56" in local time; "" for a moment that is zero, which is not known. Returns ret_text. */
const char *timestamp__local(const struct timespec *time, char ret_text[TIMESTAMP_LOCAL_SIZE]);

/*
 * Parses a date and a time of day, with T or a space between them, with or without a fraction of a second (after a point
 * or comma), and what it is relative to: Z, +01:00 or the like; local time if nothing stands there. Returns 0 or -EINVAL,
 * *ret_time untouched.
 */
int timestamp__parse(const char *text, struct timespec *ret_time);

#endif
