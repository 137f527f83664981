/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers beginnings of lines. What logging systems put before lines repeats, and differs in digits alone. What was
 * found about a beginning belongs to its place, which is a number below PREFIX_MEMORY_PLACES.
 */
#ifndef PREFIX_MEMORY_H
#define PREFIX_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define PREFIX_MEMORY_PLACES 16
#define PREFIX_MEMORY_LENGTH 192 /* bytes of a beginning */

/* All zero: nothing is remembered. */
struct prefix_memory {
	struct prefix {
		size_t length;
		bool is_whole; /* the line ends there */
		char text[PREFIX_MEMORY_LENGTH];
	} prefixes[PREFIX_MEMORY_PLACES];
	int count;
	int oldest; /* the one that gives way to the next new one */
	int last;   /* the one that was found last */
};

/* Returns the place of the beginning that this line has, or -1. */
int prefix_memory__find(struct prefix_memory *memory, const char *line, size_t length);

/*
 * Keeps a beginning; is_whole says that it must be all of a line. Returns its place, or -1 if it is too long.
 */
int prefix_memory__keep(struct prefix_memory *memory, const char *beginning, size_t length, bool is_whole);

#endif
