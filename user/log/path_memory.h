/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers the paths that lines of records tell. Lines of a kind that is remembered (match_memory.h) have their values at
 * the same places, so the same text there tells the same path.
 */
#ifndef PATH_MEMORY_H
#define PATH_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "classify/message.h"
#include "log/match_memory.h"

#define PATH_MEMORY_BITS 8
#define PATH_MEMORY_SIZE (1 << PATH_MEMORY_BITS)
#define PATH_MEMORY_LENGTH 88 /* bytes of a text, in which two addresses of IPv6 have room */

/* All zero: nothing is remembered. */
struct path_memory {
	struct path_known {
		uint64_t serial; /* of the match; 0: nothing is remembered here */
		size_t length;
		char text[PATH_MEMORY_LENGTH];
		struct message_path path;
	} list[PATH_MEMORY_SIZE];
};

/* Returns the path that this match tells in a line, or NULL if it is not remembered. */
const struct message_path *path_memory__find(const struct path_memory *memory, const struct match *match,
					     const char *line);

/* Remembers the path that this match tells in a line, unless it cannot be remembered. */
void path_memory__keep(struct path_memory *memory, const struct match *match, const char *line,
		       const struct message_path *path);

#endif
