// SPDX-License-Identifier: BSD-2-Clause
/* Tests of report.c: CSV in a log has one header for all rows, until its columns change or the log is another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/report.h"
#include "unit/fixtures.h"

#define BYE_HEADER "server_ip,BYE OUT,BYE IN\r\n"

struct log {
	char path[32], old_path[40];
	struct loop *loop;
	struct options options;
	struct report *report;
};

static void start(struct log *log)
{
	log->options = (struct options){
		.log_path = log->path, .format = OUTPUT_CSV, .depth = 1, .zone = TIMESTAMP_UTC, .name = "sbc1"
	};
	assert_int_equal(report__new(&log->options, log->loop, &log->report), 0);
}

static int setup(void **state)
{
	struct log *log = calloc(1, sizeof(*log));

	strcpy(log->path, "/tmp/test_report.XXXXXX");
	assert_int_equal(close(mkstemp(log->path)), 0);
	snprintf(log->old_path, sizeof(log->old_path), "%s.1", log->path);
	assert_int_equal(loop__new(&log->loop), 0);
	start(log);
	*state = log;
	return 0;
}

static int teardown(void **state)
{
	struct log *log = *state;

	report__free(log->report);
	loop__free(log->loop);
	unlink(log->path);
	unlink(log->old_path);
	free(log);
	return 0;
}

/* Writes one message of this type. */
static void write_one(struct log *log, const char *type)
{
	const struct link link = fixture__link("10.0.0.1", "10.0.0.2", 1);
	const struct timespec begin = { .tv_sec = NEW_YEAR }, end = { .tv_sec = NEW_YEAR + 60 };
	struct counters *counters = counters__new();

	assert_int_equal(counters__add(counters, &link, LINK_IN, type, type, 1), 0);
	assert_int_equal(report__write(log->report, NULL, counters, &begin, &end), 0);
	counters__free(counters);
}

static void assert_log(const char *path, const char *wanted)
{
	char text[1024];
	FILE *in = fopen(path, "r");

	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	assert_string_equal(text, wanted);
}

static void the_header_is_written_once(void **state)
{
	struct log *log = *state;

	write_one(log, "BYE");
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n");
	write_one(log, "ACK");
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n"
					 "server_ip,BYE OUT,BYE IN,ACK OUT,ACK IN\r\n"
					 "10.0.0.1,0,0,0,1\r\n10.0.0.1,0,1,0,0\r\n");
}

static void a_rotated_log_has_its_own(void **state)
{
	struct log *log = *state;

	write_one(log, "BYE");
	assert_int_equal(rename(log->path, log->old_path), 0);
	write_one(log, "BYE");
	assert_int_equal(report__reopen(log->report), 0);
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n");
	assert_log(log->old_path, BYE_HEADER "10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n");
}

static void a_log_that_was_emptied_too(void **state)
{
	struct log *log = *state;

	write_one(log, "BYE");
	assert_int_equal(truncate(log->path, 0), 0);
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n");
}

static void a_log_is_continued(void **state)
{
	struct log *log = *state;

	write_one(log, "BYE");
	report__free(log->report);
	start(log);
	write_one(log, "BYE");
	assert_int_equal(report__reopen(log->report), 0);
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n");
}

/* What a crash or a full disk leaves. */
static void cut_log(struct log *log, const char *end)
{
	FILE *out = fopen(log->path, "a");

	fputs(end, out);
	fclose(out);
}

static void a_line_that_is_cut_stays_alone(void **state)
{
	struct log *log = *state;

	write_one(log, "BYE");
	report__free(log->report);
	cut_log(log, "10.0.0.");
	start(log);
	write_one(log, "BYE");
	cut_log(log, "10.0");
	assert_int_equal(report__reopen(log->report), 0);
	write_one(log, "BYE");
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n10.0.0.\n10.0.0.1,0,1\r\n10.0\n"
					 "10.0.0.1,0,1\r\n10.0.0.1,0,1\r\n");
}

static void a_cut_log_that_was_emptied_begins_with_the_header(void **state)
{
	struct log *log = *state;

	report__free(log->report);
	cut_log(log, "10.0.0.");
	start(log);
	assert_int_equal(truncate(log->path, 0), 0);
	write_one(log, "BYE");
	assert_log(log->path, BYE_HEADER "10.0.0.1,0,1\r\n");
}

static void a_snapshot_too(void **state)
{
	struct log *log = *state;
	char line[16];
	FILE *in;

	cut_log(log, "{\"schema\"");
	log->options.format = OUTPUT_JSON;
	assert_int_equal(report__reopen(log->report), 0);
	write_one(log, "BYE");
	in = fopen(log->path, "r");
	assert_non_null(fgets(line, sizeof(line), in));
	fclose(in);
	assert_string_equal(line, "{\"schema\"\n");
}

static void timestamps(void **state)
{
	struct log *log = *state;

	log->options.has_timestamps = true;
	write_one(log, "BYE");
	write_one(log, "BYE");
	assert_log(log->path,
		   "start,end,name," BYE_HEADER "2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,sbc1,10.0.0.1,0,1\r\n"
		   "2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,sbc1,10.0.0.1,0,1\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_header_is_written_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_rotated_log_has_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_that_was_emptied_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_is_continued, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_that_is_cut_stays_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_log_that_was_emptied_begins_with_the_header, setup, teardown),
		cmocka_unit_test_setup_teardown(a_snapshot_too, setup, teardown),
		cmocka_unit_test_setup_teardown(timestamps, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
