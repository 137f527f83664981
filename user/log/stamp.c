// SPDX-License-Identifier: BSD-2-Clause
/* See stamp.h. A stamp is a row of parts in any order: a date or the parts of one, a time of day, a zone. */
#include "log/stamp.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define NANOSECONDS_PER_SECOND 1000000000LL
#define NANOSECONDS_DIGITS 9
#define SECONDS_PER_DAY 86400
#define SECONDS_PER_HOUR 3600
#define EPOCH_DIGITS_MIN 9
#define EPOCH_DIGITS_MAX 19
#define EPOCH_SECONDS_DIGITS 10 /* from 2001 to 2286 */
#define STAMP_LENGTH_MAX 80
#define QUARTER 15                     /* minutes */
#define YEAR_0_BEGINS (-62167219200LL) /* seconds since 1970 */
#define YEAR_9999_ENDS 253402300800LL

/* What has been read of a stamp. */
struct stamp {
	struct tm tm; /* the year is a year, and the month is from 1; 0: none */
	long nanoseconds;
	bool has_clock, has_half, has_offset, has_date, is_epoch;
	long offset;        /* seconds east of UTC */
	time_t seconds;     /* since 1970, if is_epoch */
	const char *second; /* where it is, if has_clock */
};

struct text {
	const char *at, *end;
};

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_letter(char character)
{
	return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

static size_t count_digits(const struct text *text, size_t from)
{
	size_t digits = 0;

	while (text->at + from + digits < text->end && is_digit(text->at[from + digits]))
		digits++;
	return digits;
}

static char character_at(const struct text *text, size_t offset)
{
	return text->at + offset < text->end ? text->at[offset] : '\0';
}

static long long read_number(struct text *text, size_t digits)
{
	long long number = 0;

	for (; digits; digits--)
		number = number * 10 + (*text->at++ - '0');
	return number;
}

/* Reads the digits after a point, and returns their nanoseconds. There may be another point: 105.000 milliseconds. */
static long read_fraction(struct text *text)
{
	static const long units[] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
	size_t digits = 0;
	long number = 0;

	for (; text->at < text->end && is_digit(*text->at); text->at++) {
		if (digits < sizeof(units) / sizeof(*units) - 1) {
			number = number * 10 + (*text->at - '0');
			digits++;
		}
		if (character_at(text, 1) == '.' && count_digits(text, 2))
			text->at++;
	}
	return number * units[digits];
}

/* Reads a fraction behind a point, a comma or a colon, if there is one. */
static long read_any_fraction(struct text *text)
{
	if (!strchr(".,:", character_at(text, 0)) || !count_digits(text, 1))
		return 0;
	text->at++;
	return read_fraction(text);
}

/* hh:mm:ss with a fraction. */
static bool read_clock(struct text *text, struct stamp *stamp)
{
	struct tm *tm = &stamp->tm;
	size_t digits = count_digits(text, 0);

	if (stamp->has_clock || count_digits(text, digits + 1) != 2 || character_at(text, digits + 3) != ':' ||
	    count_digits(text, digits + 4) != 2)
		return false;
	tm->tm_hour = (int)read_number(text, digits);
	text->at++;
	tm->tm_min = (int)read_number(text, 2);
	text->at++;
	stamp->second = text->at;
	tm->tm_sec = (int)read_number(text, 2);
	stamp->has_clock = true;
	stamp->nanoseconds = read_any_fraction(text);
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* dd-mm before an @, without a year. */
static bool read_day(struct text *text, struct stamp *stamp)
{
	stamp->tm.tm_mday = (int)read_number(text, count_digits(text, 0));
	text->at++;
	stamp->tm.tm_mon = (int)read_number(text, count_digits(text, 0));
	return stamp->tm.tm_mon >= 1 && stamp->tm.tm_mon <= 12;
}

/* yyyy-mm-dd, or dd-mm-yyyy, with any separator. */
static bool read_date(struct text *text, struct stamp *stamp, size_t digits)
{
	char separator = character_at(text, digits);
	size_t middle = count_digits(text, digits + 1), last = count_digits(text, digits + middle + 2);
	bool is_year_first = digits == 4;
	int numbers[3];

	if (digits == 2 && middle == 2 && character_at(text, 5) == '@')
		return read_day(text, stamp);
	if (character_at(text, digits + middle + 1) != separator || !middle || middle > 2 ||
	    (is_year_first ? !last || last > 2 : last != 4))
		return false;
	numbers[0] = (int)read_number(text, digits);
	text->at++;
	numbers[1] = (int)read_number(text, middle);
	text->at++;
	numbers[2] = (int)read_number(text, last);
	stamp->tm.tm_year = numbers[is_year_first ? 0 : 2];
	stamp->tm.tm_mon = numbers[1];
	stamp->tm.tm_mday = numbers[is_year_first ? 2 : 0];
	return stamp->tm.tm_mon >= 1 && stamp->tm.tm_mon <= 12;
}

/* Seconds since 1970, or as many milliseconds, microseconds or nanoseconds. */
static bool read_epoch(struct text *text, struct stamp *stamp, size_t digits)
{
	long long number, unit = 1;

	if (digits > EPOCH_DIGITS_MAX || stamp->has_clock || stamp->tm.tm_mon)
		return false;
	number = read_number(text, digits);
	for (; digits > EPOCH_SECONDS_DIGITS; digits--)
		unit *= 10;
	if (unit > 1 && unit != 1000 && unit != 1000000 && unit != NANOSECONDS_PER_SECOND)
		return false;
	stamp->is_epoch = true;
	stamp->seconds = (time_t)(number / unit);
	stamp->nanoseconds = (long)(number % unit * (NANOSECONDS_PER_SECOND / unit));
	if (unit == 1 && strchr(".,", character_at(text, 0)) && count_digits(text, 1)) {
		text->at++;
		stamp->nanoseconds = read_fraction(text);
	}
	return true;
}

/* A number of its own: a day, or a year. */
static bool read_part(struct text *text, struct stamp *stamp, size_t digits)
{
	int number = (int)read_number(text, digits);

	if (digits == 4 && !stamp->tm.tm_year)
		stamp->tm.tm_year = number;
	else if (digits <= 2 && !stamp->tm.tm_mday)
		stamp->tm.tm_mday = number;
	else
		return false;
	return true;
}

static bool read_digits(struct text *text, struct stamp *stamp)
{
	size_t digits = count_digits(text, 0);
	char next = character_at(text, digits);

	if (digits >= EPOCH_DIGITS_MIN)
		return read_epoch(text, stamp, digits);
	if (digits <= 2 && next == ':')
		return read_clock(text, stamp);
	if ((digits == 4 || digits <= 2) && strchr("-/.", next) && next && is_digit(character_at(text, digits + 1)))
		return !stamp->tm.tm_mon && read_date(text, stamp, digits);
	return (digits == 4 || digits <= 2) && read_part(text, stamp, digits);
}

/* +hh:mm, +hhmm or +hh. */
static bool read_offset(struct text *text, struct stamp *stamp)
{
	bool is_west = *text->at++ == '-';
	size_t digits = count_digits(text, 0);
	long hours, minutes = 0;

	if (stamp->has_offset && stamp->offset)
		return false;
	if (digits == 2 && character_at(text, 2) == ':' && count_digits(text, 3) == 2) {
		hours = (long)read_number(text, 2);
		text->at++;
	} else if (digits == 4 || digits == 2) {
		hours = (long)read_number(text, 2);
	} else {
		return false;
	}
	if (digits == 4 || count_digits(text, 0))
		minutes = (long)read_number(text, 2);
	stamp->has_offset = true;
	stamp->offset = (is_west ? -1 : 1) * (hours * SECONDS_PER_HOUR + minutes * 60);
	return hours < 24 && minutes < 60;
}

static int find_name(const char *word, size_t length, const char *names)
{
	size_t i;

	for (i = 0; length >= 3 && names[3 * i]; i++) {
		if (!strncasecmp(word, names + 3 * i, 3))
			return (int)i + 1;
	}
	return 0;
}

/* am or pm, behind an hour from 1 to 12. */
static bool read_half(struct stamp *stamp, int half)
{
	int hour = stamp->tm.tm_hour;

	if ((half != 'a' && half != 'p') || stamp->has_half || hour < 1 || hour > 12)
		return false;
	stamp->has_half = true;
	stamp->tm.tm_hour = hour % 12 + (half == 'p' ? 12 : 0);
	return true;
}

/* The name of a month, a day of the week, a zone, or the T between date and time. */
static bool read_word(struct text *text, struct stamp *stamp)
{
	const char *word = text->at;
	size_t length;
	int month;

	while (text->at < text->end && is_letter(*text->at))
		text->at++;
	length = (size_t)(text->at - word);
	if (length == 1 && (*word == 'T' || *word == 't') && stamp->tm.tm_mon && !stamp->has_clock)
		return true;
	if ((length == 1 && (*word == 'Z' || *word == 'z')) ||
	    (length == 3 && (!strncasecmp(word, "UTC", 3) || !strncasecmp(word, "GMT", 3)))) {
		stamp->has_offset = true;
		return true;
	}
	if (length == 2 && stamp->has_clock && (word[1] | 0x20) == 'm')
		return read_half(stamp, word[0] | 0x20);
	month = find_name(word, length, "janfebmaraprmayjunjulaugsepoctnovdec");
	if (month && !stamp->tm.tm_mon) {
		stamp->tm.tm_mon = month;
		return true;
	}
	if (find_name(word, length, "montuewedthufrisatsun"))
		return true;
	return stamp->has_clock && length >= 2 && length <= 5 && word[0] <= 'Z' && word[1] <= 'Z'; /* CET */
}

static bool read_next(struct text *text, struct stamp *stamp)
{
	char character = *text->at;

	if (is_digit(character))
		return read_digits(text, stamp);
	if (is_letter(character))
		return read_word(text, stamp);
	if ((character == '+' || character == '-') && stamp->has_clock)
		return read_offset(text, stamp);
	if (character == '(' && stamp->has_clock) { /* the name of a zone, behind its offset */
		text->at = text->end;
		return true;
	}
	text->at++;
	return character && strchr(" \t*.,:;/-[]@", character) != NULL;
}

static bool parse(const char *text, size_t length, struct stamp *ret_stamp)
{
	struct text rest = { .at = text, .end = text + length };
	struct stamp stamp = { 0 };

	if (length > STAMP_LENGTH_MAX)
		return false;
	while (rest.at < rest.end) {
		if (!read_next(&rest, &stamp))
			return false;
	}
	stamp.has_date = stamp.tm.tm_mon != 0;
	*ret_stamp = stamp;
	if (stamp.is_epoch)
		return true;
	return stamp.has_clock && !stamp.tm.tm_mon == !stamp.tm.tm_mday && (stamp.tm.tm_mon || !stamp.tm.tm_year);
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && is_leap_year);
}

static bool is_same_quarter(const struct tm *a, const struct tm *b)
{
	return a->tm_min == b->tm_min && a->tm_hour == b->tm_hour && a->tm_mday == b->tm_mday &&
	       a->tm_mon == b->tm_mon && a->tm_year == b->tm_year;
}

/*
 * Local times are dear to convert, and those of a log are close together. Clocks are changed at the beginning of a
 * quarter of an hour.
 */
static time_t to_seconds(struct stamp_calendar *calendar, const struct stamp *stamp)
{
	int seconds = stamp->tm.tm_min % QUARTER * 60 + stamp->tm.tm_sec;
	struct tm tm = stamp->tm;

	tm.tm_min -= tm.tm_min % QUARTER;
	tm.tm_sec = 0;
	if (!calendar->cached_time || calendar->is_cached_utc != stamp->has_offset ||
	    !is_same_quarter(&calendar->cached, &tm)) {
		calendar->cached = tm;
		calendar->is_cached_utc = stamp->has_offset;
		tm.tm_year -= 1900;
		tm.tm_mon -= 1;
		tm.tm_isdst = -1;
		calendar->cached_time = stamp->has_offset ? timegm(&tm) : mktime(&tm);
	}
	return calendar->cached_time + seconds - stamp->offset;
}

/* Gives a date without a year the last one that does not lie in the future; a day ahead may be another time zone. */
static void find_year(struct stamp_calendar *calendar, struct stamp *stamp)
{
	time_t now = calendar->now ? calendar->now : time(NULL);
	int years = 0;
	struct tm tm;

	localtime_r(&now, &tm);
	stamp->tm.tm_year = tm.tm_year + 1900;
	while (years++ < 8 && (stamp->tm.tm_mday > month_days(stamp->tm.tm_year, stamp->tm.tm_mon) ||
			       to_seconds(calendar, stamp) > now + SECONDS_PER_DAY))
		stamp->tm.tm_year--;
}

/* Takes the date that was seen last. */
static void find_day(struct stamp_calendar *calendar, struct stamp *stamp)
{
	int second = (stamp->tm.tm_hour * 60 + stamp->tm.tm_min) * 60 + stamp->tm.tm_sec;
	struct tm next;

	if (calendar->second_of_day - second > SECONDS_PER_DAY / 2) {
		next = (struct tm){ .tm_year = calendar->day.tm_year - 1900,
				    .tm_mon = calendar->day.tm_mon - 1,
				    .tm_mday = calendar->day.tm_mday + 1,
				    .tm_hour = 12 };
		timegm(&next);
		calendar->day.tm_year = next.tm_year + 1900;
		calendar->day.tm_mon = next.tm_mon + 1;
		calendar->day.tm_mday = next.tm_mday;
	}
	calendar->second_of_day = second;
	stamp->tm.tm_year = calendar->day.tm_year;
	stamp->tm.tm_mon = calendar->day.tm_mon;
	stamp->tm.tm_mday = calendar->day.tm_mday;
}

static int date(struct stamp_calendar *calendar, struct stamp *stamp)
{
	struct tm *tm = &stamp->tm;

	if (!tm->tm_mon && !calendar->has_day)
		return -ENODATA;
	if (!tm->tm_mon) {
		find_day(calendar, stamp);
		return 0;
	}
	if (tm->tm_mday < 1 || tm->tm_mday > month_days(tm->tm_year ? tm->tm_year : 2000, tm->tm_mon))
		return -EINVAL;
	if (!tm->tm_year)
		find_year(calendar, stamp);
	calendar->has_day = true;
	calendar->day = *tm;
	calendar->second_of_day = (tm->tm_hour * 60 + tm->tm_min) * 60 + tm->tm_sec;
	return 0;
}

/* Remembers what is around the seconds of a stamp, because the next one is often of the same minute. */
static void keep_minute(struct stamp_calendar *calendar, const char *text, size_t length, const struct stamp *stamp)
{
	struct text rest = { .at = stamp->second, .end = text + length };
	size_t kept;

	calendar->minute_length = 0;
	if (stamp->is_epoch || !stamp->has_date)
		return;
	kept = (size_t)(stamp->second - text);
	rest.at += 2;
	(void)read_any_fraction(&rest);
	calendar->zone_length = (size_t)(rest.end - rest.at);
	if (kept > STAMP_MINUTE_SIZE || calendar->zone_length > STAMP_ZONE_SIZE)
		return;
	memcpy(calendar->minute_text, text, kept);
	memcpy(calendar->zone_text, rest.at, calendar->zone_length);
	calendar->minute_length = kept;
	calendar->minute = to_seconds(calendar, stamp) - stamp->tm.tm_sec;
}

/* Reads a stamp of the minute that was kept. Returns false if it is none. */
static bool read_in_minute(const struct stamp_calendar *calendar, const char *text, size_t length,
			   struct timespec *ret_time)
{
	struct text rest = { .at = text + calendar->minute_length, .end = text + length };
	int second;

	if (!calendar->minute_length || length < calendar->minute_length + 2 + calendar->zone_length ||
	    memcmp(text, calendar->minute_text, calendar->minute_length) != 0 || count_digits(&rest, 0) != 2)
		return false;
	second = (int)read_number(&rest, 2);
	ret_time->tv_nsec = read_any_fraction(&rest);
	ret_time->tv_sec = calendar->minute + second;
	return second < 60 && (size_t)(rest.end - rest.at) == calendar->zone_length &&
	       !memcmp(rest.at, calendar->zone_text, calendar->zone_length);
}

/* Seconds since 1970 with a fraction, as programs write them. Returns false if it is another stamp. */
static bool read_usual_epoch(const char *text, size_t length, struct timespec *ret_time)
{
	struct text rest = { .at = text, .end = text + length };
	size_t digits;

	if (length <= EPOCH_SECONDS_DIGITS + 1 || length > EPOCH_SECONDS_DIGITS + 1 + NANOSECONDS_DIGITS ||
	    text[EPOCH_SECONDS_DIGITS] != '.')
		return false;
	digits = count_digits(&rest, 0);
	if (digits != EPOCH_SECONDS_DIGITS || digits + 1 + count_digits(&rest, digits + 1) != length)
		return false;
	ret_time->tv_sec = (time_t)read_number(&rest, digits);
	rest.at++;
	ret_time->tv_nsec = read_fraction(&rest);
	return true;
}

/* Whether it is hh:mm:ss with a fraction, or without. */
static bool is_usual_clock(const char *text, size_t length)
{
	struct text rest = { .at = text, .end = text + length };
	struct stamp stamp = { 0 };

	return length > 2 && text[2] == ':' && count_digits(&rest, 0) == 2 && read_clock(&rest, &stamp) &&
	       rest.at == rest.end;
}

int stamp__read(struct stamp_calendar *calendar, const char *text, size_t length, struct timespec *ret_time)
{
	struct timespec time;
	struct stamp stamp;
	int error;

	if (read_usual_epoch(text, length, ret_time))
		return 0;
	if (!calendar->has_day && length <= STAMP_LENGTH_MAX && is_usual_clock(text, length))
		return -ENODATA;
	if (read_in_minute(calendar, text, length, &time)) {
		*ret_time = time;
		return 0;
	}
	if (!parse(text, length, &stamp))
		return -EINVAL;
	error = stamp.is_epoch ? 0 : date(calendar, &stamp);
	if (error)
		return error;
	time.tv_sec = stamp.is_epoch ? stamp.seconds : to_seconds(calendar, &stamp);
	time.tv_nsec = stamp.nanoseconds;
	if (time.tv_sec < YEAR_0_BEGINS || time.tv_sec >= YEAR_9999_ENDS)
		return -EINVAL;
	keep_minute(calendar, text, length, &stamp);
	*ret_time = time;
	return 0;
}
