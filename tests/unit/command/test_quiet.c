// SPDX-License-Identifier: BSD-2-Clause
/* Interfaces that show nothing: what is told beside the table, and what on stderr, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/quiet.h"

#define SECOND 1000000000ULL
#define MINUTE (60 * SECOND)
#define AFTER (10 * MINUTE)
#define TEXT_SIZE 1024

/* What an update of eth0 says: the notice, "" if there is none, and what goes to stderr. */
struct said {
	char notice[TEXT_SIZE];
	char stderr_text[TEXT_SIZE];
};

static struct said update(struct quiet *quiet, __u64 packets, __u64 sip, __u64 now)
{
	const struct quiet_reading reading = { .name = "eth0", .packets = packets, .sip = sip, .now = now };
	struct notices notices = {};
	struct said said = {};
	int own = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	size_t length;

	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	assert_int_equal(quiet__update(quiet, &reading, &notices), 0);
	fflush(stderr);
	dup2(own, STDERR_FILENO);
	close(own);
	rewind(file);
	length = fread(said.stderr_text, 1, TEXT_SIZE - 1, file);
	said.stderr_text[length] = '\0';
	fclose(file);
	assert_true(notices.count <= 1);
	if (notices.count)
		snprintf(said.notice, TEXT_SIZE, "%s", notices.list[0]);
	notices__clear(&notices);
	return said;
}

static void assert_said(struct said said, const char *notice, const char *stderr_text)
{
	assert_string_equal(said.notice, notice);
	assert_string_equal(said.stderr_text, stderr_text);
}

static void no_packet_is_said_once_and_stands_beside_each_table(void **state)
{
	struct quiet *quiet = quiet__new(1, AFTER, MINUTE);

	assert_non_null(quiet);
	assert_said(update(quiet, 0, 0, MINUTE + AFTER - 1), "", "");
	assert_said(update(quiet, 0, 0, MINUTE + AFTER), "eth0: no packet for 10m",
		    "sipbpf: eth0: no packet for 10m\n");
	assert_said(update(quiet, 0, 0, MINUTE + AFTER + 59 * SECOND), "eth0: no packet for 10m", "");
	assert_said(update(quiet, 0, 0, 3 * 60 * MINUTE + MINUTE), "eth0: no packet for 3h", "");
	quiet__free(quiet);
}

static void packets_that_come_again_are_said(void **state)
{
	struct quiet *quiet = quiet__new(1, AFTER, 0);

	update(quiet, 0, 0, AFTER);
	assert_said(update(quiet, 5, 0, 12 * MINUTE), "eth0: no SIP for 12m",
		    "sipbpf: eth0: packets again, after 12m without\nsipbpf: eth0: no SIP for 12m\n");
	assert_said(update(quiet, 6, 1, 13 * MINUTE), "", "sipbpf: eth0: SIP again, after 13m without\n");
	assert_said(update(quiet, 6, 1, 14 * MINUTE), "", "");
	assert_said(update(quiet, 6, 1, 23 * MINUTE), "eth0: no packet for 10m", "sipbpf: eth0: no packet for 10m\n");
	quiet__free(quiet);
}

static void no_sip_among_packets_is_said(void **state)
{
	struct quiet *quiet = quiet__new(1, 90 * SECOND, 0);

	assert_said(update(quiet, 10, 3, SECOND), "", "");
	assert_said(update(quiet, 20, 3, 90 * SECOND), "", "");
	assert_said(update(quiet, 30, 3, 91 * SECOND), "eth0: no SIP for 90s", "sipbpf: eth0: no SIP for 90s\n");
	assert_said(update(quiet, 40, 4, 92 * SECOND), "", "sipbpf: eth0: SIP again, after 91s without\n");
	quiet__free(quiet);
}

static void interfaces_are_told_apart(void **state)
{
	const struct quiet_reading other = { .number = 1, .name = "eth1", .packets = 1, .now = AFTER };
	struct quiet *quiet = quiet__new(2, AFTER, 0);
	struct notices notices = {};

	assert_int_equal(quiet__update(quiet, &other, &notices), 0);
	assert_int_equal(notices.count, 1); /* no SIP */
	assert_string_equal(notices.list[0], "eth1: no SIP for 10m");
	notices__clear(&notices);
	assert_string_equal(update(quiet, 0, 0, AFTER).notice, "eth0: no packet for 10m");
	quiet__free(quiet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_packet_is_said_once_and_stands_beside_each_table),
		cmocka_unit_test(packets_that_come_again_are_said),
		cmocka_unit_test(no_sip_among_packets_is_said),
		cmocka_unit_test(interfaces_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
