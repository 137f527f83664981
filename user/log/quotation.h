/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a body among which are some of the form's own records. They may be quoted, or the body may have been shorter
 * than its Content-Length says. So all lines from the first such one on are held, as they are in the log, until it shows
 * where the body ends.
 */
#ifndef QUOTATION_H
#define QUOTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "log/held_lines.h"

/* A line that is held. */
struct quotation_line {
	size_t offset, length;     /* in the text */
	size_t before;             /* bytes that are no part of it, but that a pattern may match */
	size_t ending;             /* bytes of its end in the log */
	unsigned long long number; /* in the log */
	bool is_glued;             /* it may end with a start line */
};

/*
 * All zero: nothing is held. Lines that turn out to be records are read again, and may have to be held again. A log full
 * of wrong lengths would take for ever, so there is a credit, which lines that are read for the first time earn. Without
 * credit, nothing is quoted.
 */
struct quotation {
	struct held_lines text;
	struct quotation_line *lines;
	size_t count, capacity; /* lines */
	bool is_complete;       /* the body ends with the last line, if its length is right */
	size_t credit;          /* bytes that may be read again and held */
};

/* Returns whether lines are held. */
static inline bool quotation__is_open(const struct quotation *quotation)
{
	return quotation->count > 0;
}

/* Holds a copy of a line, whose offset is left out; is_new says whether it earns credit. Returns 0, or -ENOMEM. */
int quotation__add(struct quotation *quotation, const char *text, const struct quotation_line *line, bool is_new);

/* Returns whether more is held than any body has that is read, because lines of others are among them. */
bool quotation__is_full(const struct quotation *quotation);

/*
 * Moves what is held to *ret_taken, to be read again and freed. Returns whether there is credit for holding it again.
 */
bool quotation__take(struct quotation *quotation, struct quotation *ret_taken);

/* Frees the memory. Nothing is held then; the credit remains. */
void quotation__free(struct quotation *quotation);

#endif
