// SPDX-License-Identifier: BSD-2-Clause
/* Tests of stamp.c: the spellings of times, and what is made of those without a date or a year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/stamp.h"
#include "unit/fixtures.h"

#define NOON (NEW_YEAR + 43200) /* 2026-01-01T12:00:00Z */
#define DAY 86400

static void test_spellings(void **state)
{
	static const struct {
		const char *text;
		time_t seconds;
		long nanoseconds;
	} stamps[] = {
		{ "2026-01-01 12:00:00", NOON, 0 },
		{ "2026-01-01T12:00:00.5", NOON, 500000000 },
		{ "2026-01-01 12:00:00,25Z", NOON, 250000000 },
		{ "2026-01-01t12:00:00z", NOON, 0 },
		{ "2026-01-01 13:00:00+01:00", NOON, 0 },
		{ "2026-01-01 10:30:00.000001 -0130", NOON, 1000 },
		{ "2026/01/01 12:00:00.071242", NOON, 71242000 },
		{ "2026-01-01 12:00:00:123", NOON, 123000000 },
		{ "2026-01-01\t12:00:00:123.456", NOON, 123456000 },
		{ "1-1-2026 12:00:00.1", NOON, 100000000 },
		{ "01.01.2026 12:00:00", NOON, 0 },
		{ "01/Jan/2026:12:00:00 +0000", NOON, 0 },
		{ "Jan  1 2026 12:00:00", NOON, 0 },
		{ "Jan 1, 2026 12:00:00.000000000 UTC", NOON, 0 },
		{ "Thu Jan  1 12:00:00 2026", NOON, 0 },
		{ "Thu Jan 01 2026 13:00:00 GMT+0100 (Central European Standard Time)", NOON, 0 },
		{ "*Jan  1 12:00:00.105 UTC:", NOON, 105000000 },
		{ "[2026-01-01 12:00:00]", NOON, 0 },
		{ "01-01@12:00:00.105", NOON, 105000000 },
		{ "2026-01-01 12:00:00 CET", NOON, 0 }, /* a name is no offset */
		{ "2026-01-01 13:00:00.5+01", NOON, 500000000 },
		{ "2026-01-01 11:00:00-01", NOON, 0 },
		{ "1/1/2026 12:00:00 PM", NOON, 0 },
		{ "1/1/2026, 1:00:00 pm", NOON + 3600, 0 },
		{ "Jan 1 2026 11:59:59PM", NOON + 43199, 0 },
		{ "Jan 1 2026 12:00:00.5 AM", NOON - 43200, 500000000 },
		{ "1767268800", NOON, 0 },
		{ "1767268800.25", NOON, 250000000 },
		{ "1767268800250", NOON, 250000000 },
		{ "1767268800000001", NOON, 1000 },
		{ "1767268800000000001", NOON, 1 },
		{ "2026-01-01 12:00:60", NOON + 60, 0 },
	};
	struct stamp_calendar calendar = { .now = NOON + 5 };
	struct timespec time;
	size_t i;

	for (i = 0; i < sizeof(stamps) / sizeof(*stamps); i++) {
		memset(&time, 0, sizeof(time));
		if (stamp__read(&calendar, stamps[i].text, strlen(stamps[i].text), &time) ||
		    time.tv_sec != stamps[i].seconds || time.tv_nsec != stamps[i].nanoseconds)
			fail_msg("%s: %lld.%09ld", stamps[i].text, (long long)time.tv_sec, time.tv_nsec);
	}
}

static void test_no_times(void **state)
{
	static const char *const texts[] = {
		"",
		"yesterday",
		"2026-01-01 13:00:00 PM",
		"2026-01-01 0:00:00 AM",
		"2026-01-01 1:00:00 AM PM",
		"2026-01-01 12:00:00+1",
		"yes terday",
		"12",
		"12:00",
		"2026-01-01",
		"2026-13-01 12:00:00",
		"2026-02-29 12:00:00",
		"2026-00-01 12:00:00",
		"2026-01-32 12:00:00",
		"2026-01-01 24:00:00",
		"2026-01-01 12:60:00",
		"2026-01-01 12:00:61",
		"2026-01-01 12:00",
		"Jan 12:00:00",
		"Jan 32 12:00:00",
		"2026-01-01 12:00:00 noon",
		"2026-01-01 12:00:00+25:00",
		"2026 12:00:00",
		"12:00:00 12:00:00",
		"99999999999999999999",
		"17672688001",
		"0000-00-00 00:00:00",
		"1:1:1",
		"2026-01-01 12:00:00 +1",
	};
	struct stamp_calendar calendar = { .now = NOON };
	struct timespec time;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (stamp__read(&calendar, texts[i], strlen(texts[i]), &time) != -EINVAL)
			fail_msg("%s: %lld", texts[i], (long long)time.tv_sec);
	}
	assert_int_equal(stamp__read(&calendar, "12:00:00\0", 9, &time), -EINVAL);
}

static time_t read_at(time_t now, const char *text)
{
	struct stamp_calendar calendar = { .now = now };
	struct timespec time;

	assert_int_equal(stamp__read(&calendar, text, strlen(text), &time), 0);
	return time.tv_sec;
}

/* The last year in which the time does not lie in the future; a day ahead may be another time zone. */
static void test_times_without_a_year(void **state)
{
	assert_int_equal(read_at(NOON, "Jan  1 11:00:00"), NOON - 3600);
	assert_int_equal(read_at(NOON, "Jan  2 11:00:00"), NOON + DAY - 3600);
	assert_int_equal(read_at(NOON, "Jan  2 13:00:00"), NOON + DAY + 3600 - 365 * DAY);
	assert_int_equal(read_at(NOON, "Dec 31 12:00:00"), NOON - DAY);
	assert_int_equal(read_at(NOON, "Feb 29 12:00:00"), NOON - 672 * DAY); /* 2024 */
}

static time_t read_on(struct stamp_calendar *calendar, const char *text)
{
	struct timespec time;
	int error = stamp__read(calendar, text, strlen(text), &time);

	assert_true(!error || error == -ENODATA);
	return error ? error : time.tv_sec;
}

/* Another line of the log may tell the date. After midnight it is the next day. */
static void test_times_without_a_date(void **state)
{
	struct stamp_calendar calendar = { .now = NOON };

	assert_int_equal(read_on(&calendar, "12:00:00.123"), -ENODATA);
	assert_int_equal(read_on(&calendar, "2026-01-01 12:00:00"), NOON);
	assert_int_equal(read_on(&calendar, "12:00:05"), NOON + 5);
	assert_int_equal(read_on(&calendar, "12:00:01"), NOON + 1);
	assert_int_equal(read_on(&calendar, "23:59:59"), NOON + DAY / 2 - 1);
	assert_int_equal(read_on(&calendar, "00:00:01"), NOON + DAY / 2 + 1);
	assert_int_equal(read_on(&calendar, "12:00:00"), NOON + DAY);
}

static void test_local_times(void **state)
{
	setenv("TZ", "UTC-2", 1);
	tzset();
	assert_int_equal(read_at(NOON, "2026-01-01 14:00:00"), NOON);
	assert_int_equal(read_at(NOON, "2026-01-01 14:00:30"), NOON + 30);
	assert_int_equal(read_at(NOON, "2026-01-01 12:00:00Z"), NOON);
	setenv("TZ", "UTC", 1);
	tzset();
}

/* What is known of the last minute changes no time. */
static void test_times_of_a_minute(void **state)
{
	static const char *const texts[] = {
		"2026-01-01 12:00:05",
		"2026-01-01 12:00:06.5",
		"2026-01-01 12:00:07:250",
		"2026-01-01T12:00:05Z",
		"2026-01-01T12:00:06.5Z",
		"2026-01-01T12:00:06.5+02:00",
		"2026-01-01T12:00:07+02:00",
		"2026-01-01 12:00:60",
		"2026-01-01 12:00:5",
		"2026-01-01 12:00:05.",
		"2026-01-01 12:00:05 PM",
		"2026-01-01 12:00:05 AM",
		"Jan 1 12:00:05.1 2026",
		"Jan 1 12:00:06 2025",
		"Thu Jan 01 2026 12:00:06 GMT+0100 (CET)",
		"2026-01-01 12:00:05.123.456Z",
		"Thu Jan 01 2026 12:00:06 GMT",
		"1767268805.25",
	};
	const size_t count = sizeof(texts) / sizeof(*texts);
	struct timespec fresh, next;
	size_t i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < count; j++) {
			struct stamp_calendar known = { .now = NOON }, unknown = { .now = NOON };
			int error = stamp__read(&unknown, texts[j], strlen(texts[j]), &fresh);

			(void)stamp__read(&known, texts[i], strlen(texts[i]), &next);
			assert_int_equal(stamp__read(&known, texts[j], strlen(texts[j]), &next), error);
			assert_true(error || (next.tv_sec == fresh.tv_sec && next.tv_nsec == fresh.tv_nsec));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_no_times),
		cmocka_unit_test(test_times_without_a_year),
		cmocka_unit_test(test_times_without_a_date),
		cmocka_unit_test(test_local_times),
		cmocka_unit_test(test_times_of_a_minute),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
