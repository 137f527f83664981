// SPDX-License-Identifier: BSD-2-Clause
/* Tests of csv.c: whole files, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/csv.h"
#include "unit/fixtures.h"

static void add(struct counters *counters, __u16 client_port, enum link_direction direction, const char *type,
		__u64 count)
{
	struct link link = fixture__link("10.0.0.1", "2001:db8::1", client_port);

	assert_int_equal(counters__add(counters, &link, direction, type, "UNKNOWN", count), 0);
}

/* The caller frees it. */
static char *write_csv(const struct counters *counters, const struct csv_options *options)
{
	struct fixture_stream stream;

	assert_int_equal(csv__write(fixture_stream__open(&stream), counters, options), 0);
	return fixture_stream__close(&stream);
}

static void assert_csv(const struct counters *counters, const struct csv_options *options, const char *wanted)
{
	char *text = write_csv(counters, options);

	assert_string_equal(text, wanted);
	free(text);
}

static struct counters *three_links(void)
{
	struct counters *counters = counters__new();

	add(counters, 2, LINK_IN, "INVITE", 1);
	add(counters, 2, LINK_OUT, "200", 2);
	add(counters, 1, LINK_IN, "INVITE", 4);
	return counters;
}

static void test_depths(void **state)
{
	static const char *const wanted[] = {
		"server_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n10.0.0.1,0,5,2,0\r\n",
		"server_ip,client_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n10.0.0.1,2001:db8::1,0,5,2,0\r\n",
		"server_ip,proto,client_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n10.0.0.1,UDP,2001:db8::1,0,5,2,0\r\n",
		"server_ip,proto,server_port,client_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n"
		"10.0.0.1,UDP,5060,2001:db8::1,0,5,2,0\r\n",
		"server_ip,proto,server_port,client_port,client_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n"
		"10.0.0.1,UDP,5060,1,2001:db8::1,0,4,0,0\r\n10.0.0.1,UDP,5060,2,2001:db8::1,0,1,2,0\r\n",
	};
	struct counters *counters = three_links();
	struct csv_options options = { 0 };

	for (options.sheet.depth = 1; options.sheet.depth <= 5; options.sheet.depth++)
		assert_csv(counters, &options, wanted[options.sheet.depth - 1]);
	assert_int_equal(csv__write(stderr, counters, &options), -EINVAL);
	counters__free(counters);
}

static void test_without_header(void **state)
{
	struct counters *counters = three_links();
	struct csv_options options = { .sheet.depth = 1, .has_no_header = true };

	assert_csv(counters, &options, "10.0.0.1,0,5,2,0\r\n");
	counters__free(counters);
}

static void test_busiest_rows(void **state)
{
	struct counters *counters = three_links();
	struct csv_options options = { .sheet = { .depth = 5, .order = GROUP_BY_TOTAL }, .has_no_header = true };

	add(counters, 3, LINK_OUT, "BYE", 1);
	assert_csv(counters, &options,
		   "10.0.0.1,UDP,5060,1,2001:db8::1,0,4,0,0,0,0\r\n10.0.0.1,UDP,5060,2,2001:db8::1,0,1,0,0,2,0\r\n"
		   "10.0.0.1,UDP,5060,3,2001:db8::1,0,0,1,0,0,0\r\n");
	options.sheet.top = 1;
	assert_csv(counters, &options, "10.0.0.1,UDP,5060,1,2001:db8::1,0,4\r\n");
	counters__free(counters);
}

static void test_unknown_direction(void **state)
{
	struct counters *counters = counters__new();
	struct csv_options options = { .sheet.depth = 1 };
	struct link other = { .is_other = 1 };

	add(counters, 1, LINK_BOTH, "INVITE", 1);
	assert_csv(counters, &options, "server_ip,INVITE \r\n10.0.0.1,1\r\n");
	assert_int_equal(counters__add(counters, &other, LINK_BOTH, "BYE", "BYE", 2), 0);
	add(counters, 1, LINK_IN, "BYE", 4);
	assert_csv(counters, &options,
		   "server_ip,INVITE OUT,INVITE IN,INVITE ,BYE OUT,BYE IN,BYE \r\n10.0.0.1,0,0,1,0,4,0\r\n"
		   "other,0,0,0,0,0,2\r\n");
	counters__free(counters);
}

/* What is not known of any link has no column, of some an empty cell. */
static void test_parts_that_are_not_known(void **state)
{
	const struct link nameless = { .server_end = LINK_END_UNNAMED, .client_end = LINK_END_UNNAMED };
	struct counters *counters = counters__new();
	struct csv_options options = { .sheet.depth = 5 };

	assert_int_equal(counters__add(counters, &nameless, LINK_BOTH, "BYE", "BYE", 1), 0);
	assert_csv(counters, &options, "server_ip,client_ip,BYE \r\nlocal,remote,1\r\n");
	add(counters, 0, LINK_BOTH, "BYE", 2);
	assert_csv(counters, &options,
		   "server_ip,proto,server_port,client_ip,BYE "
		   "\r\n10.0.0.1,UDP,5060,2001:db8::1,2\r\nlocal,,,remote,1\r\n");
	counters__free(counters);
}

/* Names are anything that a packet or a snapshot says. */
static void test_names_do_no_harm(void **state)
{
	static const char *const cases[][2] = {
		{ "=1+1", "'=1+1 IN" },       { "+A", "'+A IN" },           { "-A", "'-A IN" },
		{ "@A", "'@A IN" },           { "A-=+@", "A-=+@ IN" },      { "a,b", "\"a,b IN\"" },
		{ "a\"b", "\"a\"\"b IN\"" },  { "=\",", "\"'=\"\", IN\"" }, { "\r\n\t", "\\x0d\\x0a\\x09 IN" },
		{ "\x1b[2J", "\\x1b[2J IN" },
	};
	struct csv_options options = { .sheet.depth = 1 };
	struct counters *counters;
	char wanted[128], *text;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		counters = counters__new();
		add(counters, 1, LINK_IN, cases[i][0], 1);
		text = write_csv(counters, &options);
		snprintf(wanted, sizeof(wanted), "%s\r\n10.0.0.1,0,1\r\n", cases[i][1]);
		assert_string_equal(text + strlen(text) - strlen(wanted), wanted);
		free(text);
		counters__free(counters);
	}
}

/* A piece of a log: the counters are freed. */
static void assert_piece(struct counters *counters, struct csv_layout *layout, const char *wanted)
{
	const struct csv_options options = { .sheet.depth = 5, .layout = layout };

	assert_csv(counters, &options, wanted);
	counters__free(counters);
}

static struct counters *one_link(enum link_direction direction, const char *type, __u64 count)
{
	struct counters *counters = counters__new();

	add(counters, 1, direction, type, count);
	return counters;
}

#define PARTS "server_ip,proto,server_port,client_port,client_ip,"
#define LINK "10.0.0.1,UDP,5060,1,2001:db8::1,"

static void test_pieces_of_a_log_share_a_header(void **state)
{
	struct csv_layout *layout = csv_layout__new();

	assert_piece(one_link(LINK_IN, "BYE", 1), layout, PARTS "BYE OUT,BYE IN\r\n" LINK "0,1\r\n");
	assert_piece(one_link(LINK_OUT, "BYE", 2), layout, LINK "2,0\r\n");
	assert_piece(counters__new(), layout, "");
	/* What is new comes at the end, though it would come first in a file of its own. */
	assert_piece(one_link(LINK_IN, "INVITE", 3), layout,
		     PARTS "BYE OUT,BYE IN,INVITE OUT,INVITE IN\r\n" LINK "0,0,0,3\r\n");
	assert_piece(one_link(LINK_IN, "BYE", 4), layout, LINK "0,4,0,0\r\n");
	assert_piece(one_link(LINK_BOTH, "BYE", 5), layout,
		     PARTS "BYE OUT,BYE IN,INVITE OUT,INVITE IN,BYE \r\n" LINK "0,0,0,0,5\r\n");
	csv_layout__clear(layout);
	assert_piece(one_link(LINK_IN, "BYE", 6), layout, PARTS "BYE OUT,BYE IN\r\n" LINK "0,6\r\n");
	csv_layout__free(layout);
}

static void test_parts_that_come_and_go(void **state)
{
	const struct link other = { .is_other = 1 };
	struct csv_layout *layout = csv_layout__new();
	struct counters *counters = counters__new();

	assert_int_equal(counters__add(counters, &other, LINK_IN, "BYE", "BYE", 1), 0);
	assert_piece(counters, layout, "server_ip,BYE \r\nother,1\r\n");
	assert_piece(one_link(LINK_IN, "BYE", 2), layout,
		     "server_ip,BYE ,proto,server_port,client_port,client_ip,BYE OUT,BYE IN\r\n"
		     "10.0.0.1,0,UDP,5060,1,2001:db8::1,0,2\r\n");
	counters = counters__new();
	assert_int_equal(counters__add(counters, &other, LINK_IN, "BYE", "BYE", 3), 0);
	assert_piece(counters, layout, "other,3,,,,,0,0\r\n");
	csv_layout__free(layout);
}

/* A log that was written with another --depth: parts of a link beyond it would be those of any link of the group. */
static void test_less_depth_than_before(void **state)
{
	struct csv_layout *layout = csv_layout__new();
	const struct csv_options options = { .sheet.depth = 3, .layout = layout };
	struct counters *counters = three_links();

	assert_piece(one_link(LINK_IN, "INVITE", 1), layout, PARTS "INVITE OUT,INVITE IN\r\n" LINK "0,1\r\n");
	assert_csv(counters, &options,
		   PARTS "INVITE OUT,INVITE IN,200 OUT,200 IN\r\n10.0.0.1,UDP,,,2001:db8::1,0,5,2,0\r\n");
	counters__free(counters);
	csv_layout__free(layout);
}

static void test_stamps(void **state)
{
	const struct csv_stamp stamp = { .start = "2026-01-01T00:00:00Z",
					 .end = "2026-01-01T00:01:00Z",
					 .name = "=a,\x1b" };
	struct csv_options options = { .sheet.depth = 1, .stamp = &stamp };
	struct counters *counters = three_links();

	assert_csv(counters, &options,
		   "start,end,name,server_ip,INVITE OUT,INVITE IN,200 OUT,200 IN\r\n"
		   "2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,\"'=a,\\x1b\",10.0.0.1,0,5,2,0\r\n");
	options.stamp = &(struct csv_stamp){ .start = "", .end = "", .name = "" };
	options.has_no_header = true;
	assert_csv(counters, &options, ",,,10.0.0.1,0,5,2,0\r\n");
	counters__free(counters);
}

static void test_nothing_counted_is_nothing_written(void **state)
{
	struct counters *counters = counters__new();
	struct csv_options options = { .sheet.depth = 5 };

	assert_csv(counters, &options, "");
	counters__free(counters);
}

static void test_full_disk_is_an_error(void **state)
{
	struct counters *counters = three_links();
	struct csv_options options = { .sheet.depth = 5 };
	FILE *full = fopen("/dev/full", "w");

	assert_int_equal(csv__write(full, counters, &options), -ENOSPC);
	fclose(full);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_without_header),
		cmocka_unit_test(test_busiest_rows),
		cmocka_unit_test(test_unknown_direction),
		cmocka_unit_test(test_parts_that_are_not_known),
		cmocka_unit_test(test_names_do_no_harm),
		cmocka_unit_test(test_pieces_of_a_log_share_a_header),
		cmocka_unit_test(test_parts_that_come_and_go),
		cmocka_unit_test(test_less_depth_than_before),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_nothing_counted_is_nothing_written),
		cmocka_unit_test(test_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
