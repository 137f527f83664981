/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs do to the lines of a message, undone: colours, indents, escapes, dots for carriage returns. */
#ifndef CLEAN_H
#define CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "log/forms.h"

/* How several lines may be in one. */
enum clean_split {
	CLEAN_WHOLE,
	CLEAN_OCTAL,     /* #012 for a line feed, #015 for a carriage return, as rsyslog writes them */
	CLEAN_BACKSLASH, /* \n, with or without \r before it */
};

/* What a record that is being read looks like. */
enum clean_shape {
	CLEAN_UNKNOWN,
	CLEAN_INDENTED, /* by a tab, or by three blanks */
	CLEAN_AS_IS,
};

/* Removes the escape sequences that colour a terminal, in place. Returns the new length. */
size_t clean__colours(char *text, size_t length);

/* Returns the byte with which line ends begin in such a line. */
static inline char clean__escape(enum clean_split split)
{
	return split == CLEAN_OCTAL ? '#' : '\\';
}

/* Returns the length of the line end at a place of a text, not CLEAN_WHOLE; 0: there is none. */
size_t clean__line_end(enum clean_split split, const char *at, const char *end);

/*
 * Cuts the first line off a text in which several are one. Returns the length of the line; *ret_rest is where the next
 * one begins, or the end of the text.
 */
size_t clean__split(enum clean_split split, const char *text, size_t length, size_t *ret_rest);

/*
 * Cleans a line of a message, by the form's traits. *text and *length are changed. is_in_headers says whether headers
 * are being read. Returns false if the line is no part of a message.
 */
bool clean__line(unsigned int traits, enum clean_shape *shape, bool is_in_headers, const char **text, size_t *length);

/*
 * Takes off the blanks that stand before a start line, and before each line behind it: they are no folds. may_begin says
 * whether the line may begin a message; *margin is how many blanks the last one had. A line that has fewer loses them.
 */
void clean__margin(size_t *margin, bool may_begin, const char **text, size_t *length);

#endif
