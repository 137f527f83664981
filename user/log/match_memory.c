// SPDX-License-Identifier: BSD-2-Clause
/* See match_memory.h. */
#include "log/match_memory.h"

#include <stdint.h>
#include <string.h>

#define WORD sizeof(uint64_t)
#define EACH_BYTE(byte) (0x0101010101010101ULL * (byte))
#define DIGITS_IN_PATTERN "SIP/2\\.0" /* the only text with digits; lines that hold it are not kept */
#define DIGITS_IN_LINE "SIP/"

static bool begins_with(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/* Returns the length of a part of a pattern to which all digits are the same; 0: they are not. */
static size_t part_length(const char *at)
{
	size_t digits;

	if (begins_with(at, DIGITS_IN_PATTERN))
		return strlen(DIGITS_IN_PATTERN);
	if (begins_with(at, "[0-9") || begins_with(at, "[^0-9"))
		return strcspn(at, "9") + 1;
	if (begins_with(at, "(?P") || begins_with(at, "(*") || (*at >= '0' && *at <= '9'))
		return 0;
	if (*at == '\\') /* an escape, but no back reference and no code of a character */
		return at[1] && strchr("dDsSwWbBAzZntr.,:;/|-+*?^$()[]{}<>#\"'\\ ", at[1]) ? 2 : 0;
	digits = *at == '{' ? strspn(at + 1, "0123456789,") : 0;
	return digits && at[1 + digits] == '}' ? digits + 2 : 1;
}

void match_memory__begin(struct match_memory *memory, const char *pattern)
{
	size_t length;

	for (; *pattern; pattern += length) {
		length = part_length(pattern);
		if (!length)
			return;
	}
	memory->is_used = true;
}

void match_memory__ignore_rest(struct match_memory *memory)
{
	memory->ignores_rest = true;
}

/* The highest bit of each byte that is no digit. */
static uint64_t others(uint64_t word)
{
	word ^= EACH_BYTE('0');
	return (((word & EACH_BYTE(0x7f)) + EACH_BYTE(0x80 - 10)) | word) & EACH_BYTE(0x80);
}

/* The highest bit of each byte that is not 0. */
static uint64_t set_bytes(uint64_t word)
{
	return (((word & EACH_BYTE(0x7f)) + EACH_BYTE(0x7f)) | word) & EACH_BYTE(0x80);
}

static bool are_alike(uint64_t a, uint64_t b)
{
	return a == b || !(set_bytes(a ^ b) & (others(a) | others(b)));
}

static uint64_t load(const char *text, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, text, length);
	return word;
}

/* Whether two texts differ in digits alone. */
static bool is_like(const char *a, const char *b, size_t length)
{
	size_t i;

	if (length < WORD)
		return are_alike(load(a, length), load(b, length));
	for (i = 0; i + WORD < length; i += WORD) {
		if (!are_alike(load(a + i, WORD), load(b + i, WORD)))
			return false;
	}
	return are_alike(load(a + length - WORD, WORD), load(b + length - WORD, WORD));
}

static bool fits(const struct match_memory *memory, const struct match_memory_line *known, const char *line,
		 size_t length)
{
	if (memory->ignores_rest && !known->is_at_end ? length < known->length : length != known->length)
		return false;
	return is_like(known->text, line, known->length);
}

const struct match *match_memory__find(struct match_memory *memory, const char *line, size_t length)
{
	unsigned int tried, place = memory->likely;

	for (tried = 0; tried < memory->count; tried++) {
		if (place >= memory->count)
			place = 0;
		if (fits(memory, &memory->lines[place], line, length)) {
			memory->likely = place + 1; /* lines come in the same order again */
			return &memory->lines[place].match;
		}
		place++;
	}
	return NULL;
}

void match_memory__keep(struct match_memory *memory, const char *line, size_t length, const struct match *match)
{
	struct match_memory_line *known = &memory->lines[memory->oldest];
	size_t kept = length;

	if (memory->ignores_rest && match->is_match && match->end < length)
		kept = match->end + 1;
	if (!memory->is_used || kept > sizeof(known->text) || (memory->ignores_rest && !match->is_match) ||
	    memmem(line, kept, DIGITS_IN_LINE, strlen(DIGITS_IN_LINE)))
		return;
	known->length = kept;
	known->is_at_end = match->end == length;
	memcpy(known->text, line, kept);
	known->match = *match;
	memory->oldest = (memory->oldest + 1) % MATCH_MEMORY_LINES;
	if (memory->count < MATCH_MEMORY_LINES)
		memory->count++;
}
