// SPDX-License-Identifier: BSD-2-Clause
/* See clean.h. */
#include "log/clean.h"

#include <string.h>

#include "log/start_line.h"

#define ESCAPE '\x1b'
#define INDENT "   "
#define TREE_LINE "    "
#define TREE_HEADER "        "

static bool begins_with(const char *text, size_t length, const char *beginning)
{
	size_t beginning_length = strlen(beginning);

	return length >= beginning_length && !memcmp(text, beginning, beginning_length);
}

/* Returns the length of an escape sequence: ESC [ parameters letter (ECMA-48 5.4), or ESC and a character. */
static size_t sequence_length(const char *text, size_t length)
{
	size_t i = 2;

	if (length < 2 || text[1] != '[')
		return length < 2 ? length : 2;
	while (i < length && (text[i] < '@' || text[i] > '~'))
		i++;
	return i < length ? i + 1 : length;
}

size_t clean__colours(char *text, size_t length)
{
	char *from = memchr(text, ESCAPE, length), *to = from, *next, *end = text + length;

	while (from && from < end) {
		from += sequence_length(from, (size_t)(end - from));
		next = memchr(from, ESCAPE, (size_t)(end - from));
		if (!next)
			next = end;
		memmove(to, from, (size_t)(next - from));
		to += next - from;
		from = next;
	}
	return to ? (size_t)(to - text) : length;
}

static inline bool is_at(const char *text, const char *end, const char *escape, size_t length)
{
	return (size_t)(end - text) >= length && !memcmp(text, escape, length);
}

/* The length of the escapes is known to the compiler, which makes a comparison one load. */
static inline size_t end_length(const char *feed, const char *carriage, size_t length, const char *at, const char *end)
{
	const char *behind = at;

	while (is_at(behind, end, carriage, length))
		behind += length;
	if (behind == end)
		return (size_t)(behind - at);
	return is_at(behind, end, feed, length) ? (size_t)(behind - at) + length : 0;
}

size_t clean__line_end(enum clean_split split, const char *at, const char *end)
{
	return split == CLEAN_OCTAL ? end_length("#012", "#015", 4, at, end) : end_length("\\n", "\\r", 2, at, end);
}

size_t clean__split(enum clean_split split, const char *text, size_t length, size_t *ret_rest)
{
	const char *at = text, *end = text + length;
	size_t behind;

	*ret_rest = length;
	if (split == CLEAN_WHOLE)
		return length;
	for (; (at = memchr(at, clean__escape(split), (size_t)(end - at))); at++) {
		behind = clean__line_end(split, at, end);
		if (!behind)
			continue;
		*ret_rest = (size_t)(at - text) + behind;
		return (size_t)(at - text);
	}
	return length;
}

static void cut(const char **text, size_t *length, size_t bytes)
{
	*text += bytes;
	*length -= bytes;
}

/* A message that follows the line of its record is indented or not; in an indented one, other lines are of other programs. */
static bool clean_indent(enum clean_shape *shape, const char **text, size_t *length)
{
	bool is_indented = begins_with(*text, *length, INDENT);

	if (*shape == CLEAN_UNKNOWN && is_indented)
		*shape = CLEAN_INDENTED;
	else if (*shape == CLEAN_UNKNOWN && start_line__is_likely(*text, *length))
		*shape = CLEAN_AS_IS;
	if (*shape == CLEAN_AS_IS)
		return true;
	if (is_indented)
		cut(text, length, sizeof(INDENT) - 1);
	return is_indented;
}

/* If the message is indented by tabs, whatever is not repeats it as text or numbers. */
static bool clean_tab(enum clean_shape *shape, const char **text, size_t *length)
{
	bool has_tab = begins_with(*text, *length, "\t");

	if (begins_with(*text, *length, "\t0x"))
		return false;
	if (*shape == CLEAN_UNKNOWN && *length)
		*shape = has_tab ? CLEAN_INDENTED : CLEAN_AS_IS;
	if (*shape != CLEAN_INDENTED)
		return true;
	if (has_tab)
		cut(text, length, 1);
	return has_tab;
}

/* Of a dissector's tree only the start lines and headers are wanted; their parts are indented more. */
static bool clean_tree(bool is_in_headers, const char **text, size_t *length)
{
	static const char *const starts[] = { TREE_LINE "Request-Line: ", TREE_LINE "Status-Line: " };
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (!begins_with(*text, *length, starts[i]))
			continue;
		cut(text, length, strlen(starts[i]));
		return true;
	}
	if (begins_with(*text, *length, TREE_LINE "Message Body") || !begins_with(*text, *length, TREE_LINE)) {
		cut(text, length, *length);
		return is_in_headers;
	}
	if (!is_in_headers || !begins_with(*text, *length, TREE_HEADER) || *length == sizeof(TREE_HEADER) - 1 ||
	    strchr(" [", (*text)[sizeof(TREE_HEADER) - 1]))
		return false;
	cut(text, length, sizeof(TREE_HEADER) - 1);
	return true;
}

/* A terminal shows JsSIP's name in front of each line. */
static void clean_name(const char **text, size_t *length)
{
	static const char name[] = "JsSIP:Transport ";
	size_t blanks = 0;

	while (blanks < *length && (*text)[blanks] == ' ')
		blanks++;
	if (begins_with(*text + blanks, *length - blanks, name))
		cut(text, length, blanks + sizeof(name) - 1);
	else if (*length == blanks + sizeof(name) - 2 && !memcmp(*text + blanks, name, sizeof(name) - 2))
		cut(text, length, *length);
}

static bool is_blank(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length && (text[i] == ' ' || text[i] == '\t'); i++)
		;
	return i == length;
}

bool clean__line(unsigned int traits, enum clean_shape *shape, bool is_in_headers, const char **text, size_t *length)
{
	if (traits & FORM_DOTS && *length && (*text)[*length - 1] == '.')
		--*length;
	if (traits & FORM_INDENT && !clean_indent(shape, text, length))
		return false;
	if (traits & FORM_TAB && !clean_tab(shape, text, length))
		return false;
	if (traits & FORM_TREE && !clean_tree(is_in_headers, text, length))
		return false;
	if (traits & FORM_NAME)
		clean_name(text, length);
	if (is_blank(*text, *length))
		*length = 0;
	return true;
}

static size_t count_blanks(const char *text, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && (text[blanks] == ' ' || text[blanks] == '\t'))
		blanks++;
	return blanks;
}

void clean__margin(size_t *margin, bool may_begin, const char **text, size_t *length)
{
	size_t blanks = count_blanks(*text, *length);

	if (blanks != *margin && may_begin && start_line__is_likely(*text + blanks, *length - blanks) &&
	    start_line__is_meant(*text, *length))
		*margin = blanks;
	cut(text, length, blanks < *margin ? blanks : *margin);
}
