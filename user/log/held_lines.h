/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that are held, one behind the other. */
#ifndef HELD_LINES_H
#define HELD_LINES_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* All zero: no lines. */
struct held_lines {
	char *text;
	size_t length, capacity; /* bytes */
};

/* How a line ends that is held, whatever its end was in the log. */
enum held_end { HELD_LF = 1, HELD_CRLF = 2 /* bytes */ };

/* Makes room for so many bytes more. Returns 0, or -ENOMEM, and nothing has changed then. */
int held_lines__reserve(struct held_lines *lines, size_t length);

/* Adds a line, which comes without its end. Returns 0, or -ENOMEM, and nothing has changed then. */
static inline int held_lines__add(struct held_lines *lines, const char *line, size_t length, enum held_end end)
{
	char *to;

	if (lines->capacity - lines->length < length + end && held_lines__reserve(lines, length + end))
		return -ENOMEM;
	to = mempcpy(lines->text + lines->length, line, length);
	if (end == HELD_CRLF)
		*to++ = '\r';
	*to = '\n';
	lines->length += length + end;
	return 0;
}

/* Frees the memory. No lines are left. */
void held_lines__free(struct held_lines *lines);

#endif
