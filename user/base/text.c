// SPDX-License-Identifier: BSD-2-Clause
/* See text.h. UTF-8 is decoded here and not by the C library, so that output does not depend on the locale. */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_SIZE TEXT_PRINTABLE_MAX /* \x1b */

/*
 * Returns the length of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at the start of the text and its
 * character, or 0 if there is none.
 */
static size_t decode(const char *text, uint32_t *ret_code)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = (uint8_t)text[0];
	size_t length = first < 0x80   ? 1
			: first < 0xc2 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf5 ? 4
				       : 0;
	uint32_t code = length <= 1 ? first : first & (0x7fu >> length);
	size_t i;

	for (i = 1; i < length; i++) {
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((uint8_t)text[i] & 0x3f);
	}
	if (length && (code < lowest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)))
		return 0;
	*ret_code = code;
	return length;
}

/*
 * Returns whether a terminal shows the character, as one and where it stands. It does not show control characters
 * (Unicode's categories Cc, Zl and Zp), nor characters that are invisible or set the direction of the text (most of
 * Cf).
 */
static bool is_printable(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x00, 0x1f },       { 0x7f, 0x9f }, /* C0, DEL, C1 */
		{ 0xad, 0xad },                       /* soft hyphen */
		{ 0x61c, 0x61c },                     /* Arabic letter mark */
		{ 0x180e, 0x180e },                   /* Mongolian vowel separator */
		{ 0x200b, 0x200f },                   /* zero width, direction marks */
		{ 0x2028, 0x202e },                   /* line separators, embeddings, overrides */
		{ 0x2060, 0x206f },                   /* invisible operators, isolates */
		{ 0xfeff, 0xfeff },                   /* byte order mark */
		{ 0xfff9, 0xfffb },                   /* annotations */
		{ 0xe0000, 0xe0fff },                 /* tags */
	};
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	}
	return true;
}

char *text__printable(const char *text, size_t *ret_width)
{
	char *copy = malloc(ESCAPE_SIZE * strlen(text) + 1), *at = copy;
	size_t length, width = 0, i;
	uint32_t code;

	if (!copy)
		return NULL;
	while (*text) {
		length = decode(text, &code);
		if (length && is_printable(code)) {
			at = mempcpy(at, text, length);
			text += length;
			width++;
			continue;
		}
		for (i = 0; i < (length ? length : 1); i++, width += ESCAPE_SIZE)
			at += sprintf(at, "\\x%02x", (uint8_t)*text++);
	}
	*at = '\0';
	*ret_width = width;
	return copy;
}

size_t text__digits(__u64 number)
{
	size_t count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

char *text__put_number(char *at, __u64 number, size_t width)
{
	char *end = at + width, *digit = end;

	do {
		*--digit = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (digit > at)
		*--digit = ' ';
	return end;
}
