/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmarks print: a row for each figure, for people or, with --json, one object a line for machines. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A figure and how far it can be trusted. */
struct report_figure {
	double value;
	double spread; /* between the quartiles of the quiet half */
};

struct report_row {
	const char *name;
	const char *unit; /* of the figure */
	struct report_figure figure;
	double ratio;           /* what holds from machine to machine; 0: nothing does */
	const char *ratio_unit; /* of the ratio */
	double target;          /* of the ratio, or else of the value: at most; negative: at least; 0: none */
};

static inline bool report__wants_json(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "--json") == 0;
}

static inline int report__compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Whatever else runs on a machine makes a round slower, never faster. So the figure is the median of the faster half of
 * the rounds. Sorts them.
 */
static inline struct report_figure report__quiet_median(double *rounds, size_t count)
{
	size_t half = (count + 1) / 2;

	qsort(rounds, count, sizeof(*rounds), report__compare);
	return (struct report_figure){ rounds[half / 2], rounds[3 * half / 4] - rounds[half / 4] };
}

static inline bool report__is_met(const struct report_row *row)
{
	double what = row->ratio > 0 ? row->ratio : row->figure.value;

	return row->target < 0 ? what >= -row->target : what <= row->target;
}

static inline void report__print_json(const struct report_row *row)
{
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"value\":%.4g,\"spread\":%.3g", row->name, row->unit,
	       row->figure.value, row->figure.spread);
	if (row->ratio > 0)
		printf(",\"ratio\":%.4g,\"ratio_unit\":\"%s\"", row->ratio, row->ratio_unit);
	if (row->target != 0)
		printf(",\"%s\":%.4g,\"met\":%s", row->target < 0 ? "at_least" : "at_most",
		       row->target < 0 ? -row->target : row->target, report__is_met(row) ? "true" : "false");
	printf("}\n");
}

static inline void report__print_text(const struct report_row *row)
{
	char ratio[32] = "", target[48] = "";

	if (row->ratio > 0)
		snprintf(ratio, sizeof(ratio), "%.2f %s", row->ratio, row->ratio_unit);
	if (row->target != 0)
		snprintf(target, sizeof(target), "%s %.4g%s", row->target < 0 ? "at least" : "at most",
			 row->target < 0 ? -row->target : row->target, report__is_met(row) ? "" : ", MISSED");
	printf("%-50s %9.4g %-4s +-%6.2g %14s   %s\n", row->name, row->figure.value, row->unit, row->figure.spread,
	       ratio, target);
}

static inline void report__print(const struct report_row *row, bool as_json)
{
	if (as_json)
		report__print_json(row);
	else
		report__print_text(row);
	(void)fflush(stdout);
}

#endif
