/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that a line must hold before a pattern is tried on it. */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct literal {
	const char *text;  /* not empty; must outlive the literal */
	const char *other; /* that will do too; NULL: none */
	size_t length;
	size_t rare; /* place of the byte that is looked for first */
};

/* Prepares a text. The byte that is looked for first is the one that is rarest in SIP. */
static inline struct literal literal__of(const char *text)
{
	static const char rare[] = "|{}#~*()[]_+JQXZKWYGjqz&%?kwyHMDBFLUVvxu<>fgEONhRbTdSAPImscC@=,/;lnropta-:e. ";
	struct literal literal = { .text = text, .length = strlen(text) };
	const char *candidate;
	size_t place;

	for (candidate = rare; *candidate; candidate++) {
		place = strcspn(text, (const char[]){ *candidate, '\0' });
		if (place == literal.length)
			continue;
		literal.rare = place;
		break;
	}
	return literal;
}

/* Prepares two texts of the same length, either of which will do. They have the byte that is looked for in common. */
static inline struct literal literal__either(const char *text, const char *other)
{
	struct literal literal = literal__of(text);

	literal.other = other;
	return literal;
}

static inline bool literal__is_at(const struct literal *literal, const char *place)
{
	return (*place == *literal->text && !memcmp(place, literal->text, literal->length)) ||
	       (literal->other && *place == *literal->other && !memcmp(place, literal->other, literal->length));
}

/* Finds the literal in a line. Returns NULL if it is not there. */
static inline const char *literal__find(const struct literal *literal, const char *line, size_t length)
{
	size_t behind = literal->length - literal->rare;
	const char *at, *end = line + length;

	if (length < literal->length || !length)
		return NULL;
	for (at = line + literal->rare; (at = memchr(at, literal->text[literal->rare], (size_t)(end - at))); at++) {
		if ((size_t)(end - at) < behind)
			return NULL;
		if (literal__is_at(literal, at - literal->rare))
			return at - literal->rare;
	}
	return NULL;
}

/* Returns whether the line holds the literal. */
static inline bool literal__is_in(const struct literal *literal, const char *line, size_t length)
{
	return literal__find(literal, line, length) != NULL;
}

#endif
