/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints one row for a benchmark in shell. The rounds' values come from standard input, one a line.
 *
 * usage: report NAME UNIT [RATIO_UNIT OTHER AT_LEAST] [--json]      (the ratio is OTHER by the figure)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define ROUNDS_MAX 1000

int main(int argc, char **argv)
{
	static double rounds[ROUNDS_MAX];
	bool as_json = argc > 1 && strcmp(argv[argc - 1], "--json") == 0;
	struct report_row row = {};
	size_t count = 0;

	argc -= as_json;
	if (argc != 3 && argc != 6) {
		fprintf(stderr, "usage: report NAME UNIT [RATIO_UNIT OTHER AT_LEAST] [--json]\n");
		return 1;
	}
	while (count < ROUNDS_MAX && scanf("%lf", &rounds[count]) == 1)
		count++;
	if (!count) {
		fprintf(stderr, "bench: %s: no round was measured\n", argv[1]);
		return 1;
	}
	row.name = argv[1];
	row.unit = argv[2];
	row.figure = report__quiet_median(rounds, count);
	if (argc == 6) {
		row.ratio_unit = argv[3];
		row.ratio = strtod(argv[4], NULL) / row.figure.value;
		row.target = -strtod(argv[5], NULL);
	}
	report__print(&row, as_json);
	return 0;
}
