/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters as a sheet of numbers, from which tables, CSV and the library's sums are made. It has a row for each group
 * of links and, for each type of message, a column for each direction. Knows no BPF and no output format.
 *
 * Rows are made one at a time, so a sheet of a million rows takes no memory but what sorting takes.
 */
#ifndef SHEET_H
#define SHEET_H

#include <stdbool.h>

#include "counts/column.h"
#include "counts/group.h"

struct sheet_options {
	int depth;              /* GROUP_DEPTH_MIN to GROUP_DEPTH_MAX; ignored with GROUP_AS_COUNTED */
	enum group_order order; /* of the rows */
	size_t top;             /* keep only this number of groups, those with the most messages; 0: all */
};

/* All zero: empty. */
struct sheet {
	const struct counters *counters;
	struct groups groups;
	struct columns columns;

	/*
	 * The directions to show, from left to right. From and towards the server are shown if a message has either of
	 * them or if there are no messages; unknown is shown if a message has it.
	 */
	enum link_direction directions[LINK_DIRECTIONS];
	size_t directions_count;

	__u64 *row;     /* the current one; read it by sheet__count() */
	__u64 *summary; /* the sums over all rows */
	__u64 total;    /* the sum over all rows */
	__u64 left_out; /* messages in the groups.left_out groups that have no row */
	struct group group;
};

/*
 * Returns 0, -EINVAL for an invalid depth, or -ENOMEM. The sheet points into the counters, which must not change
 * meanwhile. The caller frees it with sheet__free().
 */
int sheet__make(const struct counters *counters, const struct sheet_options *options, struct sheet *ret_sheet);
void sheet__free(struct sheet *sheet);

/*
 * Moves to the next row; the first call moves to the first row. Returns false after the last one. *ret_link is the
 * first link of the row's group.
 */
bool sheet__next(struct sheet *sheet, const struct link **ret_link);

/* Goes back before the first row. */
void sheet__rewind(struct sheet *sheet);

/* Returns a number of a row or of the summary: of the i-th column, in the j-th of the sheet's directions. */
static inline __u64 sheet__count(const struct sheet *sheet, const __u64 *row, size_t i, size_t j)
{
	return row[i * LINK_DIRECTIONS + sheet->directions[j]];
}

/* Returns the sum of a row. */
__u64 sheet__row_total(const struct sheet *sheet, const __u64 *row);

#endif
