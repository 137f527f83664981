/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the SIP messages in a log: text among which messages stand as they were sent. Knows PCRE2, no captures and no
 * BPF.
 *
 * A message begins at a line that is a SIP start line, and its headers end at an empty line, at the next message or at the
 * end. What stands between messages is passed over, and so is a body, even one that is SIP itself (message/sip,
 * message/sipfrag, multipart), as long as Content-Length says, and a byte order mark (UTF-8) at the beginning.
 *
 * With a pattern, a line that it matches begins a record, which holds at most one message: the first. The pattern's named
 * groups say when and where it passed: time, src, sport, dst, dport, direction (in, out, and words for them), transport. A
 * value that cannot be used counts as not known.
 */
#ifndef TEXT_LOG_H
#define TEXT_LOG_H

#include <stdio.h>
#include <time.h>

#include "counts/counter.h"
#include "counts/link.h"

#define TEXT_LOG_ERROR_SIZE 512

struct text_log;

/*
 * A reader that adds to these counters under these rules; both must outlive it. pattern: a Perl-compatible regular
 * expression, or NULL. Returns 0 and a reader that the caller frees; or -EINVAL and in ret_error[TEXT_LOG_ERROR_SIZE] what is
 * wrong with the pattern, or -ENOMEM. text_log__free(NULL) is fine.
 */
int text_log__new(const char *pattern, const struct link_rules *rules, struct counters *counters,
		  struct text_log **ret_log, char *ret_error);
void text_log__free(struct text_log *log);

/*
 * Reads a log to its end. Returns 0; or a negative errno when it cannot be read or memory is short, -EINVAL when it cannot
 * be told whether the pattern matches a line: that would take too long or too much. Then what stands before was counted,
 * and ret_error[TEXT_LOG_ERROR_SIZE] names the log, the line and what is wrong: "proxy.log:7: cannot match --regex: ...".
 */
int text_log__read(struct text_log *log, FILE *in, const char *name, char *ret_error);

/* The first and last time that was read; zero if none was. */
void text_log__times(const struct text_log *log, struct timespec *ret_start, struct timespec *ret_end);

/* How many values of named groups could not be used, and the name of the first such group (NULL: none). */
unsigned long long text_log__unusable(const struct text_log *log, const char **ret_group);

#endif
