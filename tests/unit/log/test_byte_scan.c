// SPDX-License-Identifier: BSD-2-Clause
/* Tests of byte_scan.h: it finds what memchr() finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "log/byte_scan.h"

#include "rounds.h"

static void check(const char *text, size_t length, char byte)
{
	const char *end = text + length, *wanted = text;
	struct byte_scan scan;

	byte_scan__begin(&scan, text, end, byte);
	while ((wanted = memchr(wanted, byte, (size_t)(end - wanted)))) {
		assert_ptr_equal(byte_scan__next(&scan), wanted);
		wanted++;
	}
	assert_null(byte_scan__next(&scan));
	assert_null(byte_scan__next(&scan));
}

static void test_all_places(void **state)
{
	size_t length, i, round;
	char *text;

	for (length = 0; length <= 3 * BYTE_SCAN_BLOCK + 1; length++) {
		text = malloc(length + 1); /* where a sanitizer sees what is read behind it */
		assert_non_null(text);
		for (round = 0; round < rounds(20); round++) {
			for (i = 0; i < length; i++)
				text[i] = (char)(rand() % (1 << round % 7) + '\n');
			text[length] = '\n';
			check(text, length, '\n');
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
