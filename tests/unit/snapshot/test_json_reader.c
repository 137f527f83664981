// SPDX-License-Identifier: BSD-2-Clause
/* Tests of json_reader.c: what was written comes back, and what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/fixtures.h"
#include "snapshot/json.h"
#include "snapshot/json_reader.h"

static char error[JSON_READER_ERROR_SIZE]; /* of the last reading */

/* Reads all snapshots of a text of this length. Returns their number or a negative errno. */
static int read_text(const char *text, size_t length, struct counters *counters, struct json_snapshot *ret_last)
{
	FILE *in = fmemopen((void *)text, length, "r");
	struct json_reader *reader = json_reader__new(in, "a.json");
	struct json_snapshot snapshot = { 0 };
	int count = 0, result;

	error[0] = '\0';
	if (ret_last)
		ret_last->name = NULL;
	while ((result = json_reader__next(reader, counters, &snapshot, error)) > 0) {
		count++;
		if (ret_last) {
			free(ret_last->name);
			*ret_last = snapshot;
		} else {
			free(snapshot.name);
		}
	}
	json_reader__free(reader);
	fclose(in);
	return result < 0 ? result : count;
}

static struct link random_link(void)
{
	struct link link = { .transport = (__u8)(random() % SIP_TRANSPORT_COUNT),
			     .server_port = (__u16)random(),
			     .client_port = (__u16)random() };
	size_t i;

	for (i = 0; i < 16; i++) {
		link.server.s6_addr[i] = (__u8)random();
		link.client.s6_addr[i] = (__u8)(random() % 2 ? 0 : random());
	}
	if (random() % 2)
		memcpy(&link.server, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	switch (random() % 8) {
	case 0:
		link.server_end = LINK_END_UNNAMED;
		memset(&link.server, 0, sizeof(link.server));
		break;
	case 1:
		link.client_end = (__u8)(1 + random() % 2);
		memset(&link.client, 0, sizeof(link.client));
		break;
	case 2:
		return (struct link){ .is_other = 1 };
	}
	return link;
}

static struct counters *random_counters(unsigned int links)
{
	static const char *const names[] = { "INVITE",  "ReINVITE",    "200",        "UNKNOWN",
					     "a\"b\\c", "\x1b[2J\x7f", "K\xc3\xb6ln" };
	struct counters *counters = counters__new();
	struct sipbpf_packets *packets = counters__packets(counters);
	struct link link;
	int i;

	packets->sip = (__u64)random();
	packets->gaps = (__u64)random();
	packets->evicted = (__u64)random();
	packets->truncated_headers = (__u64)random();
	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		packets->reasons[i] = (__u64)random();
	for (i = 0; i < SIPBPF_TLS_RECORD_COUNT; i++)
		packets->tls_records[i] = (__u64)random();
	for (i = 0; i < SIPBPF_ENCAPSULATION_COUNT; i++)
		packets->encapsulations[i] = (__u64)random();
	for (; links; links--) {
		link = random_link();
		for (i = 0; i < 1 + random() % 4; i++)
			assert_int_equal(counters__add(counters, &link, random() % LINK_DIRECTIONS, names[random() % 7],
						       names[random() % 7], (__u64)random() << random() % 16),
					 0);
	}
	return counters;
}

static void test_what_was_written_comes_back(void **state)
{
	struct json_options options = { .name = "SBC \"1\"", .start = { NEW_YEAR, 0 }, .end = { NEW_YEAR, 7000000 } };
	struct counters *counters, *back;
	struct json_snapshot snapshot;
	char *first, *second;
	unsigned int i;

	srandom(1);
	for (i = 0; i < 50; i++) {
		counters = random_counters(i);
		back = counters__new();
		first = fixture__snapshot(counters, &options);
		assert_int_equal(read_text(first, strlen(first), back, &snapshot), 1);
		assert_string_equal(snapshot.name, options.name);
		assert_memory_equal(&snapshot.start, &options.start, sizeof(options.start));
		assert_memory_equal(&snapshot.end, &options.end, sizeof(options.end));
		assert_int_equal(counters__total(back), counters__total(counters));
		assert_int_equal(counters__links_count(back), counters__links_count(counters));
		second = fixture__snapshot(back, &options);
		assert_string_equal(first, second);
		free(snapshot.name);
		free(first);
		free(second);
		counters__free(counters);
		counters__free(back);
	}
}

/* What is not written as json.c does it goes another way, and must come to the same. */
static void test_both_ways_are_the_same(void **state)
{
	struct json_options options = { .name = "" };
	struct counters *counters, *quick = counters__new(), *slow = counters__new();
	char *text, *spaced, *at, *first, *second;
	size_t length;

	srandom(4);
	counters = random_counters(500);
	text = fixture__snapshot(counters, &options);
	spaced = at = malloc(2 * strlen(text) + 1);
	for (length = 0; text[length]; length++) {
		*at++ = text[length];
		if (text[length] == '{')
			*at++ = '\n';
	}
	assert_int_equal(read_text(text, length, quick, NULL), 1);
	assert_int_equal(read_text(spaced, (size_t)(at - spaced), slow, NULL), 1);
	first = fixture__snapshot(quick, &options);
	second = fixture__snapshot(slow, &options);
	assert_string_equal(first, second);
	assert_string_equal(first, text);
	free(text);
	free(spaced);
	free(first);
	free(second);
	counters__free(counters);
	counters__free(quick);
	counters__free(slow);
}

/* More than one buffer, and values that lie across its end. */
static void test_many_links(void **state)
{
	struct json_options options = { .name = "" };
	struct counters *counters, *back = counters__new();
	char *text;

	srandom(2);
	counters = random_counters(3000);
	text = fixture__snapshot(counters, &options);
	assert_true(strlen(text) > 400000);
	assert_int_equal(read_text(text, strlen(text), back, NULL), 1);
	assert_int_equal(counters__total(back), counters__total(counters));
	assert_int_equal(counters__packets(back)->sip, counters__packets(counters)->sip);
	free(text);
	counters__free(counters);
	counters__free(back);
}

/* Only the line end may be missing. */
static void test_truncated_at_every_byte(void **state)
{
	struct json_options options = { .name = "a name" };
	struct counters *counters, *back;
	size_t length, i;
	char *text;

	srandom(3);
	counters = random_counters(3);
	text = fixture__snapshot(counters, &options);
	length = strlen(text);
	back = counters__new();
	assert_int_equal(read_text(text, length - 1, back, NULL), 1);
	for (i = 1; i < length - 1; i++) {
		assert_int_equal(read_text(text, i, back, NULL), -EBADMSG);
		if (strncmp(error, "a.json:1: ", 10) != 0 || !strstr(error, "the file ends here"))
			fail_msg("cut at %zu: %s", i, error);
	}
	free(text);
	counters__free(counters);
	counters__free(back);
}

/* Reads on behind snapshots that are cut short. Returns how many are, and how many are not in *ret_whole. */
static int read_whole(const char *text, size_t length, struct counters *counters, int *ret_whole)
{
	FILE *in = fmemopen((void *)text, length, "r");
	struct json_reader *reader = json_reader__new(in, "a.json");
	struct json_snapshot snapshot;
	int cut = 0, result;

	*ret_whole = 0;
	while ((result = json_reader__next(reader, counters, &snapshot, error)) > 0 || result == -EBADMSG) {
		if (result > 0)
			free(snapshot.name);
		cut += result < 0;
		*ret_whole += result > 0;
	}
	json_reader__free(reader);
	fclose(in);
	return result < 0 ? result : cut;
}

/* Nothing of a snapshot counts that is cut short, wherever that is, and all of those around it. */
static void test_whole_snapshots_around_one_that_is_cut_short(void **state)
{
	struct json_options options = { .name = "na\"me" };
	struct counters *counters, *back;
	char *text, *lines;
	size_t length, i;
	int whole;

	srandom(4);
	counters = random_counters(3);
	text = fixture__snapshot(counters, &options);
	length = strlen(text);
	lines = malloc(3 * length + 2);
	for (i = 1; i < length - 1; i++) {
		size_t end = (size_t)sprintf(lines, "%s%.*s\n%s", text, (int)i, text, text);

		back = counters__new();
		if (read_whole(lines, end, back, &whole) != 1 || whole != 2)
			fail_msg("cut at %zu: %d whole, %s", i, whole, error);
		if (strncmp(error, "a.json:2: ", 10) != 0 || !strstr(error, "the snapshot is cut short here"))
			fail_msg("cut at %zu: %s", i, error);
		assert_int_equal(counters__total(back), 2 * counters__total(counters));
		assert_int_equal(counters__packets(back)->sip, 2 * counters__packets(counters)->sip);
		counters__free(back);
	}
	free(lines);
	free(text);
	counters__free(counters);
}

/* The line is the last one, also where the cut is in a character, an escape or a number. */
static void test_truncated_in_lines(void **state)
{
	static const char text[] =
		"{\"schema\":\n\"sipbpf.snapshot.v1\",\n\"name\": \"K\xc3\xb6ln \xf0\x9f\x93\x9e \\u20ac\",\n"
		"\"x\": [-1.5e10,\ntrue, {\"y\":\nnull}],\n\"links\": [ ]\n}";
	struct counters *counters = counters__new();
	char wanted[32];
	size_t i, line = 1;

	assert_int_equal(read_text(text, strlen(text), counters, NULL), 1);
	for (i = 1; i < strlen(text); i++) {
		line += text[i - 1] == '\n';
		assert_int_equal(read_text(text, i, counters, NULL), -EBADMSG);
		snprintf(wanted, sizeof(wanted), "a.json:%zu: ", line);
		if (strncmp(error, wanted, strlen(wanted)) != 0 || !strstr(error, "the file ends here"))
			fail_msg("cut at %zu: %s", i, error);
	}
	counters__free(counters);
}

/* What could not be read comes back, and adds up. */
static void test_unread_comes_back(void **state)
{
	struct counters *counters = counters__new(), *read = counters__new();
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 12345);
	struct json_options options = { .name = "" };
	const struct unread *unread = counters__unread(read);
	char *text;

	counters__note_unread(counters, &link, UNREAD_MALFORMED, 3);
	counters__note_unread(counters, &link, UNREAD_ENCRYPTED, 1);
	counters__note_tls_port(counters, 8443, 2);
	text = fixture__snapshot(counters, &options);
	assert_int_equal(read_text(text, strlen(text), read, NULL), 1);
	assert_int_equal(read_text(text, strlen(text), read, NULL), 1);
	assert_int_equal(unread->links_count, 1);
	assert_memory_equal(&unread->links[0].link, &counters__unread(counters)->links[0].link, sizeof(link));
	assert_int_equal(unread->links[0].packets[UNREAD_MALFORMED], 6);
	assert_int_equal(unread->links[0].packets[UNREAD_ENCRYPTED], 2);
	assert_int_equal(unread->links[0].packets[UNREAD_GAPS], 0);
	assert_int_equal(unread->ports[0].handshakes, 4);
	assert_false(unread->has_more_links);
	free(text);
	for (unsigned int i = 0; i <= UNREAD_LINKS_MAX; i++) {
		link.server_port = (__u16)i;
		counters__note_unread(counters, &link, UNREAD_GAPS, 1);
	}
	text = fixture__snapshot(counters, &options);
	assert_int_equal(read_text(text, strlen(text), read, NULL), 1);
	assert_true(unread->has_more_links);
	free(text);
	counters__free(read);
	counters__free(counters);
}

#define LINK_BEFORE_MESSAGES                                                                 \
	"\"server_ip\": \"10.0.0.1\", \"client_ip\": \"10.0.0.2\", \"transport\": \"UDP\", " \
	"\"server_port\": 5060, \"client_port\": 1"
#define MESSAGE "{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": 2}"
#define SCHEMA "\"schema\": \"sipbpf.snapshot.v1\""
#define SNAPSHOT(links) "{" SCHEMA ", \"links\": [" links "]}"
#define WITH_MESSAGE(message) SNAPSHOT("{" LINK_BEFORE_MESSAGES ", \"messages\": [" MESSAGE ", " message "]}")
#define WITH_LINK(link) SNAPSHOT("{" LINK_BEFORE_MESSAGES ", \"messages\": []}, " link)

#define WITH_UNREAD(unread) "{" SCHEMA ", \"links\": [], \"unread\": " unread "}"
#define UNREAD_LINK(malformed)                                                                               \
	"{\"server_ip\": \"10.0.0.1\", \"client_ip\": \"::1\", \"transport\": \"TCP\", \"server_port\": 1, " \
	"\"compressed\": 0, \"encrypted\": 2, \"gaps\": 3, \"malformed\": " malformed "}"

#define WITH_GAPS(gaps, evicted)                                                                              \
	"{" SCHEMA ", \"links\": [], \"packets\": {\"seen\": 1, \"sip\": 1, \"reasons\": {}, \"gaps\": " gaps \
	", \"evicted\": " evicted "}}"

static void test_wrong_fields_are_named(void **state)
{
	static const char *const cases[][2] = {
		{ "x", "1: not a JSON snapshot: expected '{'; --format json writes one" },
		{ "\n[]", "2: not a JSON snapshot: expected '{'; --format json writes one" },
		{ "{}", "1: schema: is missing; is this a snapshot of sipbpf?" },
		{ "{" SCHEMA "}", "1: links: is missing" },
		{ "{\"schema\": \"v2\", \"links\": []}", "1: schema: must be \"sipbpf.snapshot.v1\"" },
		{ "{\"schema\": 1, \"links\": []}", "1: schema: must be" },
		{ "{\n" SCHEMA ",\n\"links\": {}}", "3: links: expected '['" },
		{ "{" SCHEMA ", \"links\": [],}", "1: expected a value after ','" },
		{ "{" SCHEMA ", \"links\": [] \"name\": \"\"}", "1: expected ',' or '}'" },
		{ "{" SCHEMA ", \"links\" []}", "1: links: expected ':'" },
		{ "{" SCHEMA ", 1: []}", "1: expected the name of a member" },
		{ "{" SCHEMA ", \"links\": [], \"links\": []}", "1: links: appears twice" },
		{ "{" SCHEMA ", \"links\": [], \"name\": 1}", "1: name: must be a string" },
		{ "{" SCHEMA ", \"links\": [], \"start\": \"now\"}", "1: start: must be a time" },
		{ "{" SCHEMA ", \"links\": [], \"end\": \"2026-02-31\"}", "1: end: must be a time" },
		{ "{" SCHEMA ", \"links\": [], \"start\": \"2026-02-31T00:00:00Z\"}", "1: start: must be a time" },
		{ "{" SCHEMA ", \"links\": [], \"packets\": []}", "1: packets: must be an object" },
		{ "{" SCHEMA ", \"links\": [], \"packets\": {\"seen\": 1}}", "1: packets.sip: must be a whole number" },
		{ "{" SCHEMA ", \"links\": [], \"packets\": {\"seen\": 1, \"sip\": 1}}",
		  "1: packets.reasons: must be an object" },
		{ "{" SCHEMA ", \"links\": [], \"packets\": {\"seen\": 1, \"sip\": 1, \"reasons\": {\"stun\": -1}}}",
		  "1: packets.reasons.stun: must be a whole number" },
		{ WITH_UNREAD("1"), "1: unread: must be an object" },
		{ WITH_UNREAD("{}"), "1: unread.links: must be an array" },
		{ WITH_UNREAD("{\"links\": [1]}"), "1: unread.links[0]: must be an object" },
		{ WITH_UNREAD("{\"links\": [{}]}"), "1: unread.links[0].server_ip: must be" },
		{ WITH_UNREAD("{\"links\": [" UNREAD_LINK("0") ", " UNREAD_LINK("-1") "]}"),
		  "1: unread.links[1].malformed: must be a whole number" },
		{ WITH_UNREAD("{\"links\": []}"), "1: unread.tls_ports: must be an array" },
		{ WITH_UNREAD("{\"links\": [], \"tls_ports\": [[]]}"), "1: unread.tls_ports[0]: must be an object" },
		{ WITH_UNREAD("{\"links\": [], \"tls_ports\": [{\"port\": 65536}]}"),
		  "1: unread.tls_ports[0].port: must be a whole number" },
		{ WITH_UNREAD("{\"links\": [], \"tls_ports\": [{\"port\": 8443}]}"),
		  "1: unread.tls_ports[0].handshakes: must be a whole number" },
		{ WITH_GAPS("\"3\"", "0"), "1: packets.gaps: must be a whole number from 0 to 9223372036854775807" },
		{ WITH_GAPS("null", "0"), "1: packets.gaps: must be a whole number" },
		{ WITH_GAPS("0", "-1"), "1: packets.evicted: must be a whole number" },
		{ SNAPSHOT("1"), "1: links[0]: must be an object" },
		{ WITH_LINK("{}"), "1: links[1].server_ip: must be" },
		{ WITH_LINK("{\"server_ip\": \"remote\"}"), "1: links[1].server_ip: must be" },
		{ WITH_LINK("{\"server_ip\": \"::1/64\"}"), "1: links[1].server_ip: must be" },
		{ WITH_LINK("{\"server_ip\": \"::1\"}"), "1: links[1].client_ip: must be" },
		{ WITH_LINK("{\"server_ip\": \"::1\", \"client_ip\": \"\"}"), "1: links[1].transport: must be" },
		{ WITH_LINK("{\"server_ip\": \"::1\", \"client_ip\": \"::1\", \"transport\": \"udp\"}"),
		  "1: links[1].transport: must be" },
		{ WITH_LINK("{\"server_ip\": \"::1\", \"client_ip\": \"::1\", \"transport\": \"UDP\"}"),
		  "1: links[1].server_port: must be a whole number from 0 to 65535" },
		{ WITH_LINK("{\"server_ip\": \"::1\", \"client_ip\": \"::1\", \"transport\": \"UDP\", \"server_port\": "
			    "1, "
			    "\"client_port\": 65536}"),
		  "1: links[1].client_port: must be a whole number" },
		{ WITH_LINK("{" LINK_BEFORE_MESSAGES "}"), "1: links[1].messages: must be an array" },
		{ WITH_LINK("{\"other\": 1}"), "1: links[1].other: must be true or false" },
		{ WITH_LINK("{\"a\": 1, \"a\": 2}"), "1: links[1].a: duplicate" },
		{ WITH_LINK("{\n\"a\": nul}"), "2: links[1].a: invalid token" },
		{ WITH_LINK("\"\xff\""), "1: links[1]: unable to decode" },
		{ WITH_MESSAGE("1"), "1: links[0].messages[1]: must be an object" },
		{ WITH_MESSAGE("{\"direction\": \"up\"}"),
		  "1: links[0].messages[1].direction: must be in, out or both" },
		{ WITH_MESSAGE("{\"direction\": \"in\"}"), "1: links[0].messages[1].type: must be" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"\"}"), "1: links[0].messages[1].type: must be" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"BYE\"}"),
		  "1: links[0].messages[1].method: must be" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\"}"),
		  "1: links[0].messages[1].count: must be a whole number" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": -1}"),
		  "1: links[0].messages[1].count: must be a whole number" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": 1.5}"),
		  "1: links[0].messages[1].count: must be a whole number" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": \"1\"}"),
		  "1: links[0].messages[1].count: must be a whole number" },
		{ WITH_MESSAGE("{\"direction\": \"in\", \"type\": \"B\\u0000\", \"method\": \"BYE\", \"count\": 1}"),
		  "1: links[0].messages[1].type: \\u0000" },
		{ SNAPSHOT("") "\n\n" SNAPSHOT("{}"), "3: links[0].server_ip: must be" },
		{ SNAPSHOT("") ",", "1: expected '{'" },
	};
	char wanted[128];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counters *counters = counters__new();

		assert_int_equal(read_text(cases[i][0], strlen(cases[i][0]), counters, NULL), -EINVAL);
		snprintf(wanted, sizeof(wanted), "a.json:%s", cases[i][1]);
		if (strncmp(error, wanted, strlen(wanted)) != 0)
			fail_msg("%s:\n%s\n%s", cases[i][0], error, wanted);
		counters__free(counters);
	}
}

#define MOST "9223372036854775807"
#define MESSAGE_OF(count) "{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\", \"count\": " count "}"
#define LINK_OF(messages) "{" LINK_BEFORE_MESSAGES ", \"messages\": [" messages "]}"
#define WITH_PACKETS(sip, stun)                                                       \
	"{" SCHEMA ", \"links\": [], \"packets\": {\"seen\": " MOST ", \"sip\": " sip \
	", \"reasons\": {\"stun\": " stun "}}}"

/* The most that counters hold is read; one more is an error that says where, whichever way it is read. */
static void test_counts_up_to_the_most(void **state)
{
	static const char *const cases[][2] = {
		{ SNAPSHOT(LINK_OF(MESSAGE_OF(MOST))), NULL },
		{ SNAPSHOT(LINK_OF(MESSAGE_OF("4611686018427387904") ", " MESSAGE_OF("4611686018427387903"))), NULL },
		{ SNAPSHOT(LINK_OF(MESSAGE_OF("4611686018427387904") ", " MESSAGE_OF("4611686018427387904"))),
		  "1: links[0].messages[1].count: together" },
		{ SNAPSHOT(LINK_OF(MESSAGE_OF("4611686018427387904") ",\n" MESSAGE_OF("4611686018427387904"))),
		  "2: links[0].messages[1].count: together" },
		{ SNAPSHOT(LINK_OF(MESSAGE_OF(MOST)) ",\n" LINK_OF(MESSAGE_OF("1"))),
		  "2: links[1].messages[0].count: together" },
		{ SNAPSHOT(LINK_OF(MESSAGE_OF(MOST))) "\n" SNAPSHOT(LINK_OF(MESSAGE_OF("2"))), "2: together" },
		{ SNAPSHOT(LINK_OF(MESSAGE) ", {\"other\": true, \"messages\": [" MESSAGE_OF(MOST) "]}"),
		  "1: links[1].messages[0].count: together" },
		{ WITH_PACKETS(MOST, "0"), NULL },
		{ WITH_PACKETS("1", MOST), "1: packets.reasons.stun: together" },
		{ WITH_PACKETS("1", "0") WITH_PACKETS(MOST, "0"), "1: together" },
		{ WITH_PACKETS(MOST, "0, \"fragment\": 1"), "1: packets.reasons.fragment: together" },
		{ WITH_GAPS(MOST, MOST), NULL },
		{ WITH_GAPS(MOST, "1") WITH_GAPS("1", "1"), "1: together" },
		{ WITH_GAPS("1", MOST) WITH_GAPS("1", "1"), "1: together" },
	};
	char wanted[128];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counters *counters = counters__new();

		assert_int_equal(read_text(cases[i][0], strlen(cases[i][0]), counters, NULL),
				 cases[i][1] ? -EOVERFLOW : 1);
		snprintf(wanted, sizeof(wanted), "a.json:%s", cases[i][1] ? cases[i][1] : "");
		if (cases[i][1] && strncmp(error, wanted, strlen(wanted)) != 0)
			fail_msg("%s:\n%s\n%s", cases[i][0], error, wanted);
		counters__free(counters);
	}
}

/* What is wrong is an error, wherever the lines end, and nothing of its snapshot counts. */
static void test_what_is_wrong_is_not_cut_short(void **state)
{
	static const char *const cases[] = {
		SNAPSHOT(LINK_OF(MESSAGE) ",\n" LINK_OF(MESSAGE_OF("-1"))) "\n" SNAPSHOT(LINK_OF(MESSAGE)),
		SNAPSHOT(LINK_OF(MESSAGE) ",\n}") "\n" SNAPSHOT(LINK_OF(MESSAGE)),
		SNAPSHOT(LINK_OF(MESSAGE) "}") "\n" SNAPSHOT(LINK_OF(MESSAGE)),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct counters *counters = counters__new();

		assert_int_equal(read_text(cases[i], strlen(cases[i]), counters, NULL), -EINVAL);
		assert_int_equal(counters__total(counters), 0);
		counters__free(counters);
	}
}

/* Whatever counters hold comes back from a snapshot. */
static void test_the_most_comes_back(void **state)
{
	struct json_options options = { .name = "" };
	struct counters *counters = counters__new(), *back = counters__new();
	struct link link = { .server_port = 5060 };
	char *text;

	assert_int_equal(counters__add(counters, &link, LINK_IN, "BYE", "BYE", COUNTERS_MAX), 0);
	counters__packets(counters)->sip = COUNTERS_MAX;
	counters__packets(counters)->gaps = COUNTERS_MAX;
	counters__packets(counters)->evicted = COUNTERS_MAX;
	counters__packets(counters)->truncated_headers = COUNTERS_MAX;
	text = fixture__snapshot(counters, &options);
	assert_int_equal(read_text(text, strlen(text), back, NULL), 1);
	assert_true(counters__total(back) == COUNTERS_MAX);
	assert_true(counters__packets_seen(back) == COUNTERS_MAX);
	assert_true(counters__packets(back)->gaps == COUNTERS_MAX);
	assert_true(counters__packets(back)->evicted == COUNTERS_MAX);
	assert_true(counters__packets(back)->truncated_headers == COUNTERS_MAX);
	free(text);
	counters__free(counters);
	counters__free(back);
}

/* A snapshot of one value a line, as people format them; in each case one line is replaced, and is where the error lies. */
static void test_lines_are_those_of_the_fields(void **state)
{
	static const char *const lines[] = {
		"{",
		"\"schema\":",
		"\"sipbpf.snapshot.v1\",",
		"\"links\": [",
		"{",
		"\"server_ip\": \"10.0.0.1\",",
		"\"client_ip\":",
		"\"10.0.0.2\",",
		"\"transport\": \"UDP\",",
		"\"server_port\": 5060,",
		"\"client_port\": 1,",
		"\"messages\": [",
		"{",
		"\"direction\": \"in\", \"type\": \"BYE\",",
		"\"method\": \"BYE\",",
		"\"count\": 1",
		"},",
		"{\"direction\": \"in\", \"type\": \"BYE\", \"method\": \"BYE\",",
		"\"count\": 1",
		"}",
		"]",
		"}",
		"],",
		"\"packets\":",
		"{\"seen\": 1,",
		"\"sip\": 1,",
		"\"reasons\": {",
		"\"stun\": 1",
		"}",
		"}",
		"}",
	};
	static const struct {
		size_t line; /* from 1 on */
		const char *text, *wanted;
	} cases[] = {
		{ 3, "\"v2\",", "3: schema: must be" },
		{ 6, "\"server_ip\": \"x\",", "6: links[0].server_ip: must be" },
		{ 6, "", "5: links[0].server_ip: must be" }, /* the link that has none */
		{ 8, "5,", "7: links[0].client_ip: must be" },
		{ 10, "\"server_port\": 5060.5,", "10: links[0].server_port: must be" },
		{ 14, "\"direction\": \"in\",", "13: links[0].messages[0].type: must be" },
		{ 16, "\"count\": -1", "16: links[0].messages[0].count: must be" },
		{ 19, "\"count\": []", "19: links[0].messages[1].count: must be" },
		{ 19, "\"count\": 1e", "19: links[0].messages[1].count: invalid token" },
		{ 19, "\"count\": 01", "19: links[0].messages[1].count: " },
		{ 19, "\"count\" 1", "19: links[0].messages[1].count: ':' expected" },
		{ 19, "\"type\": 1", "19: links[0].messages[1].type: duplicate" },
		{ 9, "\"transport\": \"UDP\"", "10: links[0].transport: '}' expected" },
		{ 9, "\"transport: \"UDP\",", "9: links[0].transport: : ':' expected" },
		{ 9, "\"transport\": \"UDP,", "9: links[0].transport: " },
		{ 16, "\"count\": 1}", "17: links[0].messages: ']' expected" },
		{ 20, "", "21: links[0].messages[1]: '}' expected" },
		{ 21, "", "22: links[0].messages: ']' expected" },
		{ 25, "{\"seen\": \"1\",", "25: packets.seen: must be" },
		{ 26, "", "25: packets.sip: must be" },
		{ 28, "\"stun\": {}", "28: packets.reasons.stun: must be" },
		{ 29, "} 1", "29: packets.reasons: '}' expected" },
		{ 31, "", "32: the file ends here" },
	};
	char text[1024], wanted[128], *at;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counters *counters = counters__new();

		for (at = text, j = 0; j < sizeof(lines) / sizeof(lines[0]); j++)
			at += sprintf(at, "%s\n", j + 1 == cases[i].line ? cases[i].text : lines[j]);
		assert_int_equal(read_text(text, (size_t)(at - text), counters, NULL),
				 strstr(cases[i].wanted, "the file ends") ? -EBADMSG : -EINVAL);
		snprintf(wanted, sizeof(wanted), "a.json:%s", cases[i].wanted);
		if (strncmp(error, wanted, strlen(wanted)) != 0)
			fail_msg("%s\nwanted %s\n%s", error, wanted, text);
		counters__free(counters);
	}
}

static void test_unknown_fields_are_ignored(void **state)
{
	const char *text =
		"{\"new\": {\"a\": [1, \"]}\\\"\", null]}, " SCHEMA ", \"links\": [{\"x\": 0, " LINK_BEFORE_MESSAGES
		", \"messages\": [" MESSAGE "]}], \"packets\": {\"seen\": 3, \"sip\": 1, \"more\": 1, \"reasons\": "
		"{\"stun\": 1, \"new\": 1}}}\n\n{\"links\":[],\"x\":1e5," SCHEMA ",\"name\":\"b\"}";
	struct counters *counters = counters__new();
	struct json_snapshot snapshot;

	assert_int_equal(read_text(text, strlen(text), counters, &snapshot), 2);
	assert_int_equal(counters__total(counters), 2);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_STUN], 1);
	assert_string_equal(snapshot.name, "b");
	assert_int_equal(snapshot.end.tv_sec, 0);
	free(snapshot.name);
	counters__free(counters);
}

/* Snapshots of programs that did not count them. */
static void test_without_gaps(void **state)
{
	const char *text = WITH_PACKETS("1", "2") WITH_GAPS("3", "4");
	struct counters *counters = counters__new();

	assert_int_equal(read_text(text, strlen(text), counters, NULL), 2);
	assert_int_equal(counters__packets_seen(counters), 4);
	assert_int_equal(counters__packets(counters)->gaps, 3);
	assert_int_equal(counters__packets(counters)->evicted, 4);
	counters__free(counters);
}

static void test_nothing_is_no_snapshot(void **state)
{
	struct counters *counters = counters__new();

	assert_int_equal(read_text("", 0, counters, NULL), 0);
	assert_int_equal(read_text(" \r\n\t\n", 5, counters, NULL), 0);
	counters__free(counters);
}

static void test_a_folder_cannot_be_read(void **state)
{
	struct counters *counters = counters__new();
	FILE *in = fopen("/", "r");
	struct json_reader *reader = json_reader__new(in, "/");
	struct json_snapshot snapshot;

	assert_int_equal(json_reader__next(reader, counters, &snapshot, error), -EISDIR);
	assert_string_equal(error, "/: Is a directory");
	json_reader__free(reader);
	fclose(in);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_written_comes_back),
		cmocka_unit_test(test_both_ways_are_the_same),
		cmocka_unit_test(test_many_links),
		cmocka_unit_test(test_truncated_at_every_byte),
		cmocka_unit_test(test_truncated_in_lines),
		cmocka_unit_test(test_whole_snapshots_around_one_that_is_cut_short),
		cmocka_unit_test(test_what_is_wrong_is_not_cut_short),
		cmocka_unit_test(test_unread_comes_back),
		cmocka_unit_test(test_wrong_fields_are_named),
		cmocka_unit_test(test_counts_up_to_the_most),
		cmocka_unit_test(test_the_most_comes_back),
		cmocka_unit_test(test_lines_are_those_of_the_fields),
		cmocka_unit_test(test_unknown_fields_are_ignored),
		cmocka_unit_test(test_without_gaps),
		cmocka_unit_test(test_nothing_is_no_snapshot),
		cmocka_unit_test(test_a_folder_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
