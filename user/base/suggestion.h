/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean": finds the known word that is closest to a mistyped one. */
#ifndef SUGGESTION_H
#define SUGGESTION_H

#include <stddef.h>

struct suggestion {
	const char *word; /* what was typed */
	const char *best; /* the closest word so far; NULL: none is close */
	size_t distance;  /* of the closest word; without one, the first distance that is too far */
};

/* Starts a search that has not seen any word yet. The text must outlive the search. */
struct suggestion suggestion__start(const char *word);

/*
 * Offers a known word. It becomes the best word if it is close enough and closer than those before it. The distance is
 * the number of characters that are missing, extra, wrong or swapped; case does not matter. It may be a third of the
 * typed word's length, and is always allowed to be one. best points to the text that was offered.
 */
void suggestion__consider(struct suggestion *suggestion, const char *known);

#endif
