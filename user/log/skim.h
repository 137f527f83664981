/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passes over lines that need no closer look, which are most of a log: headers that tell nothing, session descriptions,
 * and whatever else neither belongs to a record nor looks like a start line. The result is the same as that of reading
 * each line.
 */
#ifndef SKIM_H
#define SKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "log/assembly.h"
#include "log/byte_scan.h"
#include "log/clean.h"
#include "log/matchers.h"

/* Who wrote the lines, and what they look like. */
struct skim_source {
	struct assembly *assembly;
	enum clean_shape shape;
	size_t margin; /* blanks before each line of a message */
};

/* A line of a record, or a start line where one is awaited. */
struct skim_line {
	const struct matcher *matcher; /* NULL: it is a start line */
	const char *text;              /* cleaned if it is a start line */
	size_t length, ending;
	unsigned long long before; /* lines of the text that were taken before it */
};

struct skim {
	/* set once */
	struct matchers *matchers;
	unsigned int traits;
	enum clean_split split;
	const bool *beginnings; /* of lines that may have an envelope, by their first byte; NULL: none has */
	/*
	 * Reads a line, none of which are in one. Returns 1, a negative errno, or 0 if it needs a closer look. NULL: all
	 * do.
	 */
	int (*read)(void *context, const struct skim_line *line);
	void *context;

	/* what may be passed over now */
	enum { SKIM_NOTHING, SKIM_BLANKS, SKIM_HEADERS, SKIM_SPACED, SKIM_DESCRIPTIONS, SKIM_ANYTHING } what;
	struct skim_source *source;
	unsigned int due;       /* roles of the lines of records that may come */
	const bool *names;      /* the first bytes of those that name some */
	size_t indent, margin;  /* that each line has; that each line may have */
	bool is_eager;          /* lines that end or begin something are taken too */
	bool has_plain_headers; /* they need little cleaning */
	bool has_plain_lines;   /* the same for any others that are passed over */
	bool awaits_start;      /* a start line may be read at once */
	bool awaits_indent;     /* the first line with an indent tells that each line of the message has it */
	/* the line that was matched last, for skim__matched() */
	struct skim_match {
		const char *line, *end; /* line: NULL, there is none */
		unsigned int due;
		const struct matcher *matcher; /* NULL: it is none of a record */
	} matched;
	unsigned long long version; /* offset in the log; before it and behind the last line, no "SIP/" is */
};

/* Returns the roles of the lines that may come now: a bit for each. */
unsigned int skim__due(const struct skim *skim, unsigned int assembly_state);

/*
 * Finds what may be passed over. If lines are in lines, is_eager says whether one has been read of those that are in
 * this one.
 */
void skim__begin(struct skim *skim, struct skim_source *source, bool is_eager);

/*
 * Takes a line of a text, or one that is not in the log as it is now, if text is NULL. It holds no ESC. Returns 1, 0 if
 * it needs a closer look, or -ENOMEM.
 */
int skim__take(struct skim *skim, const struct matchers_text *text, const char *line, size_t length);

/*
 * Tells what is known of a line that was just found to need a closer look. Returns whether it has been matched for these
 * roles; then *ret_matcher is its matcher, or NULL. Forgets it, since it holds until another line is matched.
 */
static inline bool skim__matched(struct skim *skim, unsigned int due, const char *line, const char *end,
				 const struct matcher **ret_matcher)
{
	struct skim_match matched = skim->matched;

	skim->matched.line = NULL;
	*ret_matcher = matched.matcher;
	return matched.line == line && matched.end == end && matched.due == due;
}

/* Begins to look for the ends of lines, which skim__lines() takes, in a part of a text. */
void skim__scan(const struct skim *skim, const char *from, const char *end, struct byte_scan *ret_scan);

/*
 * Takes lines of a text from a place on, up to the end of the scan, or a line that needs a closer look or may have an
 * envelope. Returns 0 or a negative errno; in any case *at is behind the lines that were taken, and their number is added
 * to *count.
 */
int skim__lines(struct skim *skim, const struct matchers_text *text, struct byte_scan *scan, const char **at,
		unsigned long long *count);

#endif
