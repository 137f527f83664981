/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that are held, one behind the other, each with a line feed. */
#ifndef HELD_LINES_H
#define HELD_LINES_H

#include <stddef.h>

/* All zero: no lines. */
struct held_lines {
	char *text;
	size_t length, capacity; /* bytes */
};

/* Adds a line, which comes without its end. Returns 0, or -ENOMEM, and nothing has changed then. */
int held_lines__add(struct held_lines *lines, const char *line, size_t length);

/* Frees the memory. No lines are left. */
void held_lines__free(struct held_lines *lines);

#endif
