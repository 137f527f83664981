// SPDX-License-Identifier: BSD-2-Clause
/* See path_memory.h. */
#include "log/path_memory.h"

#include <string.h>

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL
#define LENGTH_MIN sizeof(uint64_t) /* of a text */

static uint64_t mix(uint64_t hash, const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return ((hash << 29 | hash >> 35) ^ word) * HASH_FACTOR; /* a product spreads bits upwards alone */
}

/* The last words overlap. */
static size_t place_of(uint64_t serial, const char *text, size_t length)
{
	uint64_t hash = serial ^ length << 32;
	size_t i;

	for (i = 0; i + LENGTH_MIN < length; i += LENGTH_MIN)
		hash = mix(hash, text + i);
	return mix(hash, text + length - LENGTH_MIN) >> (64 - PATH_MEMORY_BITS);
}

static bool may_be_kept(const struct match *match)
{
	return match->serial && match->path_length >= LENGTH_MIN && match->path_length <= PATH_MEMORY_LENGTH;
}

const struct message_path *path_memory__find(const struct path_memory *memory, const struct match *match,
					     const char *line)
{
	const char *text = line + match->path_from;
	const struct path_known *known;

	if (!may_be_kept(match))
		return NULL;
	known = &memory->list[place_of(match->serial, text, match->path_length)];
	return known->serial == match->serial && known->length == match->path_length &&
			       !memcmp(known->text, text, match->path_length)
		       ? &known->path
		       : NULL;
}

void path_memory__keep(struct path_memory *memory, const struct match *match, const char *line,
		       const struct message_path *path)
{
	const char *text = line + match->path_from;
	struct path_known *known;

	if (!may_be_kept(match))
		return;
	known = &memory->list[place_of(match->serial, text, match->path_length)];
	known->serial = match->serial;
	known->length = match->path_length;
	memcpy(known->text, text, match->path_length);
	known->path = *path;
}
