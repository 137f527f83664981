// SPDX-License-Identifier: BSD-2-Clause
/* See json_path.h. */
#include "snapshot/json_path.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* An object or array that is open, and what in it is being read. */
struct level {
	bool is_array;
	bool has_begun;   /* the member or element; neither has, behind a comma */
	const char *name; /* of the member, as it is written */
	size_t name_length;
	size_t index; /* of the element */
};

struct walk {
	const char *at, *end;
	struct level levels[JSON_PATH_LEVELS];
	size_t depth; /* perhaps more than there are levels */
};

static struct level *innermost(struct walk *walk)
{
	return walk->depth && walk->depth <= JSON_PATH_LEVELS ? &walk->levels[walk->depth - 1] : NULL;
}

/* Moves behind a string. False if it has no end. */
static bool skip_string(struct walk *walk)
{
	for (walk->at++; walk->at < walk->end; walk->at++) {
		if (*walk->at == '"') {
			walk->at++;
			return true;
		}
		if (*walk->at == '\\' && walk->at + 1 < walk->end)
			walk->at++;
	}
	return false;
}

static void skip_bracket(struct walk *walk, char bracket)
{
	struct level *level;

	walk->at++;
	if (bracket == '}' || bracket == ']') {
		walk->depth -= walk->depth > 0;
		return;
	}
	walk->depth++;
	level = innermost(walk);
	if (level)
		*level = (struct level){ .is_array = bracket == '[' };
}

/* Moves over one string or character. Returns whether a member or element of the innermost level has begun with it. */
static bool walk_on(struct walk *walk)
{
	struct level *level = innermost(walk);
	const char *from = walk->at;
	bool begins = level && !level->has_begun && (level->is_array ? !strchr(" \t\r\n,]", *from) : *from == '"');
	bool is_closed = true;

	if (*from == '"')
		is_closed = skip_string(walk);
	else if (*from && strchr("{}[]", *from))
		skip_bracket(walk, *from);
	else
		walk->at++;
	if (level && *from == ',') {
		level->has_begun = false;
		level->index++;
	}
	if (!begins || (!level->is_array && !is_closed))
		return false;
	level->has_begun = true;
	level->name = from + 1;
	level->name_length = (size_t)(walk->at - from) - 2;
	return true;
}

/* Writes the path down to a level. */
static void describe(const struct walk *walk, size_t depth, char ret_path[JSON_PATH_SIZE])
{
	size_t length = 0, i;

	ret_path[0] = '\0';
	for (i = 0; i < depth && i < JSON_PATH_LEVELS && length < JSON_PATH_SIZE; i++) {
		const struct level *level = &walk->levels[i];

		if (!level->has_begun)
			break;
		if (level->is_array)
			length += (size_t)snprintf(ret_path + length, JSON_PATH_SIZE - length, "[%zu]", level->index);
		else
			length += (size_t)snprintf(
				ret_path + length, JSON_PATH_SIZE - length, "%s%.*s", length ? "." : "",
				(int)(level->name_length < JSON_PATH_SIZE ? level->name_length : JSON_PATH_SIZE),
				level->name);
	}
}

void json_path__at(const char *text, size_t offset, char ret_path[JSON_PATH_SIZE])
{
	struct walk walk = { .at = text, .end = text + offset };

	while (walk.at < walk.end)
		(void)walk_on(&walk);
	describe(&walk, walk.depth, ret_path);
}

static bool is_within(const char *path, const char *outer)
{
	size_t length = strlen(outer);

	return !strncmp(path, outer, length) && (!path[length] || path[length] == '.' || path[length] == '[');
}

size_t json_path__find(const char *text, size_t length, const char *path)
{
	struct walk walk = { .at = text, .end = text + length };
	char here[JSON_PATH_SIZE];
	size_t offset = 0, longest = 0, depth;
	const char *from;

	while (walk.at < walk.end) {
		from = walk.at;
		depth = walk.depth;
		if (!walk_on(&walk))
			continue;
		describe(&walk, depth, here);
		if (strlen(here) > longest && is_within(path, here)) {
			longest = strlen(here);
			offset = (size_t)(from - text);
		}
	}
	return offset;
}
