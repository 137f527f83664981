/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a logging system puts in front of each line: a time, a host, the name of a program. Lines of several programs
 * may be mixed; the name tells them apart.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stddef.h>

#include "log/pattern.h"

struct envelope;

/* A line without its envelope. All of it lies in the line. */
struct envelope_content {
	const char *text;
	size_t length;
	const char *time; /* when it was logged */
	size_t time_length;
	const char *source; /* who logged it */
	size_t source_length;
};

/*
 * Finds the envelope that nearly all lines of a text have. Returns 0 with an envelope that the caller frees, or with
 * NULL if there is none; or -ENOMEM. envelope__free(NULL) is fine.
 */
int envelope__find(const char *text, size_t length, struct envelope **ret_envelope);
void envelope__free(struct envelope *envelope);

/*
 * Opens the envelope of a line. A line that has none belongs to the one before: it is its own content, without the
 * blanks that stand for the envelope.
 */
void envelope__open(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content);

#endif
