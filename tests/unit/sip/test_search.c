// SPDX-License-Identifier: BSD-2-Clause
/* The search for a start line behind something else: random bytes, against a search of the same byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <linux/types.h>

#include <cmocka.h>

#include "guard.h"
#include "rounds.h"
#include "sip/sip.h"

#define LENGTH_MAX 300
#define RUNS rounds(20000)
#define CALLS_MAX 1000
#define OPEN_END 0x40000000U

static struct guard guard;
static __u64 seed = 1;

static __u32 draw(__u32 below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(seed >> 33) % below;
}

/* Whether the bytes have the version in them, with white space or their end behind it. */
static bool has_version(const unsigned char *bytes, size_t length)
{
	size_t at;

	for (at = 0; at + 7 <= length; at++)
		if (strncasecmp((const char *)bytes + at, "SIP/2.0", 7) == 0 &&
		    (at + 7 == length || bytes[at + 7] <= ' '))
			return true;
	return false;
}

/* Shows the bytes in views of at most this size, as the programs do, and the end of them as the end. */
static enum sip_verdict search(const unsigned char *bytes, __u32 length, __u32 view_size, __s32 *ret_effort)
{
	struct sip_scan scan;
	const struct sip_view view = { .base = bytes, .bounds = &scan.bounds };
	struct sip_view part = view;
	enum sip_verdict verdict = SIP_MORE;
	unsigned int calls;

	sip__begin(&scan, 0, length + OPEN_END, 0, SIP_HEADERS_OF_STREAM);
	scan.state = SIP_IN_SEARCH;
	scan.effort_left = SIP_EFFORT_UNLIMITED;
	for (calls = 0; calls < CALLS_MAX && verdict == SIP_MORE; calls++) {
		if (sip__is_at_end(&scan, length))
			scan.end = length;
		scan.bounds.origin = scan.offset;
		scan.bounds.limit = length - scan.offset < view_size ? length : scan.offset + view_size;
		part.base = bytes + scan.offset;
		verdict = sip__read(&part, &scan);
	}
	*ret_effort = SIP_EFFORT_UNLIMITED - sip__effort_left(&scan);
	return verdict;
}

static void check(const unsigned char *bytes, __u32 length)
{
	enum sip_verdict wanted = has_version(bytes, length) ? SIP_MALFORMED : SIP_TRUNCATED;
	__s32 effort, effort_in_views;

	bytes = guard__at_end(&guard, bytes, length);
	if (search(bytes, length, LENGTH_MAX, &effort) != wanted)
		fail_msg("%u bytes, \"%.*s\"", length, (int)length, (const char *)bytes);
	if (search(bytes, length, 64 + draw(64), &effort_in_views) != wanted)
		fail_msg("%u bytes in views, \"%.*s\"", length, (int)length, (const char *)bytes);
	assert_int_equal(effort, effort_in_views);
	assert_true(effort <= (__s32)length + 4 * SIP_EFFORT_OF_BYTES + SIP_EFFORT_OF_BYTES * (__s32)length / 8);
}

/* The version at each place, behind and before others. */
static void test_places(void **state)
{
	static const char *const versions[] = { "SIP/2.0 ", "sIp/2.0\r", "SIP/2.0\n",   "SIP/2.0/", "SIP/2.00",
						"SIP/2,0 ", "TIP/2.0 ",  "SI\xd0/2.0 ", "SIP/2.0" };
	unsigned char bytes[LENGTH_MAX];
	__u32 at, length, i;

	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		for (length = 8; length < 110; length++) {
			for (at = 0; at + strlen(versions[i]) <= length; at++) {
				memset(bytes, at % 2 ? '/' : 'x', sizeof(bytes));
				memcpy(bytes + at, versions[i], strlen(versions[i]));
				check(bytes, length);
			}
		}
	}
}

static void test_random(void **state)
{
	static const char *const pieces[] = { "SIP/2.0", "SIP/2", "/2.", "/2.0", "S", "sip/", "I",
					      "P",       "\r\n",  " ",   "/",    "2", "x" };
	unsigned char bytes[LENGTH_MAX];
	__u32 length, wanted, run;

	for (run = 0; run < RUNS; run++) {
		wanted = 1 + draw(LENGTH_MAX - 8);
		for (length = 0; length < wanted;) {
			const char *piece = pieces[draw(sizeof(pieces) / sizeof(pieces[0]))];

			memcpy(bytes + length, piece, strlen(piece));
			length += (__u32)strlen(piece);
		}
		check(bytes, length);
	}
}

/* What has nothing like the version in it takes little effort, whatever slashes it has. */
static void test_effort(void **state)
{
	static const char text[] = "<p>a/b 2026/11/30 </p>\r\n<a href=\"https://b.example.com/2/x\">text/html</a>\r\n";
	unsigned char bytes[LENGTH_MAX];
	__u32 at;
	__s32 effort;

	for (at = 0; at < LENGTH_MAX; at++)
		bytes[at] = (unsigned char)text[at % (sizeof(text) - 1)];
	assert_int_equal(search(bytes, LENGTH_MAX, LENGTH_MAX, &effort), SIP_TRUNCATED);
	assert_true(effort < LENGTH_MAX / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_effort),
	};
	int failed;

	guard = guard__new(LENGTH_MAX);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	guard__free(&guard);
	return failed;
}
