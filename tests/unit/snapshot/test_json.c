// SPDX-License-Identifier: BSD-2-Clause
/* Tests of json.c: whole snapshots as text, and read back by the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/fixtures.h"
#include "snapshot/json.h"

/* The snapshot read back, which the caller drops. Makes sure that it is one line of printable ASCII. */
static json_t *read_back(const struct counters *counters, const char *name)
{
	struct json_options options = { .name = name };
	char *text = fixture__snapshot(counters, &options);
	size_t length = strlen(text), i;
	json_t *object;

	assert_true(length > 0 && text[length - 1] == '\n');
	for (i = 0; i < length - 1; i++)
		assert_true(text[i] >= ' ' && text[i] < 0x7f);
	object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	free(text);
	return object;
}

static void test_snapshot_without_messages(void **state)
{
	struct counters *counters = counters__new();
	struct json_options options = { .name = "", .start = { NEW_YEAR, 0 }, .end = { NEW_YEAR + 60, 0 } };
	const char *head = "{\"schema\": \"sipbpf.snapshot.v1\", \"name\": \"\", \"start\": \"2026-01-01T00:00:00Z\", "
			   "\"end\": \"2026-01-01T00:01:00Z\", \"links\": [], \"packets\": {\"seen\": 0, \"sip\": 0, "
			   "\"reasons\": {\"not_ip\": 0, ";
	char *text = fixture__snapshot(counters, &options);

	assert_memory_equal(text, head, strlen(head));
	free(text);
	counters__free(counters);
}

static void test_notices(void **state)
{
	struct counters *counters = counters__new();
	struct notices notices = {};
	const struct json_options options = { .name = "", .notices = &notices };
	char *text;

	text = fixture__snapshot(counters, &options);
	assert_null(strstr(text, "notices"));
	free(text);
	assert_int_equal(notices__add(&notices, "%s: no packet for %d\x1b", "\"a", 1), 0);
	assert_int_equal(notices__add(&notices, "b"), 0);
	text = fixture__snapshot(counters, &options);
	assert_non_null(strstr(text, "}}, \"notices\": [\"\\\"a: no packet for 1\\u001B\", \"b\"]}\n"));
	free(text);
	notices__clear(&notices);
	counters__free(counters);
}

/* As much as can be named, each as long as it can be. */
static struct unread *longest_unread(struct unread *unread)
{
	struct link link =
		fixture__link("fe80:1111:2222:3333:4444:5555:6666:7777", "fe80:1111:2222:3333:4444:5555:6666:8888", 0);

	link.transport = SIP_TRANSPORT_SCTP;
	for (__u16 i = 0; i < UNREAD_LINKS_MAX; i++) {
		link.server_port = UINT16_MAX - i;
		for (int cause = 0; cause < UNREAD_CAUSES; cause++)
			unread__add_link(unread, &link, cause, INT64_MAX);
	}
	for (__u16 i = 0; i < UNREAD_PORTS_MAX; i++)
		unread__add_port(unread, UINT16_MAX - i, INT64_MAX);
	return unread;
}

/* By itself it is what it is in a snapshot, and the room for it in the kernel is enough. */
static void test_unread(void **state)
{
	struct counters *counters = counters__new();
	const struct json_options options = { .name = "" };
	static struct unread unread;
	static char told[SIPBPF_UNREAD_SIZE];
	FILE *out = fmemopen(told, sizeof(told), "w");
	char *text;

	counters__merge_unread(counters, longest_unread(&unread));
	assert_int_equal(unread.ports_count, UNREAD_PORTS_MAX);
	assert_non_null(out);
	assert_int_equal(json__write_unread(out, &unread), 0);
	assert_int_equal(fclose(out), 0);
	assert_true(strlen(told) > SIPBPF_UNREAD_SIZE / 2);
	text = fixture__snapshot(counters, &options);
	assert_non_null(strstr(text, "\"unread\": {\"links\": ["));
	assert_memory_equal(strstr(text, "\"unread\": ") + strlen("\"unread\": "), told, strlen(told));
	free(text);
	counters__free(counters);
}

static void test_snapshot_of_a_link(void **state)
{
	struct counters *counters = counters__new();
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 12345);
	struct json_options options = { .name = "SBC" };
	const char *links =
		"\"links\": [{\"server_ip\": \"10.0.0.1\", \"client_ip\": \"10.0.0.2\", \"transport\": \"UDP\", "
		"\"server_port\": 5060, \"client_port\": 12345, \"messages\": "
		"[{\"direction\": \"in\", \"type\": \"ReINVITE\", \"method\": \"INVITE\", \"count\": 1}, "
		"{\"direction\": \"out\", \"type\": \"200\", \"method\": \"BYE\", \"count\": 4294967296}]}], ";
	char *text;

	counters__add(counters, &link, LINK_IN, "ReINVITE", "INVITE", 1);
	counters__add(counters, &link, LINK_OUT, "200", "BYE", 1ULL << 32);
	text = fixture__snapshot(counters, &options);
	assert_non_null(strstr(text, links));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	counters__free(counters);
}

static void test_other_link(void **state)
{
	struct counters *counters = counters__new();
	struct link other = { .is_other = 1 }, link = fixture__link("ffff::", "10.0.0.2", 1);
	struct json_options options = { .name = "" };
	const char *last = ", {\"other\": true, \"server_ip\": \"\", \"client_ip\": \"\", \"transport\": \"\", "
			   "\"server_port\": 0, \"client_port\": 0, \"messages\": "
			   "[{\"direction\": \"both\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": 9}]}], ";
	char *text;

	counters__add(counters, &other, LINK_BOTH, "BYE", "BYE", 9);
	counters__add(counters, &link, LINK_IN, "BYE", "BYE", 1);
	text = fixture__snapshot(counters, &options);
	assert_non_null(strstr(text, last));
	*strstr(text, last) = '\0';
	assert_null(strstr(text, "\"other\""));
	free(text);
	counters__free(counters);
}

static void test_links_come_in_order(void **state)
{
	static const char *const clients[] = { "10.0.0.9", "10.0.0.10", "2001:db8::1", "10.0.0.1" };
	static const char *const wanted[] = { "10.0.0.1", "10.0.0.10", "10.0.0.9", "2001:db8::1" };
	struct counters *counters = counters__new();
	json_t *object, *links;
	struct link link;
	size_t i;

	for (i = 0; i < 4; i++) {
		link = fixture__link("10.0.0.1", clients[i], 1);
		counters__add(counters, &link, LINK_IN, "BYE", "BYE", 1);
	}
	object = read_back(counters, "");
	links = json_object_get(object, "links");
	assert_int_equal(json_array_size(links), 4);
	for (i = 0; i < 4; i++)
		assert_string_equal(json_string_value(json_object_get(json_array_get(links, i), "client_ip")),
				    wanted[i]);
	json_decref(object);
	counters__free(counters);
}

static void test_packets(void **state)
{
	struct counters *counters = counters__new();
	struct sipbpf_packets *packets = counters__packets(counters);
	json_t *object, *members, *reasons, *records, *encapsulations;
	json_int_t seen = 3;
	int i;

	packets->sip = 3;
	packets->gaps = 5;
	packets->evicted = 6;
	packets->truncated_headers = 8;
	packets->other = 7; /* the messages are a link */
	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		seen += (json_int_t)(packets->reasons[i] = 10 + (__u64)i);
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		packets->tls_records[i] = 100 + (__u64)i;
	for (i = 0; i < SIPBPF_ENCAPSULATION_COUNT; i++)
		packets->encapsulations[i] = 200 + (__u64)i;
	object = read_back(counters, "");
	members = json_object_get(object, "packets");
	reasons = json_object_get(members, "reasons");
	assert_int_equal(json_object_size(members), 8);
	assert_int_equal(json_integer_value(json_object_get(members, "seen")), seen);
	assert_int_equal(json_integer_value(json_object_get(members, "sip")), 3);
	assert_int_equal(json_integer_value(json_object_get(members, "gaps")), 5);
	assert_int_equal(json_integer_value(json_object_get(members, "evicted")), 6);
	assert_int_equal(json_integer_value(json_object_get(members, "truncated_headers")), 8);
	records = json_object_get(members, "tls_records");
	assert_int_equal(json_object_size(records), SIPBPF_TLS_RECORD_COUNT);
	assert_int_equal(json_integer_value(json_object_get(records, "change_cipher_spec")), 100);
	assert_int_equal(json_integer_value(json_object_get(records, "application_data")), 103);
	encapsulations = json_object_get(members, "encapsulations");
	assert_int_equal(json_object_size(encapsulations), SIPBPF_ENCAPSULATION_COUNT);
	assert_int_equal(json_integer_value(json_object_get(encapsulations, "vlan")), 200);
	assert_int_equal(json_integer_value(json_object_get(encapsulations, "gtp_u")), 200 + SIPBPF_ENCAPSULATION_GTPU);
	assert_int_equal(json_object_size(reasons), SIPBPF_REASON_COUNT);
	assert_int_equal(json_integer_value(json_object_get(reasons, "not_ip")), 10 + SIPBPF_REASON_NOT_IP);
	assert_int_equal(json_integer_value(json_object_get(reasons, "malformed")), 10 + SIPBPF_REASON_MALFORMED);
	json_decref(object);
	counters__free(counters);
}

/* What JSON can say comes back as it was; what it cannot is spelled out. None of it reaches a terminal raw. */
static void test_names_of_any_bytes(void **state)
{
	static const char *const names[][2] = {
		{ "plain", "plain" },
		{ "quote\" back\\slash", "quote\" back\\slash" },
		{ "\x1b[2J\r\n\t\b\x01", "\x1b[2J\r\n\t\b\x01" },
		{ "\x7f\x7f-\x7f", "\x7f\x7f-\x7f" },
		{ "K\xc3\xb6ln \xf0\x9f\x93\x9e", "K\xc3\xb6ln \xf0\x9f\x93\x9e" },
		{ "\xc2\x9b", "\xc2\x9b" },
		{ "\xff\x1b", "\\xff\\x1b" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	};
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 1);
	struct counters *counters;
	json_t *object, *message;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		counters = counters__new();
		counters__add(counters, &link, LINK_IN, names[i][0], names[i][0], 1);
		object = read_back(counters, names[i][0]);
		message = json_object_get(json_array_get(json_object_get(object, "links"), 0), "messages");
		message = json_array_get(message, 0);
		assert_string_equal(json_string_value(json_object_get(object, "name")), names[i][1]);
		assert_string_equal(json_string_value(json_object_get(message, "type")), names[i][1]);
		assert_string_equal(json_string_value(json_object_get(message, "method")), names[i][1]);
		json_decref(object);
		counters__free(counters);
	}
}

static void assert_time(time_t seconds, long nanoseconds, const char *wanted)
{
	struct counters *counters = counters__new();
	struct json_options options = { .name = "", .start = { seconds, nanoseconds } };
	char *text = fixture__snapshot(counters, &options);
	json_t *object = json_loads(text, 0, NULL);

	assert_string_equal(json_string_value(json_object_get(object, "start")), wanted);
	assert_null(json_object_get(object, "end")); /* unknown */
	json_decref(object);
	free(text);
	counters__free(counters);
}

static void test_times(void **state)
{
	assert_time(0, 1000000, "1970-01-01T00:00:00.001Z");
	assert_time(NEW_YEAR, 999999, "2026-01-01T00:00:00Z");
	assert_time(NEW_YEAR, 7000000, "2026-01-01T00:00:00.007Z");
	assert_time(NEW_YEAR - 1, 999999999, "2025-12-31T23:59:59.999Z");
	assert_time(-62135596800, 0, "0001-01-01T00:00:00Z");
	assert_time(253402300799, 0, "9999-12-31T23:59:59Z");
}

static void test_times_beyond_the_calendar(void **state)
{
	struct counters *counters = counters__new();
	struct json_options options = { .name = "", .end = { 253402300800, 0 } };
	struct fixture_stream stream;
	FILE *out = fixture_stream__open(&stream);
	char *text;

	assert_int_equal(json__write_snapshot(out, counters, &options), -ERANGE);
	options.end.tv_sec = INT64_MAX;
	assert_int_equal(json__write_snapshot(out, counters, &options), -ERANGE);
	text = fixture_stream__close(&stream);
	assert_string_equal(text, "");
	free(text);
	counters__free(counters);
}

static void test_full_disk_is_an_error(void **state)
{
	struct counters *counters = counters__new();
	struct link link;
	unsigned int i;
	struct json_options options = { .name = "" };
	FILE *full = fopen("/dev/full", "w");

	assert_int_equal(json__write_snapshot(full, counters, &options), -ENOSPC);
	for (i = 0; i < 1000; i++) { /* more than a buffer */
		link = fixture__link("10.0.0.1", "10.0.0.2", (__u16)i);
		counters__add(counters, &link, LINK_IN, "BYE", "BYE", 1);
	}
	assert_int_equal(json__write_snapshot(full, counters, &options), -ENOSPC);
	fclose(full);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshot_without_messages),
		cmocka_unit_test(test_snapshot_of_a_link),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_other_link),
		cmocka_unit_test(test_links_come_in_order),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_names_of_any_bytes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_beyond_the_calendar),
		cmocka_unit_test(test_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
