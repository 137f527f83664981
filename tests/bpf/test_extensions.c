// SPDX-License-Identifier: BSD-2-Clause
/* Which extension methods count under their own names, from interval to interval. */
#include <pthread.h>

#include "counts.h"
#include "probe_fixture.h"

#define INVENTED 100 /* more than there are numbers */
#define FIRST_PORT 10000
#define OK "SIP/2.0 200 OK"
#define NOT_ALLOWED "SIP/2.0 405 Method Not Allowed"
#define NOT_IMPLEMENTED "SIP/2.0 501 Not Implemented"

static struct packet_builder packet;

static void open_programs(struct probe_fixture *fixture)
{
	const struct probe_options options = { 0 };

	probe_fixture__open(fixture, &options);
}

static void run_message(struct probe_fixture *fixture, const char *start_line, const char *method)
{
	char message[256];

	(void)snprintf(message, sizeof(message), "%s\r\nCSeq: 1 %s\r\n\r\n", start_line, method);
	packets__udp4(&packet, message);
	probe_fixture__run(fixture, PROBE_TC_RECEIVED, packet.bytes, packet.length, 0);
}

static void run_request(struct probe_fixture *fixture, const char *method)
{
	char start_line[128];

	(void)snprintf(start_line, sizeof(start_line), "%s sip:b SIP/2.0", method);
	run_message(fixture, start_line, method);
}

/* Requests of so many methods that nobody has seen before, and a response to each unless it is NULL. */
static void run_invented(struct probe_fixture *fixture, int first, int count, const char *response)
{
	char method[SIPBPF_NAME_SIZE];
	int i;

	for (i = first; i < first + count; i++) {
		(void)snprintf(method, sizeof(method), "INVENTED%d", i);
		run_request(fixture, method);
		if (response)
			run_message(fixture, response, method);
	}
}

/* An interval's counts alone. */
static void collect(struct probe_fixture *fixture)
{
	counters__clear(fixture->counters);
	probe_fixture__collect(fixture);
}

static void run_intervals(struct probe_fixture *fixture, int intervals)
{
	while (intervals--)
		collect(fixture);
}

/* Numbers come back: a name that is really used has its own row again after some intervals. */
static void invented_names_lose_their_numbers(void **state)
{
	struct probe_fixture fixture;

	open_programs(&fixture);
	run_invented(&fixture, 0, INVENTED, NOT_IMPLEMENTED);
	run_request(&fixture, "SERVICE");
	collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "SERVICE", NULL), 0);
	assert_int_equal(counts__of(fixture.counters, "UNKNOWN", NULL), INVENTED - SIPBPF_EXTENSION_METHODS_ANY + 1);
	run_intervals(&fixture, 3);
	run_request(&fixture, "SERVICE");
	collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "SERVICE", "SERVICE"), 1);
	probe_fixture__close(&fixture);
}

/* While names are invented in every interval, one that is used in each keeps its number. */
static void names_in_use_keep_their_numbers(void **state)
{
	struct probe_fixture fixture;
	int interval;

	open_programs(&fixture);
	for (interval = 0; interval < 8; interval++) {
		run_request(&fixture, "SERVICE");
		run_invented(&fixture, interval * INVENTED, INVENTED, NULL);
		collect(&fixture);
		assert_int_equal(counts__of(fixture.counters, "SERVICE", "SERVICE"), 1);
	}
	probe_fixture__close(&fixture);
}

/* A method that somebody supports keeps its number, even if all others are seen as often and the numbers are short. */
static void answered_names_keep_their_numbers(void **state)
{
	static const struct {
		const char *method, *response;
		bool keeps;
	} rows[] = {
		{ "SERVICE", OK, true },
		{ "BENOTIFY", "SIP/2.0 404 Not Found", true },
		{ "FROB", NOT_ALLOWED, false },
		{ "FROBNICATE", NOT_IMPLEMENTED, false },
		{ "TRYING", "SIP/2.0 100 Trying", false },
	};
	struct probe_fixture fixture;
	size_t i;

	open_programs(&fixture);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_request(&fixture, rows[i].method);
		run_message(&fixture, rows[i].response, rows[i].method);
	}
	collect(&fixture);
	run_invented(&fixture, 0, INVENTED, NULL);
	collect(&fixture);
	run_invented(&fixture, INVENTED, INVENTED, NULL);
	run_intervals(&fixture, 2);
	run_invented(&fixture, 2 * INVENTED, INVENTED, NULL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_request(&fixture, rows[i].method);
	collect(&fixture);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(counts__of(fixture.counters, rows[i].method, rows[i].method), rows[i].keeps);
	probe_fixture__close(&fixture);
}

/* However many names are invented at once, a method that somebody supports has a number from its first answer on. */
static void answered_names_get_numbers(void **state)
{
	static const char *const responses[] = { NULL, NOT_ALLOWED, NOT_IMPLEMENTED, "SIP/2.0 180 Ringing" };
	struct probe_fixture fixture;
	size_t i;

	for (i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		open_programs(&fixture);
		run_invented(&fixture, 0, INVENTED, responses[i]);
		run_request(&fixture, "SERVICE");
		run_message(&fixture, OK, "SERVICE");
		run_request(&fixture, "SERVICE");
		run_invented(&fixture, INVENTED, INVENTED, responses[i]);
		run_request(&fixture, "SERVICE");
		collect(&fixture);
		assert_int_equal(counts__of(fixture.counters, "SERVICE", "SERVICE"), 2);
		assert_int_equal(counts__of(fixture.counters, "200", "SERVICE"), 1);
		assert_int_equal(counts__of(fixture.counters, "UNKNOWN", NULL),
				 2 * INVENTED - SIPBPF_EXTENSION_METHODS_ANY + 1);
		probe_fixture__close(&fixture);
	}
}

/* What counts with a number keeps its name, although the number is taken back and given out again in the meantime. */
static void no_row_has_the_name_of_another(void **state)
{
	struct probe_fixture fixture;
	char method[SIPBPF_NAME_SIZE];
	__u64 named = 0, unknown = 0;
	int interval, i;

	open_programs(&fixture);
	for (interval = 0; interval < 12; interval++) {
		run_invented(&fixture, interval * INVENTED, INVENTED, NULL);
		collect(&fixture);
		for (i = 0; i < (interval + 2) * INVENTED; i++) {
			__u64 expected = i / INVENTED == interval, seen;

			(void)snprintf(method, sizeof(method), "INVENTED%d", i);
			seen = counts__of(fixture.counters, method, NULL);
			assert_true(seen <= expected);
			named += seen;
		}
		unknown += counts__of(fixture.counters, "UNKNOWN", NULL);
	}
	assert_int_equal(named + unknown, 12 * INVENTED);
	assert_true(named > 2 * SIPBPF_EXTENSION_METHODS_ANY);
	probe_fixture__close(&fixture);
}

/* The methods of the filter have the first numbers for good. */
static void names_of_the_filter_stay(void **state)
{
	struct filter_type service = { .text = "SERVICE" };
	const struct filter filter = { .types = &service, .types_count = 1 };
	const struct probe_options options = { .filter = &filter };
	struct probe_fixture fixture;
	int interval;

	probe_fixture__open(&fixture, &options);
	for (interval = 0; interval < 80; interval++) {
		run_invented(&fixture, interval * INVENTED, interval ? 2 : INVENTED, NULL);
		collect(&fixture);
		assert_int_equal(counts__of(fixture.counters, "SERVICE", NULL), 0);
	}
	run_request(&fixture, "SERVICE");
	collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "SERVICE", "SERVICE"), 1);
	probe_fixture__close(&fixture);
}

struct sender {
	struct probe *probe;
	struct packet_builder *packets;
	int *stops;
	unsigned long sent;
	int error;
};

static void *send_at_once(void *context)
{
	struct sender *sender = context;
	int verdict;

	while (!sender->error && !__atomic_load_n(sender->stops, __ATOMIC_SEQ_CST)) {
		const struct packet_builder *builder = &sender->packets[sender->sent % INVENTED];

		sender->error =
			probe__test_run(sender->probe, PROBE_TC_RECEIVED, builder->bytes, builder->length, 0, &verdict);
		sender->sent += !sender->error;
	}
	return NULL;
}

/* Counts the messages of all links. The client port of each tells what its name must be, unless it has none. */
static __u64 check_names(const struct counters *counters)
{
	char expected[SIPBPF_NAME_SIZE];
	__u64 sum = 0;
	size_t i, j;

	for (i = 0; i < counters__links_count(counters); i++) {
		const struct counter_link *link = counters__link(counters, i);

		(void)snprintf(expected, sizeof(expected), "INVENTED%d", link->link.client_port - FIRST_PORT);
		for (j = 0; j < link->cells_count; j++) {
			const char *name = counters__type_name(counters, link->cells[j].type);

			if (strcmp(name, "UNKNOWN") != 0)
				assert_string_equal(name, expected);
			sum += link->cells[j].count;
		}
	}
	return sum;
}

/* While programs run on other processors, numbers change their meaning: each message still counts once, under its name. */
static void numbers_change_while_programs_run(void **state)
{
	static struct packet_builder packets[INVENTED];
	struct probe_fixture fixture;
	struct sender sender = { .packets = packets };
	char message[256];
	pthread_t thread;
	int stops = 0, i;

	open_programs(&fixture);
	sender.probe = fixture.probe;
	sender.stops = &stops;
	for (i = 0; i < INVENTED; i++) {
		(void)snprintf(message, sizeof(message), "INVENTED%d sip:b SIP/2.0\r\nCSeq: 1 INVENTED%d\r\n\r\n", i,
			       i);
		packets__udp4(&packets[i], message);
		packets__set16(&packets[i], 34, (unsigned int)(FIRST_PORT + i));
	}
	assert_int_equal(pthread_create(&thread, NULL, send_at_once, &sender), 0);
	for (i = 0; i < 30; i++)
		probe_fixture__collect(&fixture);
	__atomic_store_n(&stops, 1, __ATOMIC_SEQ_CST);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(sender.error, 0);
	probe_fixture__collect(&fixture);
	assert_int_equal(check_names(fixture.counters), sender.sent);
	assert_true(sender.sent > INVENTED);
	probe_fixture__close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invented_names_lose_their_numbers), cmocka_unit_test(names_in_use_keep_their_numbers),
		cmocka_unit_test(answered_names_keep_their_numbers), cmocka_unit_test(answered_names_get_numbers),
		cmocka_unit_test(no_row_has_the_name_of_another),    cmocka_unit_test(names_of_the_filter_stay),
		cmocka_unit_test(numbers_change_while_programs_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
