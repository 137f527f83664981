// SPDX-License-Identifier: BSD-2-Clause
/* See path_memory.h. */
#include "log/path_memory.h"

#include <string.h>

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL

/* Two sums, which a processor makes at the same time. The last words overlap. */
static size_t place_of(uint64_t serial, const char *text, size_t length)
{
	uint64_t words[2], one = serial, other = length;
	size_t i;

	for (i = 0; i + sizeof(words) < length; i += sizeof(words)) {
		memcpy(words, text + i, sizeof(words));
		one = ((one << 29 | one >> 35) ^ words[0]) * HASH_FACTOR;
		other = ((other << 29 | other >> 35) ^ words[1]) * HASH_FACTOR;
	}
	memcpy(words, text + length - sizeof(words), sizeof(words));
	one = ((one << 29 | one >> 35) ^ words[0]) * HASH_FACTOR;
	other = ((other << 29 | other >> 35) ^ words[1]) * HASH_FACTOR;
	return ((one ^ (other << 29 | other >> 35)) * HASH_FACTOR) >> (64 - PATH_MEMORY_BITS);
}

static bool may_be_kept(const struct match *match)
{
	return match->serial && match->path_length >= 2 * sizeof(uint64_t) && match->path_length <= PATH_MEMORY_LENGTH;
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
