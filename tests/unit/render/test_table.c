// SPDX-License-Identifier: BSD-2-Clause
/* Tests of table.c: whole tables, byte for byte. */
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
#include "render/table.h"

/* A link is "SERVER CLIENT TRANSPORT SERVER_PORT CLIENT_PORT". */
static void add(struct counters *counters, const char *text, enum link_direction direction, const char *type,
		__u64 count)
{
	char server[64], client[64], name[8];
	enum sip_transport transport;
	unsigned short ports[2];
	struct link link;

	assert_int_equal(sscanf(text, "%63s %63s %7s %hu %hu", server, client, name, &ports[0], &ports[1]), 5);
	link = fixture__link(server, client, 0);
	assert_int_equal(link__parse_transport(name, &transport), 0);
	link.transport = (__u8)transport;
	link.server_port = ports[0];
	link.client_port = ports[1];
	assert_int_equal(counters__add(counters, &link, direction, type, "UNKNOWN", count), 0);
}

static void add_other(struct counters *counters, const char *type, __u64 count)
{
	struct link other = { .is_other = 1 };

	assert_int_equal(counters__add(counters, &other, LINK_BOTH, type, "UNKNOWN", count), 0);
}

static void assert_table_of(struct counters *counters, const struct table_options *options, const char *wanted)
{
	struct fixture_stream stream;
	char *text;

	assert_int_equal(table__write(fixture_stream__open(&stream), counters, options), 0);
	text = fixture_stream__close(&stream);
	assert_string_equal(text, wanted);
	free(text);
}

/* The table of the counters, which are freed. */
static void assert_table(struct counters *counters, const char *title, const char *name, int depth, const char *wanted)
{
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	options.title = title;
	options.name = name;
	options.sheet.depth = depth;
	assert_table_of(counters, &options, wanted);
	counters__free(counters);
}

/* The example in sipcounter's documentation. */
static void test_documented_example(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1025", LINK_OUT, "INVITE", 13);
	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1025", LINK_IN, "INVITE", 10);
	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1026", LINK_OUT, "ReINVITE", 36);
	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1026", LINK_IN, "ReINVITE", 42);
	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1025", LINK_OUT, "503", 1);
	add(counters, "1.1.1.1 2.2.2.1 TLS 5061 1027", LINK_OUT, "600", 1);
	add(counters, "1.1.1.1 2.2.2.1 TCP 5060 1025", LINK_OUT, "INVITE", 13);
	add(counters, "1.1.1.1 2.2.2.1 TCP 5060 1025", LINK_IN, "INVITE", 10);
	add(counters, "1.1.1.1 2.2.2.1 TCP 5060 1025", LINK_OUT, "ReINVITE", 40);
	add(counters, "1.1.1.1 2.2.2.1 TCP 5060 1025", LINK_IN, "ReINVITE", 40);
	assert_table(counters, "2020-0101 01:01:00", "SBC Cone-A", 4,
		     "2020-0101 01:01:00          INVITE   ReINVITE    503       600    TOTAL\n"
		     "SBC Cone-A                ---> <--- ---> <--- ---> <--- ---> <---\n"
		     "1.1.1.1-TCP-5060-2.2.2.1    13   10   40   40    0    0    0    0   103\n"
		     "1.1.1.1-TLS-5061-2.2.2.1    13   10   36   42    1    0    1    0   103\n"
		     "SUMMARY                     26   20   76   82    1    0    1    0   206\n");
}

/* The example in sipcounter's tests, with the title above the name. */
static void test_example_without_title(void **state)
{
	static const struct {
		enum link_direction direction;
		const char *type;
		__u64 count;
	} messages[] = {
		{ LINK_IN, "INVITE", 2 }, { LINK_IN, "BYE", 2 },  { LINK_IN, "200", 1 },  { LINK_OUT, "ReINVITE", 1 },
		{ LINK_OUT, "100", 1 },   { LINK_OUT, "180", 1 }, { LINK_OUT, "200", 2 },
	};
	struct counters *counters = counters__new();
	size_t i;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		add(counters, "10.0.0.1 10.0.0.2 UDP 5060 12345", messages[i].direction, messages[i].type,
		    messages[i].count);
	assert_table(counters, "", "c_simple", 4,
		     "                              INVITE   ReINVITE    BYE       100       180       200    TOTAL\n"
		     "c_simple                    ---> <--- ---> <--- ---> <--- ---> <--- ---> <--- ---> <---\n"
		     "10.0.0.1-UDP-5060-10.0.0.2     0    2    1    0    0    2    1    0    1    0    2    1    10\n"
		     "SUMMARY                        0    2    1    0    0    2    1    0    1    0    2    1    10\n");
}

static struct counters *links_of_many_depths(void)
{
	struct counters *counters = counters__new();

	add(counters, "10.0.0.9 1.1.1.1 UDP 5060 7", LINK_IN, "BYE", 1);
	add(counters, "10.0.0.10 2.2.2.2 UDP 5060 10", LINK_IN, "BYE", 2);
	add(counters, "10.0.0.10 2.2.2.2 UDP 5060 9", LINK_IN, "BYE", 4);
	add(counters, "10.0.0.10 2.2.2.2 UDP 999 9", LINK_IN, "BYE", 8);
	add(counters, "10.0.0.10 2.2.2.2 TLS 5061 9", LINK_IN, "BYE", 16);
	add(counters, "10.0.0.10 2.2.2.1 UDP 5060 9", LINK_IN, "BYE", 32);
	return counters;
}

/* Addresses and transports as text, ports as numbers; the client's address comes last. */
static void test_depth_5(void **state)
{
	assert_table(links_of_many_depths(), "", "", 5,
		     "                                BYE  TOTAL\n"
		     "                               -> <-\n"
		     "10.0.0.10-TLS-5061-9-2.2.2.2    0 16    16\n"
		     "10.0.0.10-UDP-999-9-2.2.2.2     0  8     8\n"
		     "10.0.0.10-UDP-5060-9-2.2.2.1    0 32    32\n"
		     "10.0.0.10-UDP-5060-9-2.2.2.2    0  4     4\n"
		     "10.0.0.10-UDP-5060-10-2.2.2.2   0  2     2\n"
		     "10.0.0.9-UDP-5060-7-1.1.1.1     0  1     1\n"
		     "SUMMARY                         0 63    63\n");
}

static void test_depth_4(void **state)
{
	assert_table(links_of_many_depths(), "", "", 4,
		     "                             BYE  TOTAL\n"
		     "                            -> <-\n"
		     "10.0.0.10-TLS-5061-2.2.2.2   0 16    16\n"
		     "10.0.0.10-UDP-999-2.2.2.2    0  8     8\n"
		     "10.0.0.10-UDP-5060-2.2.2.1   0 32    32\n"
		     "10.0.0.10-UDP-5060-2.2.2.2   0  6     6\n"
		     "10.0.0.9-UDP-5060-1.1.1.1    0  1     1\n"
		     "SUMMARY                      0 63    63\n");
}

static void test_depth_3(void **state)
{
	assert_table(links_of_many_depths(), "", "", 3,
		     "                        BYE  TOTAL\n"
		     "                       -> <-\n"
		     "10.0.0.10-TLS-2.2.2.2   0 16    16\n"
		     "10.0.0.10-UDP-2.2.2.1   0 32    32\n"
		     "10.0.0.10-UDP-2.2.2.2   0 14    14\n"
		     "10.0.0.9-UDP-1.1.1.1    0  1     1\n"
		     "SUMMARY                 0 63    63\n");
}

static void test_depth_2(void **state)
{
	assert_table(links_of_many_depths(), "", "", 2,
		     "                    BYE  TOTAL\n"
		     "                   -> <-\n"
		     "10.0.0.10-2.2.2.1   0 32    32\n"
		     "10.0.0.10-2.2.2.2   0 30    30\n"
		     "10.0.0.9-1.1.1.1    0  1     1\n"
		     "SUMMARY             0 63    63\n");
}

static void test_depth_1(void **state)
{
	assert_table(links_of_many_depths(), "", "", 1,
		     "            BYE  TOTAL\n"
		     "           -> <-\n"
		     "10.0.0.10   0 62    62\n"
		     "10.0.0.9    0  1     1\n"
		     "SUMMARY     0 63    63\n");
}

static void test_depths_that_are_none(void **state)
{
	struct counters *counters = links_of_many_depths();
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	options.sheet.depth = 0;
	assert_int_equal(table__write(stderr, counters, &options), -EINVAL);
	options.sheet.depth = 6;
	assert_int_equal(table__write(stderr, counters, &options), -EINVAL);
	counters__free(counters);
}

static void test_ipv6(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "2001:db8::1 2001:db8:0:1:2:3:4:5 WSS 443 50000", LINK_IN, "REGISTER", 1);
	add(counters, "10.0.0.1 2001:db8::5 TCP 5060 50000", LINK_OUT, "401", 2);
	assert_table(counters, "", "", 4,
		     "                                           REGISTER    401    TOTAL\n"
		     "                                          ---> <--- ---> <---\n"
		     "10.0.0.1-TCP-5060-2001:db8::5                0    0    2    0     2\n"
		     "2001:db8::1-WSS-443-2001:db8:0:1:2:3:4:5     0    1    0    0     1\n"
		     "SUMMARY                                      0    1    2    0     3\n");
}

static void test_columns_are_in_order(void **state)
{
	static const char *const types[] = { "699",      "100", "zeta",   "UNKNOWN", "PING",   "ALPHA",
					     "REGISTER", "200", "UPDATE", "12345",   "INVITE", "ACK" };
	struct counters *counters = counters__new();
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, types[i], i + 1);
	assert_table(counters, "t", "n", 1,
		     "t          INVITE    UPDATE     ACK     REGISTER    PING    UNKNOWN   "
		     " ALPHA      zeta      100      12345      200       699    TOTAL\n"
		     "n        ---> <--- ---> <--- ---> <--- ---> <--- ---> <--- ---> <--- -"
		     "--> <--- ---> <--- ---> <--- ---> <--- ---> <--- ---> <---\n"
		     "1.1.1.1     0   11    0    9    0   12    0    7    0    5    0    4  "
		     "  0    6    0    3    0    2    0   10    0    8    0    1    78\n"
		     "SUMMARY     0   11    0    9    0   12    0    7    0    5    0    4  "
		     "  0    6    0    3    0    2    0   10    0    8    0    1    78\n");
}

/* A column has room for the sum of all in each direction, and no number runs into another. */
static void test_large_numbers(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "BYE", 1234567890123456789);
	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_OUT, "BYE", 7988804146731319018);
	assert_table(counters, "", "", 1,
		     "                           BYE                                 TOTAL\n"
		     "         ------------------> <------------------\n"
		     "1.1.1.1  7988804146731319018 1234567890123456789 9223372036854775807\n"
		     "SUMMARY  7988804146731319018 1234567890123456789 9223372036854775807\n");
}

static void test_title_and_name_widen_the_links(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "BYE", 1);
	assert_table(counters, "2026-01-01T00:00:00Z", "n", 1,
		     "2026-01-01T00:00:00Z   BYE  TOTAL\n"
		     "n                     -> <-\n"
		     "1.1.1.1                0  1     1\n"
		     "SUMMARY                0  1     1\n");
}

static void test_utf8_counts_as_characters(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "BYE", 1);
	assert_table(counters, "K\xc3\xb6ln-Altstadt", "D\xc3\xbcsseldorf", 1,
		     "K\xc3\xb6ln-Altstadt   BYE  TOTAL\n"
		     "D\xc3\xbcsseldorf     -> <-\n"
		     "1.1.1.1         0  1     1\n"
		     "SUMMARY         0  1     1\n");
}

static void test_control_characters_never_reach_the_terminal(void **state)
{
	struct counters *counters = counters__new();

	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "A\x1b[2J", 1);
	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "\n\x9b\"\\", 2);
	assert_table(counters, "\r\t", "\x7f", 1,
		     "\\x0d\\x09   \\x0a\\x9b\"\\   A\\x1b[2J  TOTAL\n"
		     "\\x7f      ----> <---- ----> <----\n"
		     "1.1.1.1       0     2     0     1     3\n"
		     "SUMMARY       0     2     0     1     3\n");
}

/* Messages without a link have no direction: a third column keeps them apart, and all totals exact. */
static void test_other_beside_links(void **state)
{
	struct counters *counters = counters__new();

	add_other(counters, "INVITE", 7);
	add_other(counters, "BYE", 5);
	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "INVITE", 1);
	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_OUT, "200", 2);
	assert_table(counters, "", "", 4,
		     "                           INVITE    BYE      200    TOTAL\n"
		     "                          -> <- <> -> <- <> -> <- <>\n"
		     "1.1.1.1-UDP-5060-2.2.2.2   0  1  0  0  0  0  2  0  0     3\n"
		     "other                      0  0  7  0  0  5  0  0  0    12\n"
		     "SUMMARY                    0  1  7  0  0  5  2  0  0    15\n");
}

/* With nothing but unknown directions, there is one column for a type: as sipcounter does then. */
static void test_other_alone(void **state)
{
	struct counters *counters = counters__new();

	add_other(counters, "INVITE", 1234);
	add_other(counters, "BYE", 5);
	assert_table(counters, "time", "the name", 4,
		     "time       INVITE   BYE   TOTAL\n"
		     "the name  <-----> <----->\n"
		     "other        1234       5  1239\n"
		     "SUMMARY      1234       5  1239\n");
}

/* The same table, its parts in other forms: what sipcounter's switches do. */
static void test_switches(void **state)
{
	struct counters *counters = counters__new();
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	add(counters, "1.1.1.1 2.2.2.2 UDP 5060 1", LINK_IN, "BYE", 10);
	add(counters, "1.1.1.2 2.2.2.2 UDP 5060 1", LINK_OUT, "200", 20);
	options.title = "title";
	options.name = "name";
	options.sheet.depth = 2;
	options.is_name_first = true;
	options.separator = " \xe2\x86\x92 ";
	options.link_margin = 3;
	options.has_no_zeros = true;
	assert_table_of(counters, &options,
			"name                  BYE   200  TOTAL\n"
			"title                -> <- -> <-\n"
			"1.1.1.1 \xe2\x86\x92 2.2.2.2       10          10\n"
			"1.1.1.2 \xe2\x86\x92 2.2.2.2          20       20\n"
			"SUMMARY                 10 20       30\n");
	options.has_no_header = true;
	options.has_no_summary = true;
	options.link_margin = 0;
	options.has_no_zeros = false;
	assert_table_of(counters, &options,
			"1.1.1.1 \xe2\x86\x92 2.2.2.2  0 10  0  0\n"
			"1.1.1.2 \xe2\x86\x92 2.2.2.2  0  0 20  0\n");
	options.has_no_links = true;
	assert_table_of(counters, &options, "");
	options.has_no_summary = false;
	assert_table_of(counters, &options, "SUMMARY  0 10 20  0    30\n");
	counters__free(counters);
}

/* Of rows with the same total, the last by link comes first. */
static void test_sorted_by_total(void **state)
{
	struct counters *counters = links_of_many_depths();
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	add(counters, "10.0.0.9 1.1.1.2 UDP 5060 7", LINK_IN, "BYE", 32);
	options.sheet.depth = 3;
	options.sheet.order = GROUP_BY_TOTAL;
	options.has_no_header = true;
	assert_table_of(counters, &options,
			"10.0.0.9-UDP-1.1.1.2    0 32    32\n"
			"10.0.0.10-UDP-2.2.2.1   0 32    32\n"
			"10.0.0.10-TLS-2.2.2.2   0 16    16\n"
			"10.0.0.10-UDP-2.2.2.2   0 14    14\n"
			"10.0.0.9-UDP-1.1.1.1    0  1     1\n"
			"SUMMARY                 0 95    95\n");
	options.sheet.top = 2;
	assert_table_of(counters, &options,
			"10.0.0.9-UDP-1.1.1.2           0 32    32\n"
			"10.0.0.10-UDP-2.2.2.1          0 32    32\n"
			"SUMMARY (31 in 3 more links)   0 64    64\n");
	options.sheet.order = GROUP_BY_LINK;
	options.sheet.top = 4;
	assert_table_of(counters, &options,
			"10.0.0.10-TLS-2.2.2.2        0 16    16\n"
			"10.0.0.10-UDP-2.2.2.1        0 32    32\n"
			"10.0.0.10-UDP-2.2.2.2        0 14    14\n"
			"10.0.0.9-UDP-1.1.1.2         0 32    32\n"
			"SUMMARY (1 in 1 more link)   0 94    94\n");
	options.sheet.top = 5;
	options.has_no_links = true;
	assert_table_of(counters, &options, "SUMMARY  0 95    95\n");
	options.sheet.top = 4;
	options.has_no_summary = true;
	options.has_no_links = false;
	assert_table_of(counters, &options,
			"10.0.0.10-TLS-2.2.2.2   0 16\n"
			"10.0.0.10-UDP-2.2.2.1   0 32\n"
			"10.0.0.10-UDP-2.2.2.2   0 14\n"
			"10.0.0.9-UDP-1.1.1.2    0 32\n");
	counters__free(counters);
}

static struct counters *three_types(void)
{
	struct counters *counters = counters__new();

	add(counters, "10.0.0.1 10.0.0.2 UDP 5060 1", LINK_IN, "INVITE", 10);
	add(counters, "10.0.0.1 10.0.0.3 UDP 5060 1", LINK_OUT, "BYE", 2);
	add(counters, "10.0.0.1 10.0.0.2 UDP 5060 1", LINK_OUT, "200", 9);
	return counters;
}

static struct table_options narrow(size_t width)
{
	struct table_options options = TABLE_OPTIONS_DEFAULT;

	options.title = "t";
	options.name = "n";
	options.sheet.depth = 2;
	options.width = width;
	return options;
}

#define WHOLE                                                \
	"t                   INVITE   BYE     200   TOTAL\n" \
	"n                  --> <-- --> <-- --> <--\n"       \
	"10.0.0.1-10.0.0.2    0  10   0   0   9   0    19\n" \
	"10.0.0.1-10.0.0.3    0   0   2   0   0   0     2\n" \
	"SUMMARY              0  10   2   0   9   0    21\n"
#define INVITES                        \
	"t                   INVITE\n" \
	"n                  --> <--\n" \
	"10.0.0.1-10.0.0.2    0  10\n" \
	"10.0.0.1-10.0.0.3    0   0\n" \
	"SUMMARY              0  10\n"
#define BYES                           \
	"t                    BYE\n"   \
	"n                  --> <--\n" \
	"10.0.0.1-10.0.0.2    0   0\n" \
	"10.0.0.1-10.0.0.3    2   0\n" \
	"SUMMARY              2   0\n"
#define ANSWERS_AND_TOTAL                    \
	"t                    200   TOTAL\n" \
	"n                  --> <--\n"       \
	"10.0.0.1-10.0.0.2    9   0    19\n" \
	"10.0.0.1-10.0.0.3    0   0     2\n" \
	"SUMMARY              9   0    21\n"

/* The links take 18 characters, a column 8, TOTAL 6. */
static void test_blocks_of_columns(void **state)
{
	static const struct {
		size_t width;
		const char *wanted;
	} cases[] = {
		{ 0, WHOLE },  { 48, WHOLE }, { 33, INVITES "\n" BYES "\n" ANSWERS_AND_TOTAL },
		{ 25, WHOLE }, /* not even a column fits */
		{ 1, WHOLE },
	};
	struct counters *counters = three_types();
	struct table_options options;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		options = narrow(cases[i].width);
		assert_table_of(counters, &options, cases[i].wanted);
	}
	counters__free(counters);
}

/* TOTAL takes a column along, and stands alone where there is no room for both. */
static void test_the_last_block(void **state)
{
	struct counters *counters = three_types();
	struct table_options options = narrow(37);

	options.has_no_header = true;
	options.has_no_links = true;
	assert_table_of(counters, &options, "SUMMARY   0  10   2   0   9   0    21\n");
	options.width = 36;
	assert_table_of(counters, &options,
			"SUMMARY   0  10   2   0\n"
			"\n"
			"SUMMARY   9   0    21\n");
	options.has_no_links = false;
	options.width = 27;
	assert_table_of(counters, &options,
			"10.0.0.1-10.0.0.2    0  10\n"
			"10.0.0.1-10.0.0.3    0   0\n"
			"SUMMARY              0  10\n"
			"\n"
			"10.0.0.1-10.0.0.2    0   0\n"
			"10.0.0.1-10.0.0.3    2   0\n"
			"SUMMARY              2   0\n"
			"\n"
			"10.0.0.1-10.0.0.2    9   0\n"
			"10.0.0.1-10.0.0.3    0   0\n"
			"SUMMARY              9   0\n"
			"\n"
			"10.0.0.1-10.0.0.2     19\n"
			"10.0.0.1-10.0.0.3      2\n"
			"SUMMARY               21\n");
	options.has_no_summary = true;
	options.width = 41;
	assert_table_of(counters, &options,
			"10.0.0.1-10.0.0.2    0  10   0   0\n"
			"10.0.0.1-10.0.0.3    0   0   2   0\n"
			"\n"
			"10.0.0.1-10.0.0.2    9   0\n"
			"10.0.0.1-10.0.0.3    0   0\n");
	counters__free(counters);
}

/* Ends without address: what is not known is not written, but its separator takes room, as sipcounter has it. */
static void test_unnamed_ends(void **state)
{
	const struct link link = { .transport = SIP_TRANSPORT_TCP,
				   .server_end = LINK_END_UNNAMED,
				   .client_end = LINK_END_UNNAMED };
	struct counters *counters = counters__new();

	assert_int_equal(counters__add(counters, &link, LINK_BOTH, "INVITE", "INVITE", 110), 0);
	assert_int_equal(counters__add(counters, &link, LINK_BOTH, "200", "INVITE", 1061), 0);
	assert_table(counters, "", "", 5,
		     "                     INVITE   200   TOTAL\n"
		     "                    <-----> <----->\n"
		     "local-TCP-remote        110    1061  1171\n"
		     "SUMMARY                 110    1061  1171\n");
}

static void show(struct counters *counters, const char *server, const char *client)
{
	struct link link = fixture__link(server, client, 0);

	link.transport = SIP_TRANSPORT_TLS;
	link.server_port = 5061;
	link.client_port = 1025;
	assert_int_equal(counters__mark_visible(counters, &link), 0);
}

/* A link that is encrypted has a row without counts. */
static void test_shown_links(void **state)
{
	struct counters *counters = counters__new();

	show(counters, "1.1.1.1", "2.2.2.1");
	add(counters, "1.1.1.1 2.2.2.2 TCP 5060 1025", LINK_IN, "BYE", 7);
	assert_table(counters, "T", "", 4,
		     "T                          BYE  TOTAL\n"
		     "                          -> <-\n"
		     "1.1.1.1-TCP-5060-2.2.2.2   0  7     7\n"
		     "1.1.1.1-TLS-5061-2.2.2.1   0  0     0\n"
		     "SUMMARY                    0  7     7\n");
	counters = counters__new();
	show(counters, "1.1.1.1", "2.2.2.1");
	assert_table(counters, "T", "", 4,
		     "T                         TOTAL\n"
		     "                         \n"
		     "1.1.1.1-TLS-5061-2.2.2.1      0\n"
		     "SUMMARY                       0\n");
}

static void test_nothing_counted_is_nothing_written(void **state)
{
	struct counters *counters = counters__new();

	counters__packets(counters)->reasons[SIPBPF_REASON_NOT_SIP] = 5;
	assert_table(counters, "title", "name", 4, "");
}

static void test_full_disk_is_an_error(void **state)
{
	struct counters *counters = links_of_many_depths();
	struct table_options options = TABLE_OPTIONS_DEFAULT;
	FILE *full = fopen("/dev/full", "w");

	assert_int_equal(table__write(full, counters, &options), -ENOSPC);
	fclose(full);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documented_example),
		cmocka_unit_test(test_example_without_title),
		cmocka_unit_test(test_depth_5),
		cmocka_unit_test(test_depth_4),
		cmocka_unit_test(test_depth_3),
		cmocka_unit_test(test_depth_2),
		cmocka_unit_test(test_depth_1),
		cmocka_unit_test(test_depths_that_are_none),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_columns_are_in_order),
		cmocka_unit_test(test_large_numbers),
		cmocka_unit_test(test_title_and_name_widen_the_links),
		cmocka_unit_test(test_utf8_counts_as_characters),
		cmocka_unit_test(test_control_characters_never_reach_the_terminal),
		cmocka_unit_test(test_other_beside_links),
		cmocka_unit_test(test_other_alone),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_sorted_by_total),
		cmocka_unit_test(test_unnamed_ends),
		cmocka_unit_test(test_blocks_of_columns),
		cmocka_unit_test(test_the_last_block),
		cmocka_unit_test(test_shown_links),
		cmocka_unit_test(test_nothing_counted_is_nothing_written),
		cmocka_unit_test(test_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
