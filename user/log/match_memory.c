// SPDX-License-Identifier: BSD-2-Clause
/* See match_memory.h. */
#include "log/match_memory.h"

#include <stdlib.h>
#include <string.h>

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL
#define DIGITS_IN_PATTERN "SIP/2\\.0" /* the only text with digits */
#define DIGITS_IN_LINE "SIP/"         /* what is behind it may be meant by that */
#define DIGITS_LENGTH 3

struct match_memory_line {
	uint64_t hash;
	unsigned int patterns;
	size_t length;
	bool has_version; /* digits that mean something */
	size_t next[2];   /* the places of two lines that came behind it, the last one first */
	struct match match;
	alike_vector text[];
};

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

bool match_memory__suits(const char *pattern)
{
	size_t length = 1;

	for (; length && *pattern; pattern += length)
		length = part_length(pattern);
	return length > 0;
}

void match_memory__free(struct match_memory *memory)
{
	size_t i;

	for (i = 0; i < MATCH_MEMORY_LINES; i++) {
		free(memory->lines[i]);
		memory->lines[i] = NULL;
	}
}

/* Takes the digits behind "SIP/" as they are in the line. */
static void keep_versions(struct match_key *key, const char *line, size_t length)
{
	const char *at = line, *end = line + length;
	size_t place;

	while ((at = memchr(at, '/', (size_t)(end - at)))) {
		at++;
		place = (size_t)(at - line);
		if (place < strlen(DIGITS_IN_LINE) ||
		    memcmp(line + place - strlen(DIGITS_IN_LINE), DIGITS_IN_LINE, strlen(DIGITS_IN_LINE)) != 0)
			continue;
		memcpy((char *)key->text + place, at, length - place < DIGITS_LENGTH ? length - place : DIGITS_LENGTH);
	}
}

static size_t vectors_of(size_t length)
{
	return (length + ALIKE_SIZE - 1) / ALIKE_SIZE;
}

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
	return ((hash << 29 | hash >> 35) ^ word) * HASH_FACTOR; /* a product spreads bits upwards alone */
}

/* Two sums, which a processor makes at the same time. */
static uint64_t hash_of(const struct match_key *key)
{
	uint64_t words[ALIKE_SIZE / sizeof(uint64_t)], one = key->length, other = key->patterns;
	size_t i;

	for (i = 0; i < vectors_of(key->length); i++) {
		memcpy(words, &key->text[i], sizeof(words));
		one = mix(one, words[0]);
		other = mix(other, words[1]);
	}
	return mix(one, other);
}

static void make_key(struct match_key *key, unsigned int patterns, const char *line, size_t length)
{
	size_t i;

	key->patterns = patterns;
	key->length = length;
	for (i = 0; i < length / ALIKE_SIZE; i++)
		key->text[i] = alike__without_digits(alike__load(line + i * ALIKE_SIZE, ALIKE_SIZE));
	if (i < vectors_of(length))
		key->text[i] = alike__without_digits(alike__load(line + i * ALIKE_SIZE, length % ALIKE_SIZE));
	keep_versions(key, line, length);
	key->hash = hash_of(key);
}

static size_t place_of(const struct match_key *key)
{
	return key->hash >> (64 - MATCH_MEMORY_BITS);
}

/* The line at this place has come behind the last one. */
static void follow(struct match_memory *memory, size_t place)
{
	struct match_memory_line *last = memory->lines[memory->last];

	if (last && last->next[0] != place) {
		last->next[1] = last->next[0];
		last->next[0] = place;
	}
	memory->last = place;
}

/* Lines of records come in the same order again and again. Returns one of those that are due if it is this one, or NULL. */
static const struct match *find_next(struct match_memory *memory, unsigned int patterns, const char *line,
				     size_t length)
{
	const struct match_memory_line *last = memory->lines[memory->last], *next;
	size_t i;

	for (i = 0; last && i < 2; i++) {
		next = memory->lines[last->next[i]];
		if (!next || next->length != length || next->patterns != patterns || next->has_version ||
		    !alike__are((const char *)next->text, line, length))
			continue;
		memory->last = last->next[i];
		return &next->match;
	}
	return NULL;
}

const struct match *match_memory__find(struct match_memory *memory, unsigned int patterns, const char *line,
				       size_t length)
{
	struct match_key *key = &memory->key;
	const struct match_memory_line *known;
	const struct match *match;

	key->length = 0;
	if (length > MATCH_MEMORY_LENGTH || !length)
		return NULL;
	match = find_next(memory, patterns, line, length);
	if (match)
		return match;
	make_key(key, patterns, line, length);
	known = memory->lines[place_of(key)];
	if (!known || known->hash != key->hash || known->patterns != patterns || known->length != length ||
	    memcmp(known->text, key->text, vectors_of(length) * ALIKE_SIZE) != 0)
		return NULL;
	follow(memory, place_of(key));
	return &known->match;
}

void match_memory__keep(struct match_memory *memory, const struct match *match)
{
	const struct match_key *key = &memory->key;
	size_t size = vectors_of(key->length) * ALIKE_SIZE;
	struct match_memory_line *line = key->length ? aligned_alloc(ALIKE_SIZE, sizeof(*line) + size) : NULL;
	struct match_memory_line **place = &memory->lines[place_of(key)];

	if (!line)
		return;
	line->hash = key->hash;
	line->patterns = key->patterns;
	line->length = key->length;
	line->has_version = memmem(key->text, key->length, DIGITS_IN_LINE, strlen(DIGITS_IN_LINE)) != NULL;
	line->next[0] = line->next[1] = place_of(key);
	line->match = *match;
	line->match.serial = ++memory->serial;
	memcpy(line->text, key->text, size);
	free(*place);
	*place = line;
	follow(memory, place_of(key));
}
