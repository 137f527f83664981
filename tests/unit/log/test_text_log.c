// SPDX-License-Identifier: BSD-2-Clause
/* Tests of text_log.c: where messages begin and end in a log, and what the pattern's groups say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/text_log.h"

#include "stream_source.h"
#include "unit/fixtures.h"

#define INVITE "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nCSeq: 1 INVITE\r\n\r\n"
#define BYE "BYE sip:bob@example.com SIP/2.0\nVia: SIP/2.0/TCP a\nCSeq: 2 BYE\n"
#define OK "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS a\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"
#define PATTERN                                                                                                       \
	"^(?<time>\\S+ \\S+) (?:(?<direction>\\S+) )?(?<transport>\\w+) (?<src>\\S+):(?<sport>\\d+) -> (?<dst>\\S+):" \
	"(?<dport>\\d+)"

static char error[TEXT_LOG_ERROR_SIZE];
static const struct link_rules rules;

static struct text_log *new_log(const char *pattern, struct counters *counters)
{
	const struct text_log_options options = { .regex = pattern, .rules = &rules };
	struct text_log *log = NULL;

	assert_int_equal(text_log__new(&options, counters, &log, error), 0);
	return log;
}

static int read_text(struct text_log *log, const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int result = text_log__read(log, STREAM_SOURCE(in), "a.log", error);

	fclose(in);
	return result;
}

static unsigned long long count_unusable(const struct text_log *log)
{
	const struct unusable *unusable = text_log__unusable(log);
	unsigned long long sum = 0;
	int group;

	for (group = 0; group < PATTERN_USER_GROUPS; group++)
		sum += unusable->counts[group];
	return sum;
}

/* The counts of a log as "type/method/transport*count" by spaces, in the order of their appearance. */
static void assert_counts(const char *pattern, const char *text, const char *wanted)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log(pattern, counters);
	char got[512] = "", *at = got;
	size_t i;
	__u32 j;

	assert_int_equal(read_text(log, text), 0);
	for (i = 0; i < counters__links_count(counters); i++) {
		const struct counter_link *link = counters__link(counters, i);

		for (j = 0; j < link->cells_count; j++)
			at += sprintf(at, "%s%s/%s/%s*%llu", at == got ? "" : " ",
				      counters__type_name(counters, link->cells[j].type),
				      counters__type_name(counters, link->cells[j].method),
				      link__transport_name(link->link.transport),
				      (unsigned long long)link->cells[j].count);
	}
	assert_string_equal(got, wanted);
	text_log__free(log);
	counters__free(counters);
}

static void test_messages_begin_at_start_lines(void **state)
{
	assert_counts(NULL, "", "");
	assert_counts(NULL, INVITE, "INVITE/INVITE/UDP*1");
	assert_counts(NULL, INVITE "v=0\r\no=- 1 1 IN IP4 a\r\n\r\n" OK, "INVITE/INVITE/UDP*1 200/BYE/TLS*1");
	assert_counts(NULL, "some words\n" INVITE "\n\n\nmore words\n\n" OK, "INVITE/INVITE/UDP*1 200/BYE/TLS*1");
	assert_counts(NULL, BYE BYE "\n" OK, "BYE/BYE/TCP*2 200/BYE/TLS*1");
	assert_counts(NULL, BYE, "BYE/BYE/TCP*1");
	assert_counts(NULL, "SIP/2.0 100 Trying", "100/UNKNOWN/UDP*1");
	assert_counts(NULL, "2026-01-01 INVITE sip:a SIP/2.0\n\nHTTP/1.1 200 OK\n\n", "");
}

/* A byte order mark belongs to no line; only the first characters of a text are one. */
static void test_byte_order_marks(void **state)
{
	assert_counts(NULL, "\xef\xbb\xbf" INVITE, "INVITE/INVITE/UDP*1");
	assert_counts("^via (?<transport>\\w+)$", "\xef\xbb\xbfvia TCP\n" INVITE, "INVITE/INVITE/TCP*1");
	assert_counts(NULL, "\xef\xbb\xbf", "");
	assert_counts(NULL, "\xef\xbb\xbf\xef\xbb\xbf" INVITE OK, "200/BYE/TLS*1");
	assert_counts(NULL, "\n\xef\xbb\xbf" INVITE OK, "200/BYE/TLS*1");
}

/* A pattern need not know how lines end. */
static void test_line_ends_are_not_matched(void **state)
{
	assert_counts("^via (?<transport>[A-Z]+)$", "via TCP\r\n" INVITE, "INVITE/INVITE/TCP*1");
	assert_counts("^via (?<transport>[A-Z]+)$", "via TCP\n" INVITE, "INVITE/INVITE/TCP*1");
}

/* A body that is SIP itself is no message. */
static void test_bodies_of_sip(void **state)
{
	static const char notify[] =
		"NOTIFY sip:a@b SIP/2.0\r\nCSeq: 3 NOTIFY\r\nContent-Type: message/sipfrag;version=2.0\r\n"
		"Content-Length: 16\r\n\r\n"
		"SIP/2.0 200 OK\r\n" OK;
	static const char compact[] = "NOTIFY sip:a@b SIP/2.0\nCSeq: 3 NOTIFY\nc : multipart/mixed\nl: 38\n\n"
				      "--x\n\nSIP/2.0 100 Trying\nCSeq: 1 A\n" OK;

	assert_counts(NULL, notify, "NOTIFY/NOTIFY/UDP*1 200/BYE/TLS*1");
	assert_counts(NULL, compact, "NOTIFY/NOTIFY/UDP*1 200/BYE/TLS*1");
}

static void test_records_hold_one_message(void **state)
{
	assert_counts("^---", "---\n" INVITE "---\nnothing\n---\n\nword\n" OK OK "--- \n" BYE,
		      "INVITE/INVITE/UDP*1 200/BYE/TLS*1 BYE/BYE/TCP*1");
}

/* The line that begins a record may end with the start line, of a message that follows it or that is shown again. */
static void test_start_lines_in_lines_of_records(void **state)
{
	static const char pattern[] = "RX (?<transport>\\w+)";

	assert_counts(pattern, "RX TCP " INVITE "RX TLS: " BYE, "INVITE/INVITE/TCP*1 BYE/BYE/TLS*1");
	assert_counts(pattern, "RX WSS " OK OK, "200/BYE/WSS*1");
	assert_counts(pattern, "RX TCP INVITE sip:bob@example.com SIP/2.0\n" INVITE, "INVITE/INVITE/TCP*1");
	assert_counts(pattern, "RX TCP INVITE sip:bob@example.com SIP/2.0\n\n" INVITE, "INVITE/INVITE/TCP*1");
	assert_counts(pattern, "RX TCP behind SIP/2.0 100 Trying\n" BYE, "BYE/BYE/TCP*1");
	assert_counts("^(?:RX|INVITE)", "RX UDP\n" INVITE "\n" INVITE, "INVITE/INVITE/UDP*2");
	assert_counts("(?<transport>TCP|UDP|WS)", "RX WS\nINVITE sip:b@c;transport=TCP SIP/2.0\nCSeq: 1 INVITE\n\n",
		      "INVITE/INVITE/WS*1");
}

/* A pattern that matches headers too cuts no message, but one without an empty line ends where a record begins. */
static void test_patterns_that_match_headers(void **state)
{
	static const char pattern[] = "(?<peer>\\d+\\.\\d+\\.\\d+\\.\\d+):(?<peerport>\\d+)";
	static const char *const heads[] = { "to 192.0.2.1:5070 WS\n", "app: to 192.0.2.1:5070 WS\n",
					     "  192.0.2.1:5070 WS\n" };
	static const char message[] =
		"INVITE sip:a@192.0.2.2:5060 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.3:5060;a=1\n ;b=192.0.2.4:5060\n"
		"Record-Route: <sip:192.0.2.5:5060>\nTo: <sip:a@192.0.2.6:5060>;tag=1\nCSeq: 1 INVITE\n"
		"Contact: <sip:192.0.2.7:5060>\n";
	static const char *const ends[] = { "\n", "" };
	struct counters *counters = counters__new();
	struct text_log *log = new_log(pattern, counters);
	char text[2000];
	size_t i, j, count = 0;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		for (j = 0; j < sizeof(ends) / sizeof(ends[0]); j++, count += 2) {
			sprintf(text, "%s%s%s%s%s%s", heads[i], message, ends[j], heads[i], message, ends[j]);
			assert_int_equal(read_text(log, text), 0);
		}
	}
	assert_int_equal(counters__links_count(counters), 1);
	assert_int_equal(counters__link(counters, 0)->cells_count, 1);
	assert_string_equal(counters__type_name(counters, counters__link(counters, 0)->cells[0].type), "ReINVITE");
	assert_int_equal(counters__total(counters), count);
	assert_int_equal(count_unusable(log), 0);
	text_log__free(log);
	counters__free(counters);
}

/* A pattern may know what stands before a line, or not; what is left of the line is of the message. */
static void test_patterns_in_envelopes(void **state)
{
	static const char *const patterns[] = { "RX (?<transport>\\w+)", "^RX (?<transport>\\w+)$",
						"^Jan +5 \\S+ h app\\S* RX (?<transport>\\w+)" };
	static const char *const lines[] = { "RX TCP", "INVITE sip:b@c;d=1.1.1.1 SIP/2.0", "Via: SIP/2.0/UDP a",
					     "CSeq: 1 INVITE", "" };
	static const struct {
		const char *before, *after, *last;
	} writers[] = {
		{ "Jan  5 12:00:00 h app[1]: ", "\n", "" },
		{ "", "#015#012", "\n" },
		{ "", "\\r\\n", "\n" },
		{ "\x1b[32m", "\x1b[0m\n", "" },
	};
	char text[1000], *at;
	size_t i, j, k;

	for (i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		for (j = 0; j < 2 * sizeof(lines) / sizeof(lines[0]); j++) {
			at = j ? at : text;
			k = j % (sizeof(lines) / sizeof(lines[0]));
			at += sprintf(at, "%s%s%s%s", writers[i].before, lines[k], writers[i].after,
				      lines[k][0] ? "" : writers[i].last);
		}
		for (j = 0; j < sizeof(patterns) / sizeof(patterns[0]) - (i > 0); j++)
			assert_counts(patterns[j], text, "INVITE/INVITE/TCP*2");
	}
	assert_counts(patterns[0],
		      "Jan  5 12:00:00 h app[1]: RX TCP#012BYE sip:a SIP/2.0#015#012CSeq: 1 BYE#015#012#015\n"
		      "Jan  5 12:00:00 h app[1]: RX TLS BYE sip:a SIP/2.0#015#012CSeq: 1 BYE#015#012#015\n",
		      "BYE/BYE/TCP*1 BYE/BYE/TLS*1");
}

/* What syslog puts before lines tells the time unless the pattern does. */
static void test_times_of_envelopes(void **state)
{
	static const char text[] =
		"2026-01-05T12:00:00Z h app[1]: 1767700800.5 RX TCP#012BYE sip:a SIP/2.0#012CSeq: 1 BYE\n";
	static const char *const patterns[] = { "RX TCP", "(?<time>\\S+) RX TCP" };
	static const time_t times[] = { 1767614400, 1767700800 };
	struct counters *counters = counters__new();
	struct timespec start, end;
	struct text_log *log;
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		log = new_log(patterns[i], counters);
		assert_int_equal(read_text(log, text), 0);
		text_log__times(log, &start, &end);
		assert_int_equal(start.tv_sec, times[i]);
		assert_int_equal(end.tv_sec, times[i]);
		text_log__free(log);
	}
	assert_int_equal(counters__total(counters), i);
	counters__free(counters);
}

static void test_reasons(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log("^---", counters);

	assert_int_equal(read_text(log, "---\nnothing\n---\nINVITE sip:a SIP/7.0\n\n---\n" INVITE "---\n"), 0);
	assert_int_equal(counters__packets(counters)->sip, 1);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_NOT_SIP], 2);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_MALFORMED], 1);
	assert_int_equal(counters__total(counters), 1);
	text_log__free(log);
	counters__free(counters);
}

static void test_groups_say_where_it_passed(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log(PATTERN, counters);
	const struct counter_link *link;
	struct timespec start, end;
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(read_text(log, "2026-01-01 00:00:01Z UDP 10.0.0.2:4000 -> 10.0.0.1:5060\n" INVITE
					"2026-01-01 00:00:09Z OUT TCP 10.0.0.2:4000 -> 10.0.0.1:5060\n" INVITE
					"2026-01-01 00:00:05Z in tls [2001:db8::1]:5060 -> 10.0.0.1:4000\n" INVITE),
			 0);
	text_log__times(log, &start, &end);
	assert_int_equal(end.tv_sec - start.tv_sec, 8);
	assert_int_equal(count_unusable(log), 0);
	assert_int_equal(counters__links_count(counters), 3);
	link = counters__link(counters, 0);
	assert_string_equal(link__address_text(&link->link.server, text), "10.0.0.1");
	assert_int_equal(link->link.server_port, 5060);
	assert_int_equal(link->link.transport, SIP_TRANSPORT_UDP);
	assert_int_equal(link->cells[0].direction, LINK_IN);
	link = counters__link(counters, 1);
	assert_string_equal(link__address_text(&link->link.server, text), "10.0.0.2");
	assert_int_equal(link->link.client_port, 5060);
	assert_int_equal(link->link.transport, SIP_TRANSPORT_TCP);
	assert_int_equal(link->cells[0].direction, LINK_OUT);
	link = counters__link(counters, 2);
	assert_string_equal(link__address_text(&link->link.client, text), "2001:db8::1");
	assert_int_equal(link->link.transport, SIP_TRANSPORT_TLS);
	assert_int_equal(link->cells[0].direction, LINK_IN);
	text_log__free(log);
	counters__free(counters);
}

static void test_values_that_cannot_be_used(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log(PATTERN, counters);
	char line[512];
	FILE *in;

	assert_int_equal(read_text(log, "yes terday DTLS example.com:0 -> 10.0.0.1:70000\n" INVITE), 0);
	assert_int_equal(count_unusable(log), 5);
	assert_string_equal(text_log__unusable(log)->examples[PATTERN_TIME][0], "'yes terday' in a.log, line 1");
	assert_string_equal(text_log__unusable(log)->examples[PATTERN_DPORT][0], "'70000' in a.log, line 1");
	assert_int_equal(counters__link(counters, 0)->link.client_end, LINK_END_UNNAMED);
	assert_int_equal(counters__link(counters, 0)->cells[0].direction, LINK_BOTH);
	text_log__free(log);
	log = new_log("^(?s)src (?<src>.*)", counters);
	snprintf(line, sizeof(line), "src 10.0.0.1%0200d\n" INVITE, 0);
	assert_int_equal(read_text(log, line), 0);
	assert_int_equal(count_unusable(log), 1);
	assert_string_equal(text_log__unusable(log)->examples[PATTERN_SRC][0],
			    "'10.0.0.1"
			    "0000000000000000000000000000000000000000"
			    "...' in a.log, line 1");
	memset(line + 12, '\0', 200); /* an address, a NUL, and something else */
	in = fmemopen(line, 213 + strlen(INVITE), "r");
	assert_int_equal(text_log__read(log, STREAM_SOURCE(in), "a.log", error), 0);
	assert_int_equal(count_unusable(log), 2);
	fclose(in);
	text_log__free(log);
	counters__free(counters);
}

/* Of an end of which only the far one is named, the direction tells which one it is. */
static void test_the_far_end(void **state)
{
	static const char pattern[] = "^(?<direction>\\S+) (?<transport>\\w+) (?<peer>\\S+) (?<peerport>\\d+)$";
	struct counters *counters = counters__new();
	struct text_log *log = new_log(pattern, counters);
	const struct counter_link *link;

	assert_int_equal(read_text(log, "sending tcp [2001:db8::7] 5070\n" INVITE "<<< TCP 2001:db8::7 5070\n" INVITE),
			 0);
	assert_int_equal(counters__links_count(counters), 1);
	link = counters__link(counters, 0);
	assert_int_equal(link->link.server_end, LINK_END_UNNAMED);
	assert_int_equal(link->link.client_end, LINK_END_ADDRESS);
	assert_int_equal(link->link.client_port, 5070);
	assert_int_equal(link->cells_count, 2);
	assert_int_equal(link->cells[0].direction + link->cells[1].direction, LINK_IN + LINK_OUT);
	text_log__free(log);
	counters__free(counters);
}

/* A message that ends with the log, too. */
static void test_too_many_messages(void **state)
{
	static const char *const texts[] = { INVITE, "INVITE sip:b SIP/2.0\r\nCSeq: 1 INVITE\r\n" };
	struct counters *counters = counters__new();
	struct text_log *log = new_log(NULL, counters);
	struct link link = fixture__link("10.0.0.1", "10.0.0.2", 5060);
	size_t i;

	assert_int_equal(counters__add(counters, &link, LINK_IN, "BYE", "BYE", COUNTERS_MAX), 0);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(read_text(log, texts[i]), -EOVERFLOW);
		assert_non_null(strstr(error, strerror(EOVERFLOW)));
	}
	assert_int_equal(counters__total(counters), COUNTERS_MAX);
	text_log__free(log);
	counters__free(counters);
}

static void test_wrong_patterns(void **state)
{
	struct counters *counters = counters__new();
	struct text_log_options options = { .regex = "(", .rules = &rules };
	struct text_log *log = NULL;

	assert_int_equal(text_log__new(&options, counters, &log, error), -EINVAL);
	assert_non_null(strstr(error, "at character 2"));
	options.regex = "(?<source>x)";
	assert_int_equal(text_log__new(&options, counters, &log, error), -EINVAL);
	assert_non_null(strstr(error, "'source'"));
	assert_null(log);
	counters__free(counters);
}

/* What was read counts, and the error names the line. */
static void test_a_line_that_takes_too_long(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log("^(a+)+$", counters);

	assert_int_equal(read_text(log,
				   "aaa\n" INVITE "aa\n" BYE
				   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\naaa\n" INVITE),
			 -EINVAL);
	assert_string_equal(error, "a.log:10: cannot match --regex: match limit exceeded; all lines before were read");
	assert_int_equal(counters__total(counters), 2);
	assert_int_equal(counters__packets(counters)->sip, 2);
	text_log__free(log);
	counters__free(counters);
}

/* Each line is within its limits, but all together are not. */
static void test_a_log_that_takes_too_long(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log("^(a|aa)+$", counters);
	FILE *in = tmpfile();
	int i;

	text_log__set_budget(log, 50000000);
	fputs(INVITE, in);
	for (i = 0; i < 100000; i++)
		fputs("aaaaaaaaaaaaaaaaaaaaaaaab\n", in);
	fputs(INVITE, in);
	rewind(in);
	assert_int_equal(text_log__read(log, STREAM_SOURCE(in), "a.log", error), -ETIME);
	assert_non_null(strstr(error, "cannot match --regex: the pattern took "));
	assert_int_equal(counters__total(counters), 1);
	fclose(in);
	text_log__free(log);
	counters__free(counters);
}

/* More than compiled code has room for by default, and more than it has at most. */
static void test_long_lines(void **state)
{
	static const size_t lengths[] = { 100000, 500000 };
	struct counters *counters = counters__new();
	struct text_log *log = new_log("^(?:-|x)+ (?<transport>\\w+)$", counters);
	FILE *in;
	size_t i, j;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		in = tmpfile();
		for (j = 0; j < lengths[i]; j++)
			putc('-', in);
		fputs(" TLS\n" INVITE, in);
		rewind(in);
		assert_int_equal(text_log__read(log, STREAM_SOURCE(in), "a.log", error), 0);
		fclose(in);
		assert_int_equal(counters__total(counters), i + 1);
		assert_int_equal(counters__link(counters, 0)->link.transport, SIP_TRANSPORT_TLS);
	}
	assert_int_equal(counters__links_count(counters), 1);
	text_log__free(log);
	counters__free(counters);
}

static void test_times_to_the_nanosecond(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log("^(?<time>2.*)", counters);
	struct timespec start, end;

	assert_int_equal(read_text(log, "2026-01-01 00:00:01.5Z\n2026-01-01 00:00:01.25Z\n2026-01-01 00:00:01.75Z\n"
					"2026-01-01 00:00:01.5Z\n"),
			 0);
	text_log__times(log, &start, &end);
	assert_int_equal(start.tv_sec, end.tv_sec);
	assert_int_equal(start.tv_nsec, 250000000);
	assert_int_equal(end.tv_nsec, 750000000);
	text_log__free(log);
	counters__free(counters);
}

static void test_a_folder_cannot_be_read(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log(NULL, counters);
	FILE *in = fopen("/", "r");

	assert_int_equal(text_log__read(log, STREAM_SOURCE(in), "/", error), -EISDIR);
	assert_string_equal(error, "/: cannot read: Is a directory");
	fclose(in);
	text_log__free(log);
	counters__free(counters);
}

/* The longest headers are cut, not kept. */
static void test_a_message_without_end(void **state)
{
	struct counters *counters = counters__new();
	struct text_log *log = new_log(NULL, counters);
	FILE *in = tmpfile();
	int i;

	fputs(BYE, in);
	for (i = 0; i < 100000; i++)
		fputs("X-Header: a value that is of no interest\n", in);
	rewind(in);
	assert_int_equal(text_log__read(log, STREAM_SOURCE(in), "a.log", error), 0);
	assert_int_equal(counters__total(counters), 1);
	fclose(in);
	text_log__free(log);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_begin_at_start_lines),
		cmocka_unit_test(test_byte_order_marks),
		cmocka_unit_test(test_line_ends_are_not_matched),
		cmocka_unit_test(test_bodies_of_sip),
		cmocka_unit_test(test_records_hold_one_message),
		cmocka_unit_test(test_start_lines_in_lines_of_records),
		cmocka_unit_test(test_patterns_that_match_headers),
		cmocka_unit_test(test_patterns_in_envelopes),
		cmocka_unit_test(test_times_of_envelopes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_groups_say_where_it_passed),
		cmocka_unit_test(test_values_that_cannot_be_used),
		cmocka_unit_test(test_the_far_end),
		cmocka_unit_test(test_too_many_messages),
		cmocka_unit_test(test_wrong_patterns),
		cmocka_unit_test(test_a_line_that_takes_too_long),
		cmocka_unit_test(test_a_log_that_takes_too_long),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_times_to_the_nanosecond),
		cmocka_unit_test(test_a_folder_cannot_be_read),
		cmocka_unit_test(test_a_message_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
