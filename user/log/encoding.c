// SPDX-License-Identifier: BSD-2-Clause
/* See encoding.h. */
#include "log/encoding.h"

#include <stdbool.h>

#define MARK_SIZE 2
#define UNITS_MAX 4096    /* that are read at once */
#define UTF8_LENGTH_MAX 3 /* of a unit of UTF-16 */

static size_t put(unsigned int character, char *target)
{
	bool is_surrogate = character >= 0xd800 && character < 0xe000;

	if (is_surrogate)
		character = '?';
	if (character < 0x80) {
		target[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		target[0] = (char)(0xc0 | character >> 6);
		target[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	target[0] = (char)(0xe0 | character >> 12);
	target[1] = (char)(0x80 | (character >> 6 & 0x3f));
	target[2] = (char)(0x80 | (character & 0x3f));
	return UTF8_LENGTH_MAX;
}

static size_t read_units(const struct encoding *encoding, FILE *in, char *target, size_t size)
{
	unsigned char units[UNITS_MAX][2];
	size_t wanted = size / UTF8_LENGTH_MAX, count, i, length = 0;
	bool is_big = encoding->kind == ENCODING_BIG;

	count = fread(units, sizeof(*units), wanted < UNITS_MAX ? wanted : UNITS_MAX, in);
	for (i = 0; i < count; i++)
		length += put((unsigned int)units[i][!is_big] << 8 | units[i][is_big], target + length);
	return length;
}

/* Reads the byte order mark, or what stands in its place. */
static size_t begin(struct encoding *encoding, FILE *in, char *target)
{
	size_t length = fread(target, 1, MARK_SIZE, in);

	encoding->kind = ENCODING_BYTES;
	if (length == MARK_SIZE && target[0] == '\xff' && target[1] == '\xfe')
		encoding->kind = ENCODING_LITTLE;
	if (length == MARK_SIZE && target[0] == '\xfe' && target[1] == '\xff')
		encoding->kind = ENCODING_BIG;
	return encoding->kind == ENCODING_BYTES ? length : 0;
}

size_t encoding__read(struct encoding *encoding, FILE *in, char *target, size_t size)
{
	size_t length = encoding->kind == ENCODING_UNKNOWN ? begin(encoding, in, target) : 0, got;

	do {
		got = encoding->kind == ENCODING_BYTES ? fread(target + length, 1, size - length, in)
						       : read_units(encoding, in, target + length, size - length);
		length += got;
	} while (got && encoding->kind != ENCODING_BYTES && size - length >= UTF8_LENGTH_MAX);
	return length;
}
