/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers how lines were matched by a pattern. Lines of records repeat, and differ in times and numbers alone. To most
 * patterns all digits are the same, so what was found in a line is at the same places in one with other digits.
 */
#ifndef MATCH_MEMORY_H
#define MATCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define MATCH_VALUES_MAX 17     /* one for each name of a group */
#define MATCH_MEMORY_LINES 16   /* kinds of lines */
#define MATCH_MEMORY_LENGTH 192 /* bytes of a line */

/* What a pattern found in a line; places are counted from the beginning of the line. */
struct match {
	bool is_match;
	size_t end;
	unsigned int count; /* of values */
	struct match_value {
		unsigned int group;
		unsigned int from, length;
	} values[MATCH_VALUES_MAX];
};

struct match_memory_line {
	size_t length;  /* of the line; with ignores_rest, of the match and the byte behind it */
	bool is_at_end; /* with ignores_rest: the match ends with the line */
	char text[MATCH_MEMORY_LENGTH];
	struct match match;
};

/* All zero: nothing is remembered, nor will it be. */
struct match_memory {
	struct match_memory_line lines[MATCH_MEMORY_LINES];
	unsigned int count;
	unsigned int oldest; /* the line that gives way to the next new one */
	unsigned int likely; /* the line that may come next */
	bool is_used;
	bool ignores_rest;
};

/* Begins a memory for a pattern, if all digits are the same to it. */
void match_memory__begin(struct match_memory *memory, const char *pattern);

/*
 * Tells that the pattern looks no further than one byte behind its match, so that lines may differ there.
 */
void match_memory__ignore_rest(struct match_memory *memory);

/* Returns what was found in a line like this one, or NULL. It is valid until the next line is kept. */
const struct match *match_memory__find(struct match_memory *memory, const char *line, size_t length);

/* Keeps what was found in a line. */
void match_memory__keep(struct match_memory *memory, const char *line, size_t length, const struct match *match);

#endif
