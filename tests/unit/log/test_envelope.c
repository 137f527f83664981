// SPDX-License-Identifier: BSD-2-Clause
/* Tests of envelope.c: what logging systems put in front of lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "log/envelope.h"

static struct envelope *find(const char *text)
{
	struct envelope *envelope = NULL;

	assert_int_equal(envelope__find(text, strlen(text), &envelope), 0);
	return envelope;
}

static void assert_part(const char *part, size_t length, const char *wanted)
{
	assert_int_equal(length, strlen(wanted));
	assert_memory_equal(part, wanted, length);
}

static void assert_open(struct envelope *envelope, const char *line, const char *time, const char *source,
			const char *text)
{
	struct envelope_content content;

	envelope__open(envelope, line, strlen(line), &content);
	assert_part(content.time, content.time_length, time);
	assert_part(content.source, content.source_length, source);
	assert_part(content.text, content.length, text);
	assert_true(content.text >= line && content.text + content.length <= line + strlen(line));
}

static void test_envelopes(void **state)
{
	static const struct {
		const char *line, *time, *source, *text;
	} lines[] = {
		{ "Jan  5 12:00:00 sip1 asterisk[7]: To: x", "Jan  5 12:00:00", "sip1 asterisk[7]", "To: x" },
		{ "Jan  5 12:00:00 sip1 asterisk[7]:  folded", "Jan  5 12:00:00", "sip1 asterisk[7]", " folded" },
		{ "Jan  5 12:00:00 sip1 asterisk[7]:", "Jan  5 12:00:00", "sip1 asterisk[7]", "" },
		{ "<30>Jan  5 12:00:00 sip1 a: b", "Jan  5 12:00:00", "sip1 a", "b" },
		{ "2026-01-05T12:00:00.1+00:00 sip1 /usr/sbin/k[7]: b", "2026-01-05T12:00:00.1+00:00",
		  "sip1 /usr/sbin/k[7]", "b" },
		{ "2026-01-05T12:00:00.123456789Z stdout F b", "2026-01-05T12:00:00.123456789Z", "stdout", "b" },
		{ "Jan  5 12:00:00 phone[7]: pjsip: b", "Jan  5 12:00:00", "phone[7]", "pjsip: b" },
		{ "Jan  5 12:00:00 2001:db8::1 a: b", "Jan  5 12:00:00", "2001:db8::1 a", "b" },
		{ "Jan  5 12:00:00 192.0.2.9 7592: b", "Jan  5 12:00:00", "192.0.2.9", "b" },
		{ "<133>Jan  5 12:00:00 192.0.2.9 b", "Jan  5 12:00:00", "192.0.2.9", "b" },
		{ "[Jan  5 12:00:00] VERBOSE[7][C-1] chan_sip.c: b", "Jan  5 12:00:00", "[7][C-1]", "b" },
		{ "[1767614400] VERBOSE[7] res_pjsip_logger.c: b", "1767614400", "[7]", "b" },
		{ "[2026-01-05 12:00:00.123] NOTICE[7][C-1]: a.c:12 main: b", "2026-01-05 12:00:00.123", "[7][C-1]",
		  "b" },
		{ "[5 Jan 12:00] DEBUG[7] a.c:", "5 Jan 12:00", "[7]", "" },
		{ "[1767614400.123] b", "1767614400.123", "", "b" },
		{ "01-05 12:00:00.105  1234  1250 D PJSIP   : b", "12:00:00.105", "1234  1250", "b" },
		{ "2026-01-05T12:00:00.123456789Z b", "2026-01-05T12:00:00.123456789Z", "", "b" },
		{ "Jan 05 12:00:00    b", "Jan 05 12:00:00", "", "   b" },
		{ "1767614400.123456 b", "1767614400.123456", "", "b" },
		{ "> b", "", "", "b" },
		{ "2026-01-05T12:00:00Z\tb", "2026-01-05T12:00:00Z", "", "b" },
		{ "1767614400.123456 sip1 a[7]: b", "1767614400.123456", "sip1 a[7]", "b" },
		{ "Mon 2026-01-05 12:00:00 UTC sip1 a[7]: b", "Mon 2026-01-05 12:00:00 UTC", "sip1 a[7]", "b" },
		{ "[  123.456789] sip1 a[7]: b", "", "sip1 a[7]", "b" },
		{ "[  123.456789] a[7]: b", "", "a[7]", "b" },
		{ "<30>1 2026-01-05T12:00:00.1Z sip1 a 7 - - b", "2026-01-05T12:00:00.1Z", "sip1 a 7", "b" },
		{ "<30>1 2026-01-05T12:00:00.1Z sip1 a 7 - [x y=\"z\"] b", "2026-01-05T12:00:00.1Z", "sip1 a 7", "b" },
		{ "[pod/a-0/a] b", "", "[pod/a-0/a]", "b" },
		{ "a.1.b@node1    | b", "", "a.1.b@node1", "b" },
		{ "[Jan  5 12:00:00] b", "Jan  5 12:00:00", "", "b" },
		{ "[2026-01-05 12:00:00.123] b", "2026-01-05 12:00:00.123", "", "b" },
		{ "proxy-1  | b", "", "proxy-1", "b" },
		{ "{\"log\":\"b\\r\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-05T12:00:00.1Z\"}",
		  "2026-01-05T12:00:00.1Z", "stdout", "b" },
	};
	struct envelope *envelope;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(text, sizeof(text), "%s\r\n\n%s\n", lines[i].line, lines[i].line);
		envelope = find(text);
		assert_non_null(envelope);
		assert_true(envelope__is_on_all_lines(envelope));
		assert_open(envelope, lines[i].line, lines[i].time, lines[i].source, lines[i].text);
		envelope__free(envelope);
	}
}

static void test_no_envelope(void **state)
{
	assert_null(find(""));
	assert_null(find("INVITE sip:a SIP/2.0\nTo: x\n"));
	assert_null(find("proxy-1  | b\nINVITE sip:a SIP/2.0\nTo: x\n"));
	envelope__free(NULL);
}

/* The journal writes the other lines of an entry under the first one. */
static void test_lines_under_an_envelope(void **state)
{
	struct envelope *envelope = find("Jan  5 12:00:00 sip1 a: b\n"
					 "                        c\n"
					 "                        d\r\n"
					 "Jan  5 12:00:01 sip1 b[77]: e\n"
					 "                            f\n");

	assert_true(envelope__is_on_all_lines(envelope));
	assert_open(envelope, "                        x", "", "", "                        x");
	assert_open(envelope, "Jan  5 12:00:00 sip1 a: b", "Jan  5 12:00:00", "sip1 a", "b");
	assert_open(envelope, "                        c", "Jan  5 12:00:00", "", "c");
	assert_open(envelope, "                         d", "Jan  5 12:00:00", "", " d");
	assert_open(envelope, "                        ", "Jan  5 12:00:00", "", "");
	assert_open(envelope, "  e", "Jan  5 12:00:00", "", "  e");
	assert_open(envelope, "", "Jan  5 12:00:00", "", "");
	assert_open(envelope, "Jan  5 12:00:01 sip1 b[77]: b", "Jan  5 12:00:01", "sip1 b[77]", "b");
	assert_open(envelope, "                         c", "Jan  5 12:00:01", "", "                         c");
	assert_open(envelope, "                            d", "Jan  5 12:00:01", "", "d");
	envelope__free(envelope);
}

/* An indent that is a blank too small stands under no envelope. */
static void test_lines_that_are_indented_otherwise(void **state)
{
	struct envelope *envelope = find("Jan  5 12:00:00 sip1 a: b\n"
					 "                       c\n"
					 "                       d\n");

	assert_false(envelope__is_on_all_lines(envelope));
	envelope__free(envelope);
}

/* Many programs log entries of several lines as they are. */
static void test_entries_that_go_on_without_an_envelope(void **state)
{
	struct envelope *envelope = find("[Jan  5 11:00:00] Asterisk 20.9.0 built by me\n"
					 "[Jan  5 12:00:00] VERBOSE[7] chan_sip.c: \n"
					 "<--- SIP read from UDP:192.0.2.1:5060 --->\n"
					 "INVITE sip:a SIP/2.0\n"
					 "To: x\n");

	assert_non_null(envelope);
	assert_false(envelope__is_on_all_lines(envelope));
	assert_open(envelope, "[Jan  5 12:00:00] VERBOSE[7] chan_sip.c: ", "Jan  5 12:00:00", "[7]", "");
	assert_open(envelope, "<--- SIP read", "Jan  5 12:00:00", "", "<--- SIP read");
	envelope__free(envelope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_envelopes),
		cmocka_unit_test(test_no_envelope),
		cmocka_unit_test(test_lines_under_an_envelope),
		cmocka_unit_test(test_lines_that_are_indented_otherwise),
		cmocka_unit_test(test_entries_that_go_on_without_an_envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
