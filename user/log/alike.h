/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that differ in digits alone, compared eight bytes at a time. */
#ifndef ALIKE_H
#define ALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ALIKE_WORD sizeof(uint64_t)
#define ALIKE_EACH_BYTE(byte) (0x0101010101010101ULL * (byte))

/* Returns the highest bit of each byte that is no digit. */
static inline uint64_t alike__others(uint64_t word)
{
	word ^= ALIKE_EACH_BYTE('0');
	return (((word & ALIKE_EACH_BYTE(0x7f)) + ALIKE_EACH_BYTE(0x80 - 10)) | word) & ALIKE_EACH_BYTE(0x80);
}

/* Returns a word in which each digit is a 0. */
static inline uint64_t alike__without_digits(uint64_t word)
{
	uint64_t digits = (alike__others(word) ^ ALIKE_EACH_BYTE(0x80)) >> 7;

	return word & ~(digits * 0x0f);
}

static inline uint64_t alike__load(const char *text, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, text, length);
	return word;
}

static inline bool alike__are_words(uint64_t a, uint64_t b)
{
	return a == b || alike__without_digits(a) == alike__without_digits(b);
}

/* Returns whether two texts differ in digits alone. */
static inline bool alike__are(const char *a, const char *b, size_t length)
{
	size_t i;

	if (length < ALIKE_WORD)
		return alike__are_words(alike__load(a, length), alike__load(b, length));
	for (i = 0; i + ALIKE_WORD < length; i += ALIKE_WORD) {
		if (!alike__are_words(alike__load(a + i, ALIKE_WORD), alike__load(b + i, ALIKE_WORD)))
			return false;
	}
	return alike__are_words(alike__load(a + length - ALIKE_WORD, ALIKE_WORD),
				alike__load(b + length - ALIKE_WORD, ALIKE_WORD));
}

#endif
