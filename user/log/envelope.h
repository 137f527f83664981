/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a logging system puts in front of each line, or of the first line of each entry: a time, a host, the name of a
 * program. Lines of several programs may be mixed; the name tells them apart.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "log/pattern.h"

struct envelope;

/* A line without its envelope. It lies in the line, but for the time. */
struct envelope_content {
	const char *text;
	size_t length;
	const char *time; /* when it was logged; valid until the next line is opened */
	size_t time_length;
	const char *source; /* who logged it */
	size_t source_length;
};

/*
 * Finds the envelope that nearly all lines of a text have, or stand under; or one with a time that some lines have. If it
 * tells no time, what it holds may have another one, of a program, that does.
 * Returns 0 with an envelope that the caller frees, or with NULL if there is none; or -ENOMEM. envelope__free(NULL) is
 * fine.
 */
int envelope__find(const char *text, size_t length, struct envelope **ret_envelope);
void envelope__free(struct envelope *envelope);

/*
 * Returns whether nearly all lines have the envelope, or are indented by its width, as the journal writes the other lines
 * of an entry. If not, it may be that entries go on in lines that are as they were logged, or that the envelope belongs
 * to what is logged.
 */
bool envelope__is_on_all_lines(const struct envelope *envelope);

/*
 * Opens the envelope of a line. A line that has none belongs to the entry before and has its time: it is its own content,
 * without the blanks that stand for the envelope. Then the source is empty.
 */
void envelope__open(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content);

/* Returns for each byte whether a line that begins with it may have the envelope, or blanks that stand for it. */
const bool *envelope__beginnings(const struct envelope *envelope);

/* Returns the length of the time of the entry that was opened last, and *ret_time, which is valid until the next one. */
size_t envelope__time(const struct envelope *envelope, const char **ret_time);

#endif
