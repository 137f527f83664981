/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that a line must hold before a pattern is tried on it. */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct literal {
	const char *text; /* not empty; must outlive the literal */
	size_t length;
	size_t rare; /* place of the byte that is looked for first */
};

/* Prepares a text. Letters, digits and blanks are the most frequent bytes of SIP, so another one is preferred. */
static inline struct literal literal__of(const char *text)
{
	struct literal literal = { .text = text, .length = strlen(text) };
	size_t place = strcspn(text, "<>[]{}|#~*()");

	if (place == literal.length)
		place = strcspn(text, "+-_=;:/,.ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	literal.rare = place < literal.length ? place : literal.length / 2;
	return literal;
}

/* Returns whether the line holds the literal. */
static inline bool literal__is_in(const struct literal *literal, const char *line, size_t length)
{
	size_t behind = literal->length - literal->rare;
	const char *at, *end = line + length;

	if (length < literal->length || !length)
		return false;
	for (at = line + literal->rare; (at = memchr(at, literal->text[literal->rare], (size_t)(end - at))); at++) {
		if ((size_t)(end - at) < behind)
			return false;
		if (!memcmp(at - literal->rare, literal->text, literal->length))
			return true;
	}
	return false;
}

#endif
