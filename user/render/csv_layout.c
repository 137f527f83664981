// SPDX-License-Identifier: BSD-2-Clause
/* See csv_layout.h. Cells are kept as they are written, quotes included. */
#include "render/csv_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct csv_layout {
	char **cells;
	size_t count;
};

struct csv_layout *csv_layout__new(void)
{
	return calloc(1, sizeof(struct csv_layout));
}

void csv_layout__clear(struct csv_layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		free(layout->cells[i]);
	free(layout->cells);
	*layout = (struct csv_layout){ 0 };
}

void csv_layout__free(struct csv_layout *layout)
{
	if (!layout)
		return;
	csv_layout__clear(layout);
	free(layout);
}

int csv_layout__add(struct csv_layout *layout, const char *cell)
{
	char *copy = strdup(cell), **grown = NULL;

	if (copy)
		grown = reallocarray(layout->cells, layout->count + 1, sizeof(*grown));
	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	layout->cells = grown;
	layout->cells[layout->count++] = copy;
	return 0;
}

size_t csv_layout__count(const struct csv_layout *layout)
{
	return layout->count;
}

const char *csv_layout__cell(const struct csv_layout *layout, size_t i)
{
	return layout->cells[i];
}

size_t csv_layout__find(const struct csv_layout *layout, const char *cell)
{
	size_t i = 0;

	while (i < layout->count && strcmp(layout->cells[i], cell) != 0)
		i++;
	return i;
}

/* ---- continuing ---- */

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Cuts the next cell off a line, quotes included; NULL when there is none. */
static char *next_cell(char **rest)
{
	char *cell = *rest, *end = cell;
	bool is_quoted = false;

	if (!cell)
		return NULL;
	for (; *end && (is_quoted || *end != ','); end++)
		is_quoted ^= *end == '"';
	*rest = *end ? end + 1 : NULL;
	*end = '\0';
	return cell;
}

/* Of a header without its end nobody knows the columns. */
static bool is_whole(const char *line)
{
	return strchr(line, '\n');
}

static int read_header(struct csv_layout *layout, char *line)
{
	char *cell;
	int error = 0;

	line[strcspn(line, "\r\n")] = '\0';
	csv_layout__clear(layout);
	while (!error && (cell = next_cell(&line)))
		error = csv_layout__add(layout, cell);
	return error;
}

int csv_layout__continue(struct csv_layout *layout, FILE *in, bool has_stamps)
{
	char *line = NULL;
	size_t size = 0;
	int error = 0;

	csv_layout__clear(layout);
	while (!error && getline(&line, &size, in) >= 0) {
		bool is_stamped = begins_with(line, CSV_STAMP_CELLS CSV_FIRST_CELL);

		if (!is_stamped && !begins_with(line, CSV_FIRST_CELL))
			continue;
		if (is_stamped == has_stamps && is_whole(line))
			error = read_header(layout, line + (is_stamped ? strlen(CSV_STAMP_CELLS) : 0));
		else
			csv_layout__clear(layout);
	}
	free(line);
	if (error)
		csv_layout__clear(layout);
	return error;
}
