// SPDX-License-Identifier: BSD-2-Clause
/* Tests of alike.h: digits alone may differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/alike.h"

static void test_each_pair_of_bytes(void **state)
{
	int a, b;

	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			char one[] = { 'x', (char)a }, other[] = { 'x', (char)b };
			bool are_digits = a >= '0' && a <= '9' && b >= '0' && b <= '9';

			assert_int_equal(alike__are(one, other, sizeof(one)), a == b || are_digits);
		}
	}
}

static void test_each_length(void **state)
{
	static const char text[] = "INVITE 01234567 of 89.12.34.56:7890";
	char other[sizeof(text)];
	size_t length, i;

	for (length = 0; length < sizeof(text); length++) {
		memcpy(other, text, sizeof(text));
		for (i = 0; i < length; i++) {
			assert_true(alike__are(text, other, length));
			other[i] ^= 1;
			assert_int_equal(alike__are(text, other, length), text[i] >= '0' && text[i] <= '9');
			other[i] ^= 1;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_pair_of_bytes),
		cmocka_unit_test(test_each_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
