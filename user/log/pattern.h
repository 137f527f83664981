/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pattern for lines, with named groups, whatever it costs: matching is bounded for a line, and for all lines
 * together. Knows PCRE2.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "log/match_memory.h"

#define PATTERN_ERROR_SIZE 512

/* The named groups. The last four are for the forms that are built in. */
enum pattern_group {
	PATTERN_TIME,
	PATTERN_SRC,
	PATTERN_SPORT,
	PATTERN_DST,
	PATTERN_DPORT,
	PATTERN_PEER,
	PATTERN_PEERPORT,
	PATTERN_DIRECTION,
	PATTERN_TRANSPORT,
	PATTERN_USER_GROUPS,
	PATTERN_START = PATTERN_USER_GROUPS, /* a start line */
	PATTERN_REQUEST,                     /* a method */
	PATTERN_STATUS,                      /* a status code */
	PATTERN_CSEQ,                        /* the method in CSeq */
	PATTERN_DIALOG,                      /* not empty: within a dialog */
	PATTERN_TEXT,                        /* what an envelope holds */
	PATTERN_SOURCE,                      /* who wrote the line */
	PATTERN_GROUPS,
};

struct pattern;

/*
 * Compiles a Perl-compatible regular expression. A user's may have the first groups alone. Returns 0 and a pattern that
 * the caller frees, -EINVAL, or -ENOMEM. With -EINVAL ret_error[PATTERN_ERROR_SIZE] says what is wrong.
 * pattern__free(NULL) is fine.
 */
int pattern__new(const char *text, bool is_users, struct pattern **ret_pattern, char *ret_error);
void pattern__free(struct pattern *pattern);

/*
 * Bounds the time that all lines together may take: so many nanoseconds, and some more for each byte of them.
 * Without this, there is no such bound.
 */
void pattern__set_budget(struct pattern *pattern, unsigned long long nanoseconds);

/*
 * Matches a line. Returns 1 or 0, or -EINVAL if the pattern takes too long or too much memory for this line (less
 * of both if it is not a user's), or -ETIME if it has used up its budget; pattern__problem() then says which.
 */
int pattern__match(struct pattern *pattern, const char *line, size_t length);
void pattern__problem(const struct pattern *pattern, char ret_error[PATTERN_ERROR_SIZE]);

/* Returns what was found in the line that was matched last, and that line; it is valid until the next one is matched. */
const struct match *pattern__found(const struct pattern *pattern);
const char *pattern__line(const struct pattern *pattern);

/* Does as if the line had been matched, and this had been found, which must outlive the use of it. */
void pattern__recall(struct pattern *pattern, const char *line, const struct match *match);

/* Finds what a group held in the last match, and returns its length; 0 if it is empty or not there. */
size_t pattern__value(const struct pattern *pattern, enum pattern_group group, const char **ret_value);

/* A value of a group. */
struct pattern_value {
	enum pattern_group group;
	const char *text;
	size_t length;
};

/* Returns whether the pattern has this group. */
bool pattern__has(const struct pattern *pattern, enum pattern_group group);

/* Returns the end of the last match. */
const char *pattern__end(const struct pattern *pattern);

/* Returns the name of a group. */
const char *pattern__group_name(enum pattern_group group);

#endif
