/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds a byte again and again in a text. Where it comes often, this is faster than memchr(). */
#ifndef BYTE_SCAN_H
#define BYTE_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTE_SCAN_BLOCK 64

struct byte_scan {
	const char *block, *end;
	uint64_t found; /* in the block, behind the last one: a bit for each place */
	char byte;      /* not NUL */
};

#ifdef __SSE2__

static inline uint64_t byte_scan__in_quarter(const char *quarter, __m128i wanted)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)quarter);

	return (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
}

/* Returns a bit for each place in a block that holds the byte. */
static inline uint64_t byte_scan__in_block(const char *block, char byte)
{
	const __m128i wanted = _mm_set1_epi8(byte);

	return byte_scan__in_quarter(block, wanted) | byte_scan__in_quarter(block + 16, wanted) << 16 |
	       byte_scan__in_quarter(block + 32, wanted) << 32 | byte_scan__in_quarter(block + 48, wanted) << 48;
}

/* Returns a bit for each place of two blocks at which both hold their bytes. Most blocks have none. */
static inline uint64_t byte_scan__both(const char *block, char byte, const char *other, char other_byte)
{
	const __m128i wanted = _mm_set1_epi8(byte), other_wanted = _mm_set1_epi8(other_byte);
	__m128i found[4], any, bytes;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bytes = _mm_loadu_si128((const __m128i *)(const void *)(other + (size_t)16 * i));
		found[i] = _mm_cmpeq_epi8(bytes, other_wanted);
		bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + (size_t)16 * i));
		found[i] = _mm_and_si128(found[i], _mm_cmpeq_epi8(bytes, wanted));
	}
	any = _mm_or_si128(_mm_or_si128(found[0], found[1]), _mm_or_si128(found[2], found[3]));
	if (!_mm_movemask_epi8(any))
		return 0;
	return (uint64_t)(unsigned int)_mm_movemask_epi8(found[0]) |
	       (uint64_t)(unsigned int)_mm_movemask_epi8(found[1]) << 16 |
	       (uint64_t)(unsigned int)_mm_movemask_epi8(found[2]) << 32 |
	       (uint64_t)(unsigned int)_mm_movemask_epi8(found[3]) << 48;
}

#else

static inline uint64_t byte_scan__in_block(const char *block, char byte)
{
	uint64_t found = 0;
	unsigned int i;

	for (i = 0; i < BYTE_SCAN_BLOCK; i++)
		found |= (uint64_t)(block[i] == byte) << i;
	return found;
}

static inline uint64_t byte_scan__both(const char *block, char byte, const char *other, char other_byte)
{
	return byte_scan__in_block(block, byte) & byte_scan__in_block(other, other_byte);
}

#endif

static inline void byte_scan__load(struct byte_scan *scan)
{
	char last[BYTE_SCAN_BLOCK] = { 0 };

	if (scan->end - scan->block >= BYTE_SCAN_BLOCK) {
		scan->found = byte_scan__in_block(scan->block, scan->byte);
		return;
	}
	memcpy(last, scan->block, (size_t)(scan->end - scan->block));
	scan->found = byte_scan__in_block(last, scan->byte);
}

/* Begins to look for a byte, which is not NUL. */
static inline void byte_scan__begin(struct byte_scan *scan, const char *text, const char *end, char byte)
{
	*scan = (struct byte_scan){ .block = text, .end = end, .byte = byte };
	byte_scan__load(scan);
}

/* Returns the next place of the byte, or NULL. It remains the next one until byte_scan__pass(). */
static inline const char *byte_scan__peek(struct byte_scan *scan)
{
	while (!scan->found) {
		if (scan->end - scan->block <= BYTE_SCAN_BLOCK)
			return NULL;
		scan->block += BYTE_SCAN_BLOCK;
		byte_scan__load(scan);
	}
	return scan->block + __builtin_ctzll(scan->found);
}

/* Passes the place that byte_scan__peek() has returned. */
static inline void byte_scan__pass(struct byte_scan *scan)
{
	scan->found &= scan->found - 1;
}

/* Returns the next place of the byte and passes it, or returns NULL. */
static inline const char *byte_scan__next(struct byte_scan *scan)
{
	const char *place = byte_scan__peek(scan);

	if (place)
		byte_scan__pass(scan);
	return place;
}

#endif
