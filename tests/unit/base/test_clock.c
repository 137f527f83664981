// SPDX-License-Identifier: BSD-2-Clause
/* Tests of clock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#define HOUR (3600 * CLOCK_SECOND)

static const struct clock_moment noon = { .real = { .tv_sec = 1000000, .tv_nsec = 700000000 }, .elapsed = 5 };

/* A minute and a quarter of a second later, by a clock that was set by so much meanwhile. */
static struct clock_moment later(__s64 set_by)
{
	struct clock_moment moment = noon;
	__s64 nanoseconds = 60 * CLOCK_SECOND + CLOCK_SECOND / 4;

	moment.elapsed += nanoseconds;
	nanoseconds += noon.real.tv_nsec + set_by;
	moment.real.tv_sec += nanoseconds / CLOCK_SECOND - 1;
	moment.real.tv_nsec = nanoseconds % CLOCK_SECOND + CLOCK_SECOND;
	moment.real.tv_sec += moment.real.tv_nsec / CLOCK_SECOND;
	moment.real.tv_nsec %= CLOCK_SECOND;
	return moment;
}

static void test_what_was_set_is_told_from_what_has_passed(void **state)
{
	static const __s64 changes[] = { 0, 1, -1, HOUR, -HOUR, 7 * CLOCK_SECOND / 10, -7 * CLOCK_SECOND / 10 };

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct clock_moment moment = later(changes[i]);

		assert_int_equal(clock__set_by(&noon, &moment), changes[i]);
		assert_int_equal(clock__set_by(&moment, &noon), -changes[i]);
	}
}

static void test_an_earlier_moment_follows_the_clock(void **state)
{
	static const __s64 changes[] = { 0, HOUR, -HOUR, 350000000, -800000000 };

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct clock_moment before = noon, after = later(changes[i]);

		clock__correct(&before, &after);
		assert_int_equal(clock__set_by(&before, &after), 0);
		assert_int_equal(before.elapsed, noon.elapsed);
		assert_in_range(before.real.tv_nsec, 0, CLOCK_SECOND - 1);
	}
}

/* Before 1970, seconds are negative and nanoseconds are not. */
static void test_a_moment_may_be_before_1970(void **state)
{
	struct clock_moment before = { .real = { .tv_sec = 10 } };
	struct clock_moment after = { .real = { .tv_nsec = 1 }, .elapsed = 20 * CLOCK_SECOND };

	clock__correct(&before, &after);
	assert_int_equal(before.real.tv_sec, -20);
	assert_int_equal(before.real.tv_nsec, 1);
}

static void test_now_is_later_than_before(void **state)
{
	struct clock_moment before = clock__now(), now = clock__now();

	assert_true(before.elapsed > 0);
	assert_true(now.elapsed >= before.elapsed);
	assert_true(now.real.tv_sec > 1600000000);
}

static void test_durations(void **state)
{
	static const struct {
		__u64 seconds;
		const char *text;
	} cases[] = { { 0, "0s" }, { 119, "119s" }, { 120, "2m" }, { 7199, "119m" }, { 7200, "2h" }, { 86400, "24h" } };
	char text[CLOCK_DURATION_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(clock__duration(cases[i].seconds * (__u64)CLOCK_SECOND, text), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_set_is_told_from_what_has_passed),
		cmocka_unit_test(test_an_earlier_moment_follows_the_clock),
		cmocka_unit_test(test_a_moment_may_be_before_1970),
		cmocka_unit_test(test_now_is_later_than_before),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
