// SPDX-License-Identifier: BSD-2-Clause
/* See timestamp.h. */
#include "base/timestamp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NANOSECONDS_PER_MILLISECOND 1000000
#define FIRST_FRACTION_DIGIT 100000000 /* nanoseconds */

void timestamp__widen(struct timespec *start, struct timespec *end, const struct timespec *time)
{
	if (!timestamp__is_known(time))
		return;
	if (!timestamp__is_known(start) || timestamp__is_before(time, start))
		*start = *time;
	if (!timestamp__is_known(end) || timestamp__is_before(end, time))
		*end = *time;
}

static struct tm *split(const struct timespec *time, enum timestamp_zone zone, struct tm *tm)
{
	return zone == TIMESTAMP_UTC ? gmtime_r(&time->tv_sec, tm) : localtime_r(&time->tv_sec, tm);
}

/* "Z" or "+01:00"; offsets of seconds, as there were long ago, are cut. */
static void write_offset(const struct tm *tm, enum timestamp_zone zone, char *text, size_t size)
{
	long minutes = labs(tm->tm_gmtoff) / 60;

	if (zone == TIMESTAMP_UTC)
		snprintf(text, size, "Z");
	else
		snprintf(text, size, "%c%02ld:%02ld", tm->tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

int timestamp__format_zone(const struct timespec *time, enum timestamp_zone zone, char ret_text[TIMESTAMP_SIZE])
{
	long milliseconds = time->tv_nsec / NANOSECONDS_PER_MILLISECOND;
	char text[TIMESTAMP_SIZE];
	size_t length;
	struct tm tm;

	if (!split(time, zone, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
		return -ERANGE;
	/* strftime() writes years before 1000 with fewer than four digits. */
	length = (size_t)snprintf(text, sizeof(text), "%04d", tm.tm_year + 1900);
	length += strftime(text + length, sizeof(text) - length, "-%m-%dT%T", &tm);
	if (milliseconds)
		length += (size_t)snprintf(text + length, sizeof(text) - length, ".%03ld", milliseconds);
	write_offset(&tm, zone, text + length, sizeof(text) - length);
	memcpy(ret_text, text, sizeof(text));
	return 0;
}

int timestamp__format(const struct timespec *time, char ret_text[TIMESTAMP_SIZE])
{
	return timestamp__format_zone(time, TIMESTAMP_UTC, ret_text);
}

const char *timestamp__clock(const struct timespec *time, enum timestamp_zone zone, char ret_text[TIMESTAMP_CLOCK_SIZE])
{
	const char *format = zone == TIMESTAMP_UTC ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S";
	struct tm tm;

	ret_text[0] = '\0';
	if (timestamp__is_known(time) && split(time, zone, &tm))
		strftime(ret_text, TIMESTAMP_CLOCK_SIZE, format, &tm);
	return ret_text;
}

/* Reads a number of exactly this many digits, from low to high, and moves behind it. Returns false if there is none. */
static bool read_number(const char **text, size_t digits, int low, int high, int *ret_number)
{
	int number = 0;
	size_t i;

	for (i = 0; i < digits; i++) {
		if ((*text)[i] < '0' || (*text)[i] > '9')
			return false;
		number = number * 10 + ((*text)[i] - '0');
	}
	if (number < low || number > high)
		return false;
	*text += digits;
	*ret_number = number;
	return true;
}

static bool read_character(const char **text, const char *wanted)
{
	if (!**text || !strchr(wanted, **text))
		return false;
	++*text;
	return true;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && is_leap_year);
}

static bool read_date(const char **text, struct tm *tm)
{
	if (!read_number(text, 4, 0, 9999, &tm->tm_year) || !read_character(text, "-") ||
	    !read_number(text, 2, 1, 12, &tm->tm_mon) || !read_character(text, "-") ||
	    !read_number(text, 2, 1, month_days(tm->tm_year, tm->tm_mon), &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return true;
}

static bool read_clock(const char **text, struct tm *tm)
{
	return read_number(text, 2, 0, 23, &tm->tm_hour) && read_character(text, ":") &&
	       read_number(text, 2, 0, 59, &tm->tm_min) && read_character(text, ":") &&
	       read_number(text, 2, 0, 60, &tm->tm_sec);
}

/* Reads a fraction of a second, if there is one, and returns its nanoseconds. */
static long read_fraction(const char **text)
{
	long nanoseconds = 0, unit = FIRST_FRACTION_DIGIT;

	if (!read_character(text, ".,"))
		return 0;
	for (; **text >= '0' && **text <= '9'; ++*text, unit /= 10)
		nanoseconds += (**text - '0') * unit;
	return nanoseconds;
}

/* Reads an offset from UTC that ends the text: +hh:mm or +hhmm. Returns false if there is none. */
static bool read_offset(const char **text, long *ret_seconds)
{
	bool is_west = **text == '-';
	int hours, minutes;

	if (!read_character(text, "+-") || !read_number(text, 2, 0, 23, &hours))
		return false;
	(void)read_character(text, ":");
	if (!read_number(text, 2, 0, 59, &minutes))
		return false;
	*ret_seconds = (is_west ? -1L : 1L) * (hours * 60 + minutes) * 60;
	return !**text;
}

int timestamp__parse(const char *text, struct timespec *ret_time)
{
	struct tm tm = { .tm_isdst = -1 };
	struct timespec time = { 0 };
	char formatted[TIMESTAMP_SIZE];
	long offset = 0;

	if (!read_date(&text, &tm) || !read_character(&text, "Tt ") || !read_clock(&text, &tm))
		return -EINVAL;
	time.tv_nsec = read_fraction(&text);
	(void)read_character(&text, " ");
	if (!*text)
		time.tv_sec = mktime(&tm);
	else if (!strcmp(text, "Z") || !strcmp(text, "z") || read_offset(&text, &offset))
		time.tv_sec = timegm(&tm) - offset;
	else
		return -EINVAL;
	if (timestamp__format(&time, formatted) < 0) /* the offset moves it out of the four-digit years */
		return -EINVAL;
	*ret_time = time;
	return 0;
}
