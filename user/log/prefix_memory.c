// SPDX-License-Identifier: BSD-2-Clause
/* See prefix_memory.h. */
#include "log/prefix_memory.h"

#include <string.h>

#include "log/alike.h"

static inline bool fits(const struct prefix *prefix, const char *line, size_t length)
{
	if (prefix->is_whole ? length != prefix->length : length < prefix->length)
		return false;
	return alike__are(prefix->text, line, prefix->length);
}

int prefix_memory__find(struct prefix_memory *memory, const char *line, size_t length)
{
	int tried, place = memory->last;

	for (tried = 0; tried < memory->count; tried++, place++) {
		if (place >= memory->count)
			place = 0;
		if (!fits(&memory->prefixes[place], line, length))
			continue;
		memory->last = place; /* the lines of a message begin alike */
		return place;
	}
	return -1;
}

int prefix_memory__keep(struct prefix_memory *memory, const char *beginning, size_t length, bool is_whole)
{
	int place = memory->oldest;
	struct prefix *prefix = &memory->prefixes[place];

	if (length > sizeof(prefix->text))
		return -1;
	prefix->length = length;
	prefix->is_whole = is_whole;
	memcpy(prefix->text, beginning, length);
	memory->oldest = (memory->oldest + 1) % PREFIX_MEMORY_PLACES;
	if (memory->count < PREFIX_MEMORY_PLACES)
		memory->count++;
	return place;
}
