/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that are held, one behind the other. */
#ifndef HELD_LINES_H
#define HELD_LINES_H

#include <stddef.h>

/* All zero: no lines. */
struct held_lines {
	char *text;
	size_t length, capacity; /* bytes */
};

/* How a line ends that is held, whatever its end was in the log. */
enum held_end { HELD_LF = 1, HELD_CRLF = 2 /* bytes */ };

/* Adds a line, which comes without its end. Returns 0, or -ENOMEM, and nothing has changed then. */
int held_lines__add(struct held_lines *lines, const char *line, size_t length, enum held_end end);

/* Frees the memory. No lines are left. */
void held_lines__free(struct held_lines *lines);

#endif
