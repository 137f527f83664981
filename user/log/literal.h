/* SPDX-License-Identifier: BSD-2-Clause */
/* A text that a line must hold before a pattern is tried on it. */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "log/byte_scan.h"

struct literal {
	const char *text;  /* not empty; must outlive the literal */
	const char *other; /* that will do too; NULL: none */
	size_t length;
	size_t rare, second; /* places of the bytes that are looked for first; the same one if it is the only one */
};

/*
 * Finds the place of the byte that is rarest in SIP, and is the same in both texts, but for one place (length: none).
 * Returns the length if there is none.
 */
static inline size_t literal__rare(const char *text, const char *other, size_t but)
{
	static const char rare[] = "|{}#~*()[]_+JQXZKWYGjqz&%?kwyHMDBFLUVvxu<>fgEONhRbTdSAPImscC@=,/;lnropta-:e. ";
	size_t length = strlen(text), place;
	const char *candidate;

	for (candidate = rare; *candidate; candidate++) {
		for (place = 0; place < length; place++) {
			if (text[place] == *candidate && place != but && (!other || other[place] == *candidate))
				return place;
		}
	}
	return length;
}

/* Prepares two texts of the same length, either of which will do; other may be NULL. They have a byte in common. */
static inline struct literal literal__either(const char *text, const char *other)
{
	struct literal literal = { .text = text, .other = other, .length = strlen(text) };

	literal.rare = literal__rare(text, other, literal.length);
	if (literal.rare == literal.length)
		literal.rare = 0;
	literal.second = literal__rare(text, NULL, literal.rare);
	if (literal.second == literal.length)
		literal.second = literal.rare;
	return literal;
}

/* Prepares a text. */
static inline struct literal literal__of(const char *text)
{
	return literal__either(text, NULL);
}

static inline bool literal__is_at(const struct literal *literal, const char *place)
{
	return (*place == *literal->text && !memcmp(place, literal->text, literal->length)) ||
	       (literal->other && *place == *literal->other && !memcmp(place, literal->other, literal->length));
}

/* Returns a bit for each place of a block at which the literal may be. */
static inline uint64_t literal__candidates(const struct literal *literal, const char *block)
{
	const char *rare = block + literal->rare, *second = block + literal->second;
	uint64_t found = byte_scan__both(rare, literal->text[literal->rare], second, literal->text[literal->second]);

	if (literal->other)
		found |= byte_scan__both(rare, literal->text[literal->rare], second, literal->other[literal->second]);
	return found;
}

/* Returns the first place of a block, whose bits are the candidates, that holds the literal; NULL: none. */
static inline const char *literal__in_block(const struct literal *literal, const char *block, uint64_t candidates)
{
	for (; candidates; candidates &= candidates - 1) {
		if (literal__is_at(literal, block + __builtin_ctzll(candidates)))
			return block + __builtin_ctzll(candidates);
	}
	return NULL;
}

/* Finds the literal in a line. Returns NULL if it is not there. */
static inline const char *literal__find(const struct literal *literal, const char *line, size_t length)
{
	const char *at = line, *end = line + length, *found;
	char rare = literal->text[literal->rare];
	size_t behind = literal->length - literal->rare;

	for (; (size_t)(end - at) >= BYTE_SCAN_BLOCK + literal->length; at += BYTE_SCAN_BLOCK) {
		found = literal__in_block(literal, at, literal__candidates(literal, at));
		if (found)
			return found;
	}
	if ((size_t)(end - at) < literal->length)
		return NULL;
	for (at += literal->rare; (at = memchr(at, rare, (size_t)(end - at))); at++) {
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
