// SPDX-License-Identifier: BSD-2-Clause
/* See sheet.h. Tested by tests/unit/render/test_table.c. */
#include "counts/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_link(const struct sheet *sheet, const struct counter_link *link, __u64 *row)
{
	const struct counter_cell *cell;
	__u32 i;

	for (i = 0; i < link->cells_count; i++) {
		cell = &link->cells[i];
		if (cell->count)
			row[sheet->columns.of_type[cell->type] * LINK_DIRECTIONS + cell->direction] += cell->count;
	}
}

static int sum_up(struct sheet *sheet)
{
	const struct columns *columns = &sheet->columns;
	size_t cells = columns->count * LINK_DIRECTIONS, i;

	sheet->row = calloc(cells + 1, sizeof(*sheet->row));
	sheet->summary = calloc(cells + 1, sizeof(*sheet->summary));
	if (!sheet->row || !sheet->summary)
		return -ENOMEM;
	for (i = 0; i < cells; i++)
		sheet->summary[i] =
			columns->sums[columns->items[i / LINK_DIRECTIONS].type * LINK_DIRECTIONS + i % LINK_DIRECTIONS];
	sheet->total = sheet__row_total(sheet, sheet->summary);
	sheet->left_out = counters__total(sheet->counters) - sheet->total;
	return 0;
}

static void choose_directions(struct sheet *sheet)
{
	__u64 counts[LINK_DIRECTIONS] = { 0 };
	size_t i;

	for (i = 0; i < sheet->columns.count * LINK_DIRECTIONS; i++)
		counts[i % LINK_DIRECTIONS] |= sheet->summary[i];
	if (counts[LINK_IN] || counts[LINK_OUT] || !counts[LINK_BOTH]) {
		sheet->directions[sheet->directions_count++] = LINK_OUT;
		sheet->directions[sheet->directions_count++] = LINK_IN;
	}
	if (counts[LINK_BOTH])
		sheet->directions[sheet->directions_count++] = LINK_BOTH;
}

int sheet__make(const struct counters *counters, const struct sheet_options *options, struct sheet *ret_sheet)
{
	struct sheet sheet = { .counters = counters };
	int error = options->order == GROUP_AS_COUNTED ? groups__list(counters, &sheet.groups)
						       : groups__sort(counters, options->depth, &sheet.groups);

	if (!error)
		error = groups__select(&sheet.groups, options->order, options->top);
	if (!error)
		error = columns__collect(counters, &sheet.groups, &sheet.columns);
	if (!error)
		error = sum_up(&sheet);
	if (error) {
		sheet__free(&sheet);
		return error;
	}
	choose_directions(&sheet);
	*ret_sheet = sheet;
	return 0;
}

void sheet__free(struct sheet *sheet)
{
	columns__free(&sheet->columns);
	groups__free(&sheet->groups);
	free(sheet->row);
	free(sheet->summary);
	memset(sheet, 0, sizeof(*sheet));
}

bool sheet__next(struct sheet *sheet, const struct link **ret_link)
{
	size_t i;

	if (!groups__next(&sheet->groups, &sheet->group))
		return false;
	memset(sheet->row, 0, sheet->columns.count * LINK_DIRECTIONS * sizeof(*sheet->row));
	for (i = 0; i < sheet->group.count; i++)
		add_link(sheet, groups__link(&sheet->groups, sheet->group.first + i), sheet->row);
	*ret_link = &groups__link(&sheet->groups, sheet->group.first)->link;
	return true;
}

void sheet__rewind(struct sheet *sheet)
{
	sheet->group = (struct group){ 0 };
}

__u64 sheet__row_total(const struct sheet *sheet, const __u64 *row)
{
	__u64 total = 0;
	size_t i;

	for (i = 0; i < sheet->columns.count * LINK_DIRECTIONS; i++)
		total += row[i];
	return total;
}
