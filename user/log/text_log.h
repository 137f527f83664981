/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the SIP messages in a log: a text that contains messages as they were sent. The form of a log is recognised by
 * what it holds, or given; or a pattern of the user says how its records begin.
 *
 * With a user's pattern, each line that matches begins a record. A record holds at most one message, the first one in
 * it. The pattern's named groups say when the message passed, where and how. A value that cannot be used counts as
 * unknown.
 */
#ifndef TEXT_LOG_H
#define TEXT_LOG_H

#include <stdbool.h>
#include <time.h>

#include "base/byte_source.h"
#include "counts/counter.h"
#include "counts/link.h"
#include "log/forms.h"
#include "log/tally.h"
#include "log/unusable.h"

#define TEXT_LOG_ERROR_SIZE 512

struct text_log;

/* How logs are read. All zero: their form is recognised. */
struct text_log_options {
	const char *regex;       /* a Perl-compatible regular expression; NULL: none */
	const struct form *form; /* that all logs have; NULL: unknown */
	const struct link_rules *rules;
};

/* What was found in the log that was read last. */
struct text_log_summary {
	const struct form *form; /* the one that was recognised or given; that of a user's pattern has no name */
	bool is_recognised;      /* by what the log holds, and it is not the plain one */
	unsigned long long lines;
	unsigned long long cut, first_cut; /* lines of which the end was skipped, and the number of the first one */
	const struct tally *tally;         /* the rest of what was counted */
};

/*
 * Makes a reader that adds to these counters under these options; all must outlive it. Returns 0 and a reader that the
 * caller frees, -EINVAL, or -ENOMEM. With -EINVAL ret_error[TEXT_LOG_ERROR_SIZE] says what is wrong with the pattern.
 * text_log__free(NULL) is fine.
 */
int text_log__new(const struct text_log_options *options, struct counters *counters, struct text_log **ret_log,
		  char *ret_error);
void text_log__free(struct text_log *log);

/*
 * Reads a log to its end. Returns 0 or a negative errno if the log cannot be read or memory is short. Returns -EINVAL
 * or -ETIME if matching the user's pattern would take too long or too much memory.
 *
 * On failure everything before the line has been counted, and ret_error[TEXT_LOG_ERROR_SIZE] names the log, the line
 * and the error: "proxy.log:7: cannot match --regex: ...".
 */
int text_log__read(struct text_log *log, const struct byte_source *in, const char *name, char *ret_error);

/* Tells what was found in the log that was read last; it belongs to the reader and is valid until the next one. */
void text_log__summary(const struct text_log *log, struct text_log_summary *ret_summary);

/* Stores the first and the last time that was read; zero if none was. */
void text_log__times(const struct text_log *log, struct timespec *ret_start, struct timespec *ret_end);

/* Returns the values of named groups that could not be used, of all logs. They belong to the reader. */
const struct unusable *text_log__unusable(const struct text_log *log);

/* Bounds the time that matching the user's pattern may take for one log, in nanoseconds, instead of the usual bound. */
void text_log__set_budget(struct text_log *log, unsigned long long nanoseconds);

#endif
