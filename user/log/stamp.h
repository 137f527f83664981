/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times as logs write them: 2026-01-31 12:34:56.789, 2026/01/31, 31-01-2026, 31/Jan/2026, Jan 31 12:34:56, with or
 * without an offset from UTC, seconds since 1970, or a time of day alone.
 */
#ifndef STAMP_H
#define STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define STAMP_MINUTE_SIZE 32
#define STAMP_ZONE_SIZE 64

/* What is known for the times of one log. */
struct stamp_calendar {
	time_t now;        /* when the log is read; 0: the current time */
	bool has_day;      /* a date was seen; it dates the times of day that follow */
	struct tm day;     /* the last date */
	int second_of_day; /* of the last time of day that had no date */
	struct tm cached;  /* the last quarter of an hour, and its beginning */
	bool is_cached_utc;
	time_t cached_time;
	char minute_text[STAMP_MINUTE_SIZE]; /* the last stamp up to its seconds */
	size_t minute_length;
	char zone_text[STAMP_ZONE_SIZE]; /* what was behind its seconds and their fraction */
	size_t zone_length;
	time_t minute; /* the beginning of that minute */
};

/*
 * Reads a time. Without an offset from UTC it is local; so it is with the name of a zone other than UTC. Without a year
 * it lies in the last twelve months. A time of day without a date belongs to the last date that was seen in the log, or
 * to the day after that if it is earlier than the one before it by more than half a day.
 *
 * Returns 0, -EINVAL if it is no time, or -ENODATA if it is a time of day and no date is known.
 */
int stamp__read(struct stamp_calendar *calendar, const char *text, size_t length, struct timespec *ret_time);

#endif
