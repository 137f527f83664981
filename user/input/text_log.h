/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the SIP messages in a log: a text that contains messages as they were sent. Knows PCRE2, no captures and no
 * BPF.
 *
 * A message begins at a line that is a SIP start line. Its headers end at an empty line, at the next message or at the
 * end of the log. Text between messages is skipped. So is a body, up to its Content-Length, even if it is SIP itself
 * (message/sip, message/sipfrag, multipart), and a UTF-8 byte order mark at the beginning of the log.
 *
 * With a pattern, each line that matches begins a record. A record holds at most one message, the first one in it. The
 * pattern's named groups say when the message passed, where and how: time, src, sport, dst, dport, direction (in, out,
 * and synonyms), transport. A value that cannot be used counts as unknown.
 */
#ifndef TEXT_LOG_H
#define TEXT_LOG_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "counts/counter.h"
#include "counts/link.h"

#define TEXT_LOG_ERROR_SIZE 512

struct text_log;

/*
 * Makes a reader that adds to these counters under these rules; both must outlive it. pattern is a Perl-compatible
 * regular expression, or NULL. Returns 0 and a reader that the caller frees, -EINVAL, or -ENOMEM. With -EINVAL
 * ret_error[TEXT_LOG_ERROR_SIZE] says what is wrong with the pattern. text_log__free(NULL) is fine.
 */
int text_log__new(const char *pattern, const struct link_rules *rules, struct counters *counters,
		  struct text_log **ret_log, char *ret_error);
void text_log__free(struct text_log *log);

/*
 * Reads a log to its end. Returns 0 or a negative errno if the log cannot be read or memory is short. Returns -EINVAL
 * if matching a line against the pattern would take too long or too much memory.
 *
 * On failure everything before the line has been counted, and ret_error[TEXT_LOG_ERROR_SIZE] names the log, the line
 * and the error: "proxy.log:7: cannot match --regex: ...".
 */
int text_log__read(struct text_log *log, FILE *in, const char *name, char *ret_error);

/* Returns whether the log that was read last has lines, but none that the pattern matches. */
bool text_log__is_unmatched(const struct text_log *log);

/* Stores the first and the last time that was read; zero if none was. */
void text_log__times(const struct text_log *log, struct timespec *ret_start, struct timespec *ret_end);

/*
 * Returns how many values of named groups could not be used. *ret_first says which one was the first and where it was
 * ("src='nobody' in proxy.log, line 7"; "": none); it belongs to the reader.
 */
unsigned long long text_log__unusable(const struct text_log *log, const char **ret_first);

#endif
