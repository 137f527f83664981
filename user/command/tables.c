// SPDX-License-Identifier: BSD-2-Clause
/* See tables.h. Tested by tests/net/test_output.sh. */
#include "command/tables.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/output_file.h"
#include "base/timestamp.h"
#include "command/packet_summary.h"
#include "command/report.h"
#include "command/wide_table.h"

/* What was counted since a moment. */
struct period {
	struct counters *counters;
	struct clock_moment start;
};

struct tables {
	const struct options *options;
	struct loop *loop;
	struct report *report;
	struct notices notices;
	struct period interval;     /* since the last table */
	struct period lifetime;     /* since the start */
	struct counters *collected; /* not counted in the interval yet */
	bool is_in_lifetime;        /* but in the lifetime */
	int logged_error;           /* of the last table, if it could not be written; else 0 */
	__u64 missed;               /* since one was written */
	bool is_width_told;
	bool have_lost_reader;
	bool have_failed;
};

int tables__new(const struct options *options, struct loop *loop, struct tables **ret_tables)
{
	struct tables *tables = calloc(1, sizeof(*tables));

	if (!tables)
		return -ENOMEM;
	tables->options = options;
	tables->loop = loop;
	tables->interval.counters = counters__new();
	tables->lifetime.counters = counters__new();
	tables->collected = counters__new();
	if (!tables->interval.counters || !tables->lifetime.counters || !tables->collected) {
		tables__free(tables);
		return -ENOMEM;
	}
	counters__limit_links(tables->interval.counters, options->max_links);
	counters__limit_links(tables->lifetime.counters, options->max_links);
	counters__limit_links(tables->collected, options->max_links);
	counters__set_filter(tables->collected, &options->filter);
	*ret_tables = tables;
	return 0;
}

void tables__free(struct tables *tables)
{
	if (!tables)
		return;
	report__free(tables->report);
	notices__clear(&tables->notices);
	counters__free(tables->interval.counters);
	counters__free(tables->lifetime.counters);
	counters__free(tables->collected);
	free(tables);
}

struct notices *tables__notices(struct tables *tables)
{
	return &tables->notices;
}

const struct counters *tables__lifetime(const struct tables *tables)
{
	return tables->lifetime.counters;
}

struct counters *tables__collected(struct tables *tables)
{
	return tables->collected;
}

int tables__count(struct tables *tables)
{
	int error = tables->is_in_lifetime ? 0 : counters__merge(tables->lifetime.counters, tables->collected);

	tables->is_in_lifetime = !error;
	if (!error)
		error = counters__take_over(tables->interval.counters, tables->collected);
	if (!error)
		tables->is_in_lifetime = false;
	return error;
}

void tables__start(struct tables *tables)
{
	tables->interval.start = tables->lifetime.start = clock__now();
}

bool tables__have_lost_reader(const struct tables *tables)
{
	return tables->have_lost_reader;
}

bool tables__have_failed(const struct tables *tables)
{
	return tables->have_failed;
}

/* ---- the output ---- */

int tables__open(struct tables *tables)
{
	int error = report__new(tables->options, tables->loop, &tables->report);

	if (error)
		log__error("%s: %s", report__name(tables->options), output_file__error(error));
	else
		report__set_notices(tables->report, &tables->notices);
	return error;
}

void tables__check_log(const struct tables *tables)
{
	char path[PATH_MAX];
	int error = report__check_reopen(tables->report, path);

	if (error)
		log__info(
			"%s: without capabilities, sipbpf cannot create it again after a rotation (%s: %s); let uid %u "
			"write there, or rotate with copytruncate",
			report__name(tables->options), path, strerror(-error), geteuid());
}

void tables__reopen_log(struct tables *tables)
{
	int error;

	if (!tables->options->log_path)
		return;
	error = report__reopen(tables->report);
	if (error)
		log__error("%s: cannot be reopened: %s; sipbpf continues with the old file", tables->options->log_path,
			   output_file__error(error));
	else
		tables->logged_error = 0; /* what is wrong with another file is news */
}

/* ---- writing ---- */

static void log_write_error(const struct tables *tables, int error, const char *consequence)
{
	log__error("%s: %s; %s", report__name(tables->options), output_file__error(error), consequence);
}

/* So far the clock may drift, or be adjusted bit by bit, without a word. */
#define CLOCK_TOLERANCE CLOCK_SECOND

/* Both periods began at the time that the clock, as it is set now, would have shown. */
static void follow_clock(struct tables *tables, const struct clock_moment *now)
{
	__s64 set_by = clock__set_by(&tables->interval.start, now);
	__u64 distance = (__u64)(set_by < 0 ? -set_by : set_by) + CLOCK_SECOND / 2; /* to the nearest second */
	char duration[CLOCK_DURATION_SIZE];

	if (distance >= CLOCK_TOLERANCE + CLOCK_SECOND / 2)
		log__info("the clock was set %s by %s; the time at which this interval began is given by the new one",
			  set_by < 0 ? "back" : "forward", clock__duration(distance, duration));
	clock__correct(&tables->interval.start, now);
	clock__correct(&tables->lifetime.start, now);
}

/*
 * A title of NULL stands for the usual one. A reader that has left a pipe does not come back: counting ends. A log that
 * is a pipe can be opened again.
 */
static int write_period(struct tables *tables, const struct period *period, const char *title,
			const struct clock_moment *end)
{
	int error = report__write(tables->report, title, period->counters, &period->start.real, &end->real);

	if (error != -EPIPE || tables->options->log_path)
		return error;
	log__error("%s: the reader has closed the pipe; the counts since the last table are lost",
		   report__name(tables->options));
	tables->have_lost_reader = true;
	tables->have_failed = true;
	loop__stop(tables->loop);
	return error;
}

static void begin_interval(struct tables *tables, const struct clock_moment *now)
{
	if (tables->missed)
		log__info("%s: writing works again; the last table has the counts of %llu missed table%s",
			  report__name(tables->options), (unsigned long long)tables->missed,
			  tables->missed == 1 ? "" : "s");
	tables->missed = 0;
	tables->logged_error = 0;
	counters__clear(tables->interval.counters);
	tables->interval.start = *now;
}

static int write_due(struct tables *tables)
{
	const struct period *due = tables->options->cumulative ? &tables->lifetime : &tables->interval;
	struct clock_moment now = clock__now();
	int error;

	follow_clock(tables, &now);
	tables->is_width_told = tables->is_width_told || wide_table__warn(tables->options, due->counters);
	error = write_period(tables, due, NULL, &now);
	if (error) {
		tables->missed++;
		return error;
	}
	if (tables->options->verbosity)
		packet_summary__log(counters__packets_const(due->counters));
	begin_interval(tables, &now);
	return 0;
}

void tables__write(struct tables *tables)
{
	int error = write_due(tables);

	if (!error || error == tables->logged_error || tables->have_lost_reader)
		return;
	log_write_error(tables, error, "the counts are kept for the next table");
	tables->logged_error = error;
}

void tables__write_last(struct tables *tables)
{
	int error;

	if (report__is_stuck(tables->report))
		log__info("%s: no process reads it, so sipbpf waits to write the last table; another signal discards "
			  "the table",
			  report__name(tables->options));
	error = write_due(tables);
	if (!error || tables->have_lost_reader)
		return;
	log_write_error(tables, error, "the counts of the last table are lost");
	tables->have_failed = true;
}

void tables__write_lifetime(struct tables *tables)
{
	const char *own = tables->options->title ? tables->options->title : "";
	char time[TIMESTAMP_CLOCK_SIZE], *title;
	struct clock_moment now = clock__now();
	int error;

	follow_clock(tables, &now);
	timestamp__clock(&tables->lifetime.start.real, tables->options->zone, time);
	if (asprintf(&title, "%s%ssince %s", own, *own ? " " : "", time) < 0) {
		log__error("SIGUSR1: %s", strerror(ENOMEM));
		return;
	}
	error = write_period(tables, &tables->lifetime, title, &now);
	if (error && !tables->have_lost_reader)
		log_write_error(tables, error, "no count is lost, and another SIGUSR1 tries again");
	free(title);
}
