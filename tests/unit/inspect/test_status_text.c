// SPDX-License-Identifier: BSD-2-Clause
/* What `sipbpf status` says to people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <string.h>

#include "unit/inspect/status_fixtures.h"
#include "inspect/status_text.h"

#define FIRST_WHO "process 4711 (sipbpf), 4712 (sipbpf-guardian), since 2026-01-01 00:00:00\n"
#define FIRST_WHERE                                                                                                   \
	"  attached        eth0: received by native XDP, sent by tcx\n"                                               \
	"  attached        eth\\x1b (network namespace 4026531834): received by clsact\n"                             \
	"  attached        interface 7 of an unknown network namespace: received by XDP\n"                            \
	"  notice          eth\\x1b: another tc filter (flower) runs before sipbpf on received packets; those that "  \
	"it "                                                                                                         \
	"does not let pass on are not seen\n"                                                                         \
	"  notice          eth0: another tcx program (id 99, a\\x1b) runs before sipbpf on sent packets; those that " \
	"it "                                                                                                         \
	"does not let pass on are not seen\n"                                                                         \
	"  notice          TLS on 8443: --server-port 8443\n"                                                         \
	"  notice          eth\\x1b: no packet for 10m\n"
#define FIRST_WHAT                                                               \
	"  interface       eth0: received 17 (sip 7), sent 3 (sip 1)\n"          \
	"  interface       number 9: received 10 (sip 2), sent 0 (sip 0)\n"      \
	"  interface       wg\\x1b (gone): received 4 (sip 0), sent 5 (sip 1)\n" \
	"  packets         seen 30, sip 10\n"                                    \
	"  reasons         not_sip 19, gap 1\n"                                  \
	"  other           messages 3\n"                                         \
	"  tcp             gaps 4, evicted 5\n"                                  \
	"  udp             truncated_headers 2\n"                                \
	"  tls             handshake 9\n"                                        \
	"  encapsulations  vlan 3, gtp_u 4\n"                                    \
	"  flows           known 8 of 32768 (now)\n"                             \
	"  bank            rows 6 of 100, messages 7 (not yet collected)\n"
#define SECOND_UP_TO_COST                                 \
	"\n"                                              \
	"no visible process, since 2026-01-01 00:00:01\n" \
	"  attached        to no visible interface\n"     \
	"  counters        cannot be read: another version of sipbpf counts them\n"

static void assert_text_of(const struct status_report *report, enum timestamp_zone zone, const char *wanted)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	status_text__write(out, report, zone);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void assert_text(const struct status_report *report, const char *wanted)
{
	assert_text_of(report, TIMESTAMP_LOCAL, wanted);
}

static void statistics_that_were_kept_once(void **state)
{
	struct status_report report = fixture__report();

	assert_text(&report, FIRST_WHO FIRST_WHERE FIRST_WHAT
		    "  cost            sipbpf_xdp 85 ns a packet (1000), not measured any more\n" SECOND_UP_TO_COST
		    "  cost            not measured\n");
}

static void statistics_that_are_kept(void **state)
{
	struct status_report report = fixture__report();

	report.has_statistics = true;
	assert_text(&report, FIRST_WHO FIRST_WHERE FIRST_WHAT
		    "  cost            sipbpf_xdp 85 ns a packet (1000)\n" SECOND_UP_TO_COST
		    "  cost            no packets\n");
}

static void statistics_of_a_time(void **state)
{
	struct status_report report = fixture__report();

	report.cost_seconds = 10;
	assert_text(&report, FIRST_WHO FIRST_WHERE FIRST_WHAT
		    "  cost            sipbpf_xdp 85 ns a packet (1000), measured for 10 s\n" SECOND_UP_TO_COST
		    "  cost            no packets, measured for 10 s\n");
}

static void no_packets(void **state)
{
	struct status_instance instance = { .start = { .tv_sec = 1767225600 }, .has_reading = true };
	struct status_report report = { .instances = &instance, .instances_count = 1, .has_statistics = true };

	assert_text(&report, "no visible process, since 2026-01-01 00:00:00\n"
			     "  attached        to no visible interface\n"
			     "  packets         seen 0, sip 0\n"
			     "  reasons         none\n"
			     "  other           messages 0\n"
			     "  tcp             gaps 0, evicted 0\n"
			     "  udp             truncated_headers 0\n"
			     "  tls             none\n"
			     "  encapsulations  none\n"
			     "  flows           known 0 of 0 (now)\n"
			     "  bank            rows 0 of 0, messages 0 (not yet collected)\n"
			     "  cost            no packets\n");
}

static void times_of_a_zone(void **state)
{
	struct status_instance instance = { .start = { .tv_sec = 1767225600 } };
	struct status_report report = { .instances = &instance, .instances_count = 1, .has_statistics = true };
	static const char rest[] = "\n"
				   "  attached        to no visible interface\n"
				   "  counters        cannot be read: another version of sipbpf counts them\n"
				   "  cost            no packets\n";
	char wanted[512];

	setenv("TZ", "XXX-1", 1);
	tzset();
	snprintf(wanted, sizeof(wanted), "no visible process, since 2026-01-01 01:00:00%s", rest);
	assert_text_of(&report, TIMESTAMP_LOCAL, wanted);
	snprintf(wanted, sizeof(wanted), "no visible process, since 2026-01-01 00:00:00Z%s", rest);
	assert_text_of(&report, TIMESTAMP_UTC, wanted);
	setenv("TZ", "UTC", 1);
	tzset();
}

static void nothing(void **state)
{
	assert_text(&(struct status_report){}, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statistics_that_were_kept_once),
		cmocka_unit_test(statistics_that_are_kept),
		cmocka_unit_test(statistics_of_a_time),
		cmocka_unit_test(no_packets),
		cmocka_unit_test(times_of_a_zone),
		cmocka_unit_test(nothing),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
