// SPDX-License-Identifier: BSD-2-Clause
/* See column.h. Tested by tests/unit/render/test_table.c. */
#include "counts/column.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Columns of the same rank are ordered by name. */
enum column_rank {
#define X(id, name) RANK_##id,
	SIP_METHOD_LIST(X)
#undef X
		RANK_UNKNOWN,
	RANK_EXTENSION,
	RANK_STATUS,
};

static enum column_rank rank_of(const char *name)
{
#define X(id, text)              \
	if (!strcmp(name, text)) \
		return RANK_##id;
	SIP_METHOD_LIST(X)
#undef X
	if (!strcmp(name, "UNKNOWN"))
		return RANK_UNKNOWN;
	return name[strspn(name, "0123456789")] ? RANK_EXTENSION : RANK_STATUS;
}

static int compare(const void *a_column, const void *b_column)
{
	const struct column *a = a_column, *b = b_column;

	return a->rank != b->rank ? a->rank - b->rank : strcmp(a->name, b->name);
}

static void add_link(const struct counter_link *link, __u64 *sums)
{
	__u32 i;

	for (i = 0; i < link->cells_count; i++)
		sums[link->cells[i].type * LINK_DIRECTIONS + link->cells[i].direction] += link->cells[i].count;
}

/* If all links are wanted, reads them in the order in which they lie in memory: that is twice as fast. */
static void sum_up(const struct counters *counters, const struct groups *groups, __u64 *sums)
{
	bool is_part = groups && groups->left_out;
	size_t count = is_part ? groups->rows_count : counters__links_count(counters), i;

	for (i = 0; i < count; i++)
		add_link(is_part ? groups__link(groups, i) : counters__link(counters, i), sums);
}

static bool is_counted(const __u64 *sums, size_t type)
{
	const __u64 *sum = &sums[type * LINK_DIRECTIONS];

	return sum[LINK_IN] || sum[LINK_OUT] || sum[LINK_BOTH];
}

/* Fills in a column for each type that was counted. */
static int fill(const struct counters *counters, struct columns *columns)
{
	size_t types_count = counters__types_count(counters), i;
	struct column *column;

	for (i = 0; i < types_count; i++) {
		if (!is_counted(columns->sums, i))
			continue;
		column = &columns->items[columns->count];
		column->type = (__u16)i;
		column->name = counters__type_name(counters, column->type);
		column->rank = rank_of(column->name);
		column->text = text__printable(column->name, &column->width);
		if (!column->text)
			return -ENOMEM;
		columns->count++;
	}
	qsort(columns->items, columns->count, sizeof(*columns->items), compare);
	for (i = 0; i < columns->count; i++)
		columns->of_type[columns->items[i].type] = i;
	return 0;
}

int columns__collect(const struct counters *counters, const struct groups *groups, struct columns *ret_columns)
{
	size_t types_count = counters__types_count(counters);
	struct columns columns = {
		.items = calloc(types_count, sizeof(*columns.items)),
		.of_type = calloc(types_count, sizeof(*columns.of_type)),
		.sums = calloc(types_count * LINK_DIRECTIONS, sizeof(*columns.sums)),
	};
	int error = -ENOMEM;

	if (columns.items && columns.of_type && columns.sums) {
		sum_up(counters, groups, columns.sums);
		error = fill(counters, &columns);
	}
	if (error)
		columns__free(&columns);
	else
		*ret_columns = columns;
	return error;
}

void columns__free(struct columns *columns)
{
	size_t i;

	for (i = 0; i < columns->count; i++)
		free(columns->items[i].text);
	free(columns->items);
	free(columns->of_type);
	free(columns->sums);
	memset(columns, 0, sizeof(*columns));
}
