// SPDX-License-Identifier: BSD-2-Clause
/* See column.h. */
#include "column.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

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

/* Marks the types that were counted. */
static void mark_types(const struct groups *groups, bool *counted)
{
	const struct counter_link *link;
	size_t i;
	__u32 j;

	for (i = 0; i < groups->rows_count; i++) {
		link = groups__link(groups, i);
		for (j = 0; j < link->messages_count; j++)
			counted[link->messages[j].type] |= link->messages[j].count > 0;
	}
}

/* Fills in the columns of the types that are marked. */
static int fill(const struct counters *counters, const bool *counted, struct columns *columns)
{
	size_t types_count = counters__types_count(counters), i;
	struct column *column;

	for (i = 0; i < types_count; i++) {
		if (!counted[i])
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
	bool *counted = calloc(types_count, sizeof(*counted));
	struct columns columns = {
		.items = calloc(types_count, sizeof(*columns.items)),
		.of_type = calloc(types_count, sizeof(*columns.of_type)),
	};
	int err = -ENOMEM;

	if (counted && columns.items && columns.of_type) {
		mark_types(groups, counted);
		err = fill(counters, counted, &columns);
	}
	free(counted);
	if (err)
		columns__free(&columns);
	else
		*ret_columns = columns;
	return err;
}

void columns__free(struct columns *columns)
{
	size_t i;

	for (i = 0; i < columns->count; i++)
		free(columns->items[i].text);
	free(columns->items);
	free(columns->of_type);
	memset(columns, 0, sizeof(*columns));
}
