// SPDX-License-Identifier: BSD-2-Clause
/* UTF-8 is decoded here and not by the C library, so that the locale changes no output. */
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_SIZE TEXT_PRINTABLE_MAX /* \x1b */

/* The length of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at the text, and its character; 0 if none. */
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

/* Whether a terminal shows the character as one, where it stands. */
static bool is_printable(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) /* C0, DEL, C1 */
		return false;
	if (code >= 0x200b && code <= 0x200f) /* zero width, direction marks */
		return false;
	if (code >= 0x2028 && code <= 0x202e) /* line separators, embeddings */
		return false;
	return code < 0x2060 || (code > 0x206f && code != 0xfeff); /* invisible operators, isolates, byte order mark */
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
