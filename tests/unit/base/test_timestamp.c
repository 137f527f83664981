// SPDX-License-Identifier: BSD-2-Clause
/* Tests of timestamp.c. Writing is tested with the snapshots that it is for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "base/timestamp.h"

#define NEW_YEAR 1767225600 /* 2026-01-01T00:00:00Z */

static void test_times_are_parsed(void **state)
{
	static const struct {
		const char *text;
		time_t seconds;
		long nanoseconds;
	} cases[] = {
		{ "0001-01-01T00:00:00Z", -62135596800, 0 },
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2026-01-01T00:00:00Z", NEW_YEAR, 0 },
		{ "2026-01-01 00:00:00z", NEW_YEAR, 0 },
		{ "2026-01-01T00:00:00.007Z", NEW_YEAR, 7000000 },
		{ "2026-01-01T00:00:00,5Z", NEW_YEAR, 500000000 },
		{ "2026-01-01T00:00:00.1234567891234Z", NEW_YEAR, 123456789 },
		{ "2026-01-01T02:00:00+02:00", NEW_YEAR, 0 },
		{ "2025-12-31 19:30:00 -0430", NEW_YEAR, 0 },
		{ "2025-12-31T18:00:00", NEW_YEAR, 0 },                 /* local time */
		{ "2025-12-31T23:59:60Z", NEW_YEAR, 0 },                /* a leap second */
		{ "2028-02-29T00:00:00Z", NEW_YEAR + 789 * 86400L, 0 }, /* a leap year */
		{ "2000-02-29T00:00:00Z", 951782400, 0 },
	};
	struct timespec time;
	size_t i;

	setenv("TZ", "XXX6", 1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(timestamp__parse(cases[i].text, &time), 0);
		assert_int_equal(time.tv_sec, cases[i].seconds);
		assert_int_equal(time.tv_nsec, cases[i].nanoseconds);
	}
}

static void test_what_is_no_time(void **state)
{
	static const char *const cases[] = { "",
					     "2026-01-01",
					     "2026-01-01T",
					     "2026-13-01T00:00:00Z",
					     "2026-00-01T00:00:00Z",
					     "2026-01-32T00:00:00Z",
					     "2026-02-29T00:00:00Z",
					     "2026-02-31T00:00:00Z",
					     "2026-04-31T00:00:00Z",
					     "2100-02-29T00:00:00Z",
					     "2026-01-01T24:00:00Z",
					     "2026-01-01T00:60:00Z",
					     "2026-01-01T00:00:61Z",
					     "2026-01-01T00:00:00Zx",
					     "2026-01-01T00:00:00+2",
					     "2026-01-01T00:00:00+02:00x",
					     "0000-01-01T00:00:00+00:01",
					     "9999-12-31T23:59:59-00:01",
					     " 2026-01-01T00:00:00Z",
					     "26-01-01T00:00:00Z" };
	struct timespec time = { .tv_sec = 7 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(timestamp__parse(cases[i], &time), -EINVAL);
	assert_int_equal(time.tv_sec, 7);
}

static void test_times_are_written(void **state)
{
	static const struct {
		const char *timezone;
		enum timestamp_zone zone;
		const char *formatted, *clock;
	} cases[] = {
		{ "UTC", TIMESTAMP_LOCAL, "2026-01-01T00:00:00.250+00:00", "2026-01-01 00:00:00" },
		{ "XXX-1", TIMESTAMP_LOCAL, "2026-01-01T01:00:00.250+01:00", "2026-01-01 01:00:00" },
		{ "XXX6:30", TIMESTAMP_LOCAL, "2025-12-31T17:30:00.250-06:30", "2025-12-31 17:30:00" },
		{ "XXX-1", TIMESTAMP_UTC, "2026-01-01T00:00:00.250Z", "2026-01-01 00:00:00Z" },
	};
	const struct timespec time = { .tv_sec = NEW_YEAR, .tv_nsec = 250999999 }, unknown = { 0 };
	char formatted[TIMESTAMP_SIZE], clock[TIMESTAMP_CLOCK_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setenv("TZ", cases[i].timezone, 1);
		tzset();
		assert_int_equal(timestamp__format_zone(&time, cases[i].zone, formatted), 0);
		assert_string_equal(formatted, cases[i].formatted);
		assert_string_equal(timestamp__clock(&time, cases[i].zone, clock), cases[i].clock);
		assert_string_equal(timestamp__clock(&unknown, cases[i].zone, clock), "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times_are_parsed),
		cmocka_unit_test(test_what_is_no_time),
		cmocka_unit_test(test_times_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
