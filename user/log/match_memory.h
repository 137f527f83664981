/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers which of several patterns matched a line, and what it found. Lines of records repeat, and differ in times and
 * numbers alone. To most patterns all digits are the same, so what was found in a line is at the same places in one with
 * other digits.
 */
#ifndef MATCH_MEMORY_H
#define MATCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/alike.h"

#define MATCH_VALUES_MAX 17  /* one for each name of a group */
#define MATCH_MEMORY_BITS 10 /* of a hash */
#define MATCH_MEMORY_LINES (1 << MATCH_MEMORY_BITS)
#define MATCH_MEMORY_LENGTH 256 /* bytes of a line */

/* What a pattern found in a line; places are counted from the beginning of the line. */
struct match {
	bool is_match;
	unsigned int which; /* of the patterns */
	uint64_t serial; /* of a match that is remembered: values are at the same places in all lines; 0: it is not */
	size_t end;
	unsigned int path_from,
		path_length; /* that of the values with digits that tell of the path; 0: a time is in it */
	unsigned int count;  /* of values */
	struct match_value {
		unsigned int group;
		unsigned int from, length;
	} values[MATCH_VALUES_MAX];
};

/* A line that is looked for: all its digits that mean nothing are zeros. */
struct match_key {
	uint64_t hash;
	unsigned int patterns; /* a bit for each that was to be tried */
	size_t length;         /* 0: the line cannot be kept */
	alike_vector text[MATCH_MEMORY_LENGTH / ALIKE_SIZE];
};

/* All zero: nothing is remembered. */
struct match_memory {
	struct match_memory_line *lines[MATCH_MEMORY_LINES]; /* by their hash */
	struct match_key key;                                /* of the line that was looked for last */
	uint64_t serial;                                     /* of the match that was kept last */
	size_t last;                                         /* the place of the line that was found or kept last */
};

/* Returns whether all digits are the same to a pattern, but for those of SIP's version. */
bool match_memory__suits(const char *pattern);

/* Frees what is remembered. */
void match_memory__free(struct match_memory *memory);

/*
 * Returns what these patterns, a bit for each, found in a line like this one, or NULL. It is valid until the next line is
 * kept.
 */
const struct match *match_memory__find(struct match_memory *memory, unsigned int patterns, const char *line,
				       size_t length);

/*
 * Keeps what was found in the line that was looked for last. Each pattern that was tried must suit. If memory is short,
 * it is not kept.
 */
void match_memory__keep(struct match_memory *memory, const struct match *match);

#endif
