/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads lines in one form: envelopes are opened, lines are split and cleaned, those that belong to records are matched,
 * and the others become messages.
 */
#ifndef READER_H
#define READER_H

#include <stddef.h>

#include "log/clean.h"
#include "log/envelope.h"
#include "log/forms.h"
#include "log/lines.h"
#include "log/tally.h"
#include "log/unusable.h"

struct reader;

/* How a log is read. */
struct reader_settings {
	const struct form *form;
	struct pattern *pattern;   /* of a user: begins records instead of the form's; NULL: none */
	struct envelope *envelope; /* NULL: none */
	enum clean_split split;
	struct tally *tally;
	struct unusable *unusable; /* NULL: nobody wants to know */
	const char *name;          /* of the log */
	time_t now;                /* when it is read; 0: the current time */
};

/*
 * Makes a reader of a log; what the settings point to must outlive it. Returns 0 and a reader that the caller frees, or
 * -ENOMEM. reader__free(NULL) is fine.
 */
int reader__new(const struct reader_settings *settings, struct reader **ret_reader);
void reader__free(struct reader *reader);

/*
 * Reads a line. Returns 0 or a negative errno; -EINVAL or -ETIME if matching the user's pattern would take too long, see
 * pattern__match().
 */
int reader__read(struct reader *reader, const struct line *line);

/*
 * Reads lines of which the log was read ahead, up to so many bytes. Returns the same as reader__read(). The result is the
 * same as that of handing out each line, but most lines, which are ordinary headers or session descriptions, are only
 * passed over.
 */
int reader__read_ahead(struct reader *reader, struct lines *lines, size_t bytes);

/* Reads what is left at the end of the log. Returns 0 or a negative errno. */
int reader__finish(struct reader *reader);

#endif
