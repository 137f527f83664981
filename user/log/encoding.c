// SPDX-License-Identifier: BSD-2-Clause
/* See encoding.h. */
#include "log/encoding.h"

#include <errno.h>

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

/* Reads so many bytes, or those up to the end. */
static size_t read_bytes(struct encoding *encoding, const struct byte_source *in, char *target, size_t size)
{
	size_t length = 0;
	ssize_t got;

	while (length < size && !encoding->is_at_end) {
		errno = 0;
		got = in->read(in->cookie, target + length, size - length);
		if (got < 0)
			encoding->error = errno ? -errno : -EIO;
		if (got > 0)
			length += (size_t)got;
		encoding->is_at_end = got <= 0;
	}
	return length;
}

static size_t read_units(struct encoding *encoding, const struct byte_source *in, char *target, size_t size)
{
	unsigned char units[UNITS_MAX][2];
	size_t wanted = size / UTF8_LENGTH_MAX, count, i, length = 0;
	bool is_big = encoding->kind == ENCODING_BIG;

	wanted = wanted < UNITS_MAX ? wanted : UNITS_MAX;
	count = read_bytes(encoding, in, (char *)units, wanted * sizeof(*units)) / sizeof(*units);
	for (i = 0; i < count; i++)
		length += put((unsigned int)units[i][!is_big] << 8 | units[i][is_big], target + length);
	return length;
}

/* Reads the byte order mark, or what stands in its place. */
static size_t begin(struct encoding *encoding, const struct byte_source *in, char *target)
{
	size_t length = read_bytes(encoding, in, target, MARK_SIZE);

	encoding->kind = ENCODING_BYTES;
	if (length == MARK_SIZE && target[0] == '\xff' && target[1] == '\xfe')
		encoding->kind = ENCODING_LITTLE;
	if (length == MARK_SIZE && target[0] == '\xfe' && target[1] == '\xff')
		encoding->kind = ENCODING_BIG;
	return encoding->kind == ENCODING_BYTES ? length : 0;
}

size_t encoding__read(struct encoding *encoding, const struct byte_source *in, char *target, size_t size)
{
	size_t length = encoding->kind == ENCODING_UNKNOWN ? begin(encoding, in, target) : 0, got;

	if (encoding->kind == ENCODING_BYTES)
		return length + read_bytes(encoding, in, target + length, size - length);
	do {
		got = read_units(encoding, in, target + length, size - length);
		length += got;
	} while (got && size - length >= UTF8_LENGTH_MAX);
	return length;
}
