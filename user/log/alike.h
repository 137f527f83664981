/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that differ in digits alone, compared many bytes at a time. */
#ifndef ALIKE_H
#define ALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ALIKE_SIZE 16 /* bytes at a time */

typedef unsigned char alike_vector __attribute__((vector_size(ALIKE_SIZE)));

/* Returns the bytes, in which each digit has become a 0. */
static inline alike_vector alike__without_digits(alike_vector bytes)
{
	return bytes & ~((alike_vector)(bytes - '0' < 10) & 0x0f);
}

/* Loads up to ALIKE_SIZE bytes; those behind are zero. */
static inline alike_vector alike__load(const char *text, size_t length)
{
	alike_vector bytes = { 0 };

	memcpy(&bytes, text, length);
	return bytes;
}

static inline bool alike__are_same(alike_vector a, alike_vector b)
{
	uint64_t words[ALIKE_SIZE / sizeof(uint64_t)];

	a ^= b;
	memcpy(words, &a, sizeof(words));
	return !(words[0] | words[1]);
}

static inline bool alike__are_parts(const char *a, const char *b, size_t length)
{
	return alike__are_same(alike__without_digits(alike__load(a, length)),
			       alike__without_digits(alike__load(b, length)));
}

/* Returns whether two texts differ in digits alone. */
static inline bool alike__are(const char *a, const char *b, size_t length)
{
	size_t i;

	if (length < ALIKE_SIZE / 2)
		return alike__are_parts(a, b, length);
	if (length < ALIKE_SIZE)
		return alike__are_parts(a, b, ALIKE_SIZE / 2) &&
		       alike__are_parts(a + length - ALIKE_SIZE / 2, b + length - ALIKE_SIZE / 2, ALIKE_SIZE / 2);
	for (i = 0; i + ALIKE_SIZE < length; i += ALIKE_SIZE) {
		if (!alike__are_parts(a + i, b + i, ALIKE_SIZE))
			return false;
	}
	return alike__are_parts(a + length - ALIKE_SIZE, b + length - ALIKE_SIZE, ALIKE_SIZE);
}

#endif
