// SPDX-License-Identifier: BSD-2-Clause
/* See prefix_memory.h. */
#include "log/prefix_memory.h"

#include <string.h>

#include "log/alike.h"

static bool fits(const struct prefix *prefix, const char *line, size_t length)
{
	if (prefix->is_at_end ? length != prefix->length : length < prefix->length)
		return false;
	return alike__are(prefix->text, line, prefix->length);
}

const struct match *prefix_memory__find(struct prefix_memory *memory, const char *line, size_t length)
{
	unsigned int tried, place = memory->last;

	for (tried = 0; tried < memory->count; tried++, place++) {
		if (place >= memory->count)
			place = 0;
		if (!fits(&memory->prefixes[place], line, length))
			continue;
		memory->last = place; /* the lines of a message begin alike */
		return &memory->prefixes[place].match;
	}
	return NULL;
}

void prefix_memory__keep(struct prefix_memory *memory, const char *line, size_t length, const struct match *match)
{
	struct prefix *prefix = &memory->prefixes[memory->oldest];
	size_t kept = match->end < length ? match->end + 1 : length;

	if (!match->is_match || kept > sizeof(prefix->text))
		return;
	prefix->length = kept;
	prefix->is_at_end = match->end == length;
	memcpy(prefix->text, line, kept);
	prefix->match = *match;
	memory->oldest = (memory->oldest + 1) % PREFIX_MEMORY_PREFIXES;
	if (memory->count < PREFIX_MEMORY_PREFIXES)
		memory->count++;
}
