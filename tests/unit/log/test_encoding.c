// SPDX-License-Identifier: BSD-2-Clause
/* Tests of encoding.c: UTF-16 becomes UTF-8, anything else stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/encoding.h"

#include "stream_source.h"

/* Reads everything, so many bytes at a time. */
static void assert_read(const char *bytes, size_t length, size_t size, const char *wanted)
{
	FILE *in = fmemopen((void *)bytes, length, "r");
	struct encoding encoding = { 0 };
	size_t got = 0, part;
	char text[128];

	assert_non_null(in);
	while ((part = encoding__read(&encoding, STREAM_SOURCE(in), text + got, size))) {
		assert_true(part <= size);
		got += part;
	}
	assert_true(encoding.is_at_end && !encoding.error);
	assert_int_equal(got, strlen(wanted));
	assert_memory_equal(text, wanted, got);
	fclose(in);
}

static void test_encodings(void **state)
{
	static const char little[] = "\xff\xfe"
				     "S\0I\0P\0\xe9\0\x92\x21\x3d\xd8\n\0";
	static const char big[] = "\xfe\xff"
				  "\0S\0I\0P\0\xe9\x21\x92\xd8\x3d\0\n";
	static const char bytes[] = "\xff\xff is no mark, and these are bytes";
	size_t size;

	for (size = ENCODING_SIZE_MIN; size < 40; size++) {
		assert_read(little, sizeof(little) - 1, size, "SIP\u00e9\u2192?\n");
		assert_read(little, sizeof(little) - 2, size, "SIP\u00e9\u2192?");
		assert_read(big, sizeof(big) - 1, size, "SIP\u00e9\u2192?\n");
		assert_read("\xff", 1, size, "\xff");
		assert_read(bytes, strlen(bytes), size, bytes);
		assert_read("\xff\xfe", 2, size, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
