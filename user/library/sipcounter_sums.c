// SPDX-License-Identifier: BSD-2-Clause
/* Sums and maxima of a counter, and its types. Tested by tests/library/test_library.c. */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <stdlib.h>

#include "counts/column.h"
#include "counts/sheet.h"

static uint64_t add_up(uint64_t a, uint64_t b)
{
	return a + b;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Returns the index of the number to which a cell of the sheet's current row belongs. */
static size_t number_of(enum sipcounter_axis axis, size_t row, size_t cell)
{
	switch (axis) {
	case SIPCOUNTER_BY_LINK:
		return row;
	case SIPCOUNTER_BY_COLUMN:
		return cell;
	default:
		return 0;
	}
}

/* Combines the numbers of a sheet along an axis, into an array that is all 0 before. */
static void fold(struct sheet *sheet, enum sipcounter_axis axis, uint64_t (*combine)(uint64_t, uint64_t),
		 uint64_t *numbers)
{
	size_t directions = sheet->directions_count, cells = sheet->columns.count * directions, row, cell;
	const struct link *link;
	uint64_t *number;

	for (row = 0; sheet__next(sheet, &link); row++) {
		for (cell = 0; cell < cells; cell++) {
			number = &numbers[number_of(axis, row, cell)];
			*number =
				combine(*number, sheet__count(sheet, sheet->row, cell / directions, cell % directions));
		}
	}
}

static int fold_counter(const struct sipcounter *counter, enum sipcounter_axis axis,
			uint64_t (*combine)(uint64_t, uint64_t), uint64_t **ret_numbers, size_t *ret_count)
{
	/* Only links need an order. At this depth each group is a single link. */
	const struct sheet_options options = { .depth = GROUP_DEPTH_MAX,
					       .order = axis == SIPCOUNTER_BY_LINK ? GROUP_BY_LINK : GROUP_AS_COUNTED };
	size_t counts[] = { [SIPCOUNTER_ALL] = 1, [SIPCOUNTER_BY_LINK] = 0, [SIPCOUNTER_BY_COLUMN] = 0 };
	struct sheet sheet;
	uint64_t *numbers;
	int error;

	if (axis < SIPCOUNTER_ALL || axis > SIPCOUNTER_BY_COLUMN)
		return -EINVAL;
	error = sheet__make(counter->counters, &options, &sheet);
	if (error)
		return error;
	counts[SIPCOUNTER_BY_LINK] = sheet.groups.groups_count;
	counts[SIPCOUNTER_BY_COLUMN] = sheet.columns.count * sheet.directions_count;
	numbers = calloc(counts[axis] + 1, sizeof(*numbers));
	if (numbers) {
		fold(&sheet, axis, combine, numbers);
		*ret_numbers = numbers;
		*ret_count = counts[axis];
	}
	sheet__free(&sheet);
	return numbers ? 0 : -ENOMEM;
}

int sipcounter__sum(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
		    size_t *ret_count)
{
	return fold_counter(counter, axis, add_up, ret_numbers, ret_count);
}

int sipcounter__max(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
		    size_t *ret_count)
{
	return fold_counter(counter, axis, greater, ret_numbers, ret_count);
}

int sipcounter__types(const struct sipcounter *counter, const char ***ret_types, size_t *ret_count)
{
	struct columns columns;
	const char **types;
	size_t i;
	int error = columns__collect(counter->counters, NULL, &columns);

	if (error)
		return error;
	types = calloc(columns.count + 1, sizeof(*types));
	if (types) {
		for (i = 0; i < columns.count; i++)
			types[i] = columns.items[i].name;
		*ret_types = types;
		*ret_count = columns.count;
	}
	columns__free(&columns);
	return types ? 0 : -ENOMEM;
}
