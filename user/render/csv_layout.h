/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of CSV that is written piece by piece to one stream, such as a log. A header holds for all rows up to the
 * next header. Columns stay, and new ones come at the end, so that only a new column needs another header. The cell of
 * the header identifies a column.
 */
#ifndef CSV_LAYOUT_H
#define CSV_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A header begins with the first cell, or with the stamp cells and the first cell. */
#define CSV_FIRST_CELL "server_ip"
#define CSV_STAMP_CELLS "start,end,name,"

struct csv_layout;

/*
 * Returns a layout without columns that the caller frees, or NULL if memory is short. csv_layout__free(NULL) is fine.
 */
struct csv_layout *csv_layout__new(void);
void csv_layout__free(struct csv_layout *layout);

/* Forgets all columns, so that the next rows need a header. */
void csv_layout__clear(struct csv_layout *layout);

/* Adds a column at the end. Returns 0 or -ENOMEM. */
int csv_layout__add(struct csv_layout *layout, const char *cell);

size_t csv_layout__count(const struct csv_layout *layout);
const char *csv_layout__cell(const struct csv_layout *layout, size_t i);

/* Returns the place of a column, or csv_layout__count() if there is none. */
size_t csv_layout__find(const struct csv_layout *layout, const char *cell);

/*
 * Takes the columns of the last header in earlier CSV that is to be continued. CSV_STAMP_CELLS are not among them.
 * Takes none if there is no header, or if only one of both, that header and the new rows, has stamps, or if that
 * header is cut. Returns 0, or -ENOMEM without columns.
 */
int csv_layout__continue(struct csv_layout *layout, FILE *in, bool has_stamps);

#endif
