/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters as a sheet of numbers: a row for each group of links, for each type of message a column by direction. What
 * table, CSV and sums along either side are made from. Knows no BPF and no output format.
 *
 * Rows are made one at a time, so that a sheet of a million rows costs no memory but that of the sorting.
 */
#ifndef SHEET_H
#define SHEET_H

#include <stdbool.h>

#include "counts/column.h"
#include "counts/group.h"

struct sheet_options {
	int depth;              /* GROUP_DEPTH_MIN to GROUP_DEPTH_MAX; GROUP_AS_COUNTED needs none */
	enum group_order order; /* of the rows */
	size_t top;             /* only so many groups, those with the most messages; 0: all */
};

/* Zeroed, it is empty. */
struct sheet {
	const struct counters *counters;
	struct groups groups;
	struct columns columns;

	/*
	 * The directions that are told apart, from left to right: from the server and towards it, when any message has one
	 * of them; unknown, when any has that.
	 */
	enum link_direction directions[LINK_DIRECTIONS];
	size_t directions_count;

	__u64 *row;     /* of the current row: see sheet__count() */
	__u64 *summary; /* sums over all rows */
	__u64 total;    /* of all rows */
	struct group group;
};

/*
 * Returns 0 and a sheet that points into the counters, which must not change meanwhile; free it with sheet__free().
 * -EINVAL for a depth that is none, -ENOMEM.
 */
int sheet__make(const struct counters *counters, const struct sheet_options *options, struct sheet *ret_sheet);
void sheet__free(struct sheet *sheet);

/* Moves to the next row, at first to the first; false after the last one. *ret_link is the first link of its group. */
bool sheet__next(struct sheet *sheet, const struct link **ret_link);

/* A number of a row or of the summary: of the i-th column, in the j-th of the sheet's directions. */
static inline __u64 sheet__count(const struct sheet *sheet, const __u64 *row, size_t i, size_t j)
{
	return row[i * LINK_DIRECTIONS + sheet->directions[j]];
}

/* The sum of a row. */
__u64 sheet__row_total(const struct sheet *sheet, const __u64 *row);

#endif
