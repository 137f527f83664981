/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers what a pattern found that looks no further than one byte behind its match. What logging systems put before
 * lines repeats, and differs in digits alone. All digits must be the same to the pattern, see match_memory.h.
 */
#ifndef PREFIX_MEMORY_H
#define PREFIX_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "log/match_memory.h"

#define PREFIX_MEMORY_PREFIXES 16
#define PREFIX_MEMORY_LENGTH 192 /* bytes of a prefix */

/* All zero: nothing is remembered. */
struct prefix_memory {
	struct prefix {
		size_t length;  /* of the match and the byte behind it */
		bool is_at_end; /* the match ends with the line */
		char text[PREFIX_MEMORY_LENGTH];
		struct match match;
	} prefixes[PREFIX_MEMORY_PREFIXES];
	unsigned int count;
	unsigned int oldest; /* the one that gives way to the next new one */
	unsigned int last;   /* the one that was found last */
};

/* Returns what was found in a line that begins like this one, or NULL. It is valid until the next line is kept. */
const struct match *prefix_memory__find(struct prefix_memory *memory, const char *line, size_t length);

/* Keeps what was found in a line. */
void prefix_memory__keep(struct prefix_memory *memory, const char *line, size_t length, const struct match *match);

#endif
