// SPDX-License-Identifier: BSD-2-Clause
/* The distance is that of Damerau and Levenshtein, where no character is edited twice (optimal string alignment). */
#include "base/suggestion.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LENGTH_MAX 32      /* longer words are never close */
#define EDITS_PER_LENGTH 3 /* a word may differ in one of so many characters */

/* Rows of the table of distances between beginnings of both words: the current one and the two before it. */
struct rows {
	size_t now[LENGTH_MAX + 1], last[LENGTH_MAX + 1], second_last[LENGTH_MAX + 1];
};

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The distance between the first i + 1 characters of a and the first j + 1 of b. */
static size_t cell(const struct rows *rows, const char *a, const char *b, size_t i, size_t j)
{
	size_t least = min_size(rows->last[j + 1], rows->now[j]) + 1; /* a character more in a, or in b */

	least = min_size(least, rows->last[j] + !is_same(a[i], b[j]));
	if (i && j && is_same(a[i], b[j - 1]) && is_same(a[i - 1], b[j]))
		least = min_size(least, rows->second_last[j - 1] + 1);
	return least;
}

/* Both have at most LENGTH_MAX characters. */
static size_t measure(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b), i, j;
	struct rows rows = { 0 };

	for (j = 0; j <= b_length; j++)
		rows.now[j] = j;
	for (i = 0; i < a_length; i++) {
		memcpy(rows.second_last, rows.last, sizeof(rows.last));
		memcpy(rows.last, rows.now, sizeof(rows.now));
		rows.now[0] = i + 1;
		for (j = 0; j < b_length; j++)
			rows.now[j + 1] = cell(&rows, a, b, i, j);
	}
	return rows.now[b_length];
}

struct suggestion suggestion__start(const char *word)
{
	size_t edits = strlen(word) / EDITS_PER_LENGTH;

	return (struct suggestion){ .word = word, .distance = (edits ? edits : 1) + 1 };
}

void suggestion__consider(struct suggestion *suggestion, const char *known)
{
	size_t distance;

	if (strlen(suggestion->word) > LENGTH_MAX || strlen(known) > LENGTH_MAX)
		return;
	distance = measure(suggestion->word, known);
	if (distance >= suggestion->distance)
		return;
	suggestion->distance = distance;
	suggestion->best = known;
}
